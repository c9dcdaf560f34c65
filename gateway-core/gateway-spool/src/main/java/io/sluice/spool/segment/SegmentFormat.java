package io.sluice.spool.segment;

import io.sluice.api.MessageBounds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The bytes of a segment file, big-endian.
 *
 * <pre>
 * header, 64 bytes
 *    0  magic          8   "SLUICE-S"
 *    8  version        4   1; 2 where the bodies are encrypted; 3 and 4 the same, and
 *                           definitions may stand between the records
 *   12  log            4   0 alarm, 1 event, 2 telemetry, 3 dead letters
 *   16  base sequence  8   sequence of the first record
 *   24  generation     8   random, new each time a file is (re)used
 *   32  CRC-32C        4   of bytes 0 to 31
 *   36  zeros         28
 *
 * record, 24 bytes and the body; records follow each other without gap
 *    0  CRC-32C        4   of the generation and of bytes 4 to the end of the body
 *    4  body length    4   1 to 16 MiB
 *    8  sequence       8   one more than the record before
 *   16  received       8   microseconds since the epoch
 *   24  body               where encrypted, AES-256-GCM with its tag of 16 bytes behind
 *
 * definitions, 24 bytes and the body, before a record
 *    0  CRC-32C        4   as of a record
 *    4  body length    4   and the highest bit, which no record's length has
 *    8  sequence       8   of the record that follows
 *   16  place          8   how many definitions the segment had before, u32; the first number, u32
 *   24  body               for each number in turn a term: how many texts, then each text: 0 where
 *                          it is not there, else 1 + length, and UTF-8; numbers as LEB128
 * </pre>
 *
 * <p>A term is what records name by a number: texts that come again and again. A segment with
 * definitions can be read alone: whatever a record names by number is defined before it. All that
 * is known stands behind the header, what is new before the records that may use it, and all of it
 * once more when the segment is {@value #FIRST_COPY_BYTES} bytes long, and whenever it is twice as
 * long as then. What a segment defines holds for all of its records, so a damage to one definition
 * takes nothing away where a later one stands. A number keeps its meaning within a segment; another
 * segment may give it another.
 *
 * <p>Limits: a segment is as long as configured, or as its only record where that is longer.
 *
 * <p>Recovery: a file may have been used before, so what follows the last record are zeros or
 * records of an older generation, which the CRC tells apart. The last segment of a log is read from
 * its base to the first record that is not valid; there it is cut off. A segment that is not the
 * last ends where the next one's base sequence begins. After each start a new segment is begun, so
 * that no remnant beyond a torn tail can ever be taken for a record. A file whose header is not
 * valid: see {@link LogRecovery}.
 *
 * <p>A reader that meets an invalid record before the end searches, byte by byte, for the next
 * valid one; what lies between is lost and counted, and the file is kept as {@code .damaged} when
 * its turn to be deleted comes.
 */
public final class SegmentFormat {
  static final long MAGIC = 0x534c554943452d53L;
  static final int VERSION_PLAIN = 1;
  static final int VERSION_ENCRYPTED = 2;

  /** Added to either where definitions may be there. */
  static final int WITH_DEFINITIONS = 2;

  static final int VERSION_MAX = VERSION_ENCRYPTED + WITH_DEFINITIONS;
  public static final int HEADER_BYTES = 64;
  public static final int RECORD_HEADER_BYTES = 24;
  public static final int BODY_MAX_BYTES = MessageBounds.ENTRY_MAX_BYTES;
  private static final int HEADER_CHECKED_BYTES = 32;

  /** In a length: definitions, no record. */
  static final int DEFINITION_BIT = 1 << 31;

  static final int LENGTH_MASK = ~DEFINITION_BIT;

  /** Most bytes of one body of definitions; what is more stands in several. */
  static final int DEFINITIONS_MAX_BYTES = 16 << 10;

  /** Length of a segment at which all definitions come once more, where they are short. */
  static final int FIRST_COPY_BYTES = 16 << 10;

  private SegmentFormat() {}

  /** What a header says. */
  record Header(
      int log, long baseSequence, long generation, boolean isEncrypted, boolean mayDefine) {
    int version() {
      int base = isEncrypted ? VERSION_ENCRYPTED : VERSION_PLAIN;
      return mayDefine ? base + WITH_DEFINITIONS : base;
    }
  }

  static ByteBuffer header(Header header) {
    ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES);
    bytes.putLong(MAGIC).putInt(header.version()).putInt(header.log());
    bytes.putLong(header.baseSequence()).putLong(header.generation());
    bytes.putInt(crc(bytes.slice(0, HEADER_CHECKED_BYTES)));
    return bytes.clear();
  }

  /**
   * Reads a header.
   *
   * @throws IOException where it is none; the message tells what is wrong
   */
  static Header header(ByteBuffer bytes) throws IOException {
    if (bytes.remaining() < HEADER_BYTES || bytes.getLong(0) != MAGIC) {
      throw new IOException("is no segment of a spool");
    }
    if (bytes.getInt(32) != crc(bytes.slice(0, HEADER_CHECKED_BYTES))) {
      throw new IOException("has a damaged header");
    }
    int version = bytes.getInt(8);
    if (version > VERSION_MAX) {
      throw new IOException(
          "is of format version "
              + version
              + ", this program reads up to "
              + VERSION_MAX
              + "; use the newer program");
    }
    return new Header(
        bytes.getInt(12),
        bytes.getLong(16),
        bytes.getLong(24),
        version % 2 == 0,
        version > WITH_DEFINITIONS);
  }

  /** Whether a header is whole, but of a version that this program does not know. */
  static boolean isOfNewerVersion(ByteBuffer bytes) {
    return bytes.limit() == HEADER_BYTES
        && bytes.getLong(0) == MAGIC
        && bytes.getInt(32) == crc(bytes.slice(0, HEADER_CHECKED_BYTES))
        && bytes.getInt(8) > VERSION_MAX;
  }

  /** Whether nothing was written there since the file was made, or since it was another segment. */
  static boolean isBlankOrOfAnother(ByteBuffer bytes) {
    for (int i = 0; i < bytes.limit(); i++) {
      if (bytes.get(i) != 0) {
        return bytes.limit() == HEADER_BYTES
            && bytes.getInt(32) == crc(bytes.slice(0, HEADER_CHECKED_BYTES));
      }
    }
    return true;
  }

  private static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
