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
 *    8  version        4   1; 2 where the bodies are encrypted
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
 * </pre>
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
  public static final int HEADER_BYTES = 64;
  public static final int RECORD_HEADER_BYTES = 24;
  public static final int BODY_MAX_BYTES = MessageBounds.ENTRY_MAX_BYTES;
  private static final int HEADER_CHECKED_BYTES = 32;

  private SegmentFormat() {}

  /** What a header says. */
  record Header(int log, long baseSequence, long generation, boolean isEncrypted) {}

  static ByteBuffer header(Header header) {
    ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES);
    bytes.putLong(MAGIC).putInt(header.isEncrypted() ? VERSION_ENCRYPTED : VERSION_PLAIN);
    bytes.putInt(header.log());
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
    if (bytes.getInt(8) > VERSION_ENCRYPTED) {
      throw new IOException(
          "is of format version "
              + bytes.getInt(8)
              + ", this program reads up to "
              + VERSION_ENCRYPTED
              + "; use the newer program");
    }
    return new Header(
        bytes.getInt(12),
        bytes.getLong(16),
        bytes.getLong(24),
        bytes.getInt(8) == VERSION_ENCRYPTED);
  }

  /** Whether a header is whole, but of a version that this program does not know. */
  static boolean isOfNewerVersion(ByteBuffer bytes) {
    return bytes.limit() == HEADER_BYTES
        && bytes.getLong(0) == MAGIC
        && bytes.getInt(32) == crc(bytes.slice(0, HEADER_CHECKED_BYTES))
        && bytes.getInt(8) > VERSION_ENCRYPTED;
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
