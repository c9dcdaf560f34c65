package io.sluice.spool.segment;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Writes and checks records of one generation (see {@link SegmentFormat}). Not thread-safe. */
public final class RecordFrame {
  private final byte[] generation = new byte[Long.BYTES];
  private final CRC32C crc = new CRC32C();
  private final @Nullable SegmentCipher cipher;

  /** For reading: bodies are checked as they are on disk. */
  public RecordFrame(long generation) {
    this(generation, null);
  }

  /**
   * @param cipher of the segment, null where it is plain
   */
  public RecordFrame(long generation, @Nullable SegmentCipher cipher) {
    this.cipher = cipher;
    ByteBuffer.wrap(this.generation).putLong(generation);
  }

  public static int size(int bodyLength) {
    return SegmentFormat.RECORD_HEADER_BYTES + bodyLength;
  }

  /** Size of the frame at that index, as its length says. */
  static int sizeAt(ByteBuffer in, int index) {
    return size(in.getInt(index + 4) & SegmentFormat.LENGTH_MASK);
  }

  /** Whether the valid frame at that index defines terms, and is no record. */
  static boolean isDefinition(ByteBuffer in, int index) {
    return in.getInt(index + 4) < 0;
  }

  /** Puts a record at the buffer's position, for which it has room. */
  void put(ByteBuffer out, long sequence, long receivedMicros, byte[] body) {
    int start = out.position();
    int length = onDisk(body);
    out.putInt(0).putInt(length).putLong(sequence).putLong(receivedMicros);
    if (cipher == null) {
      out.put(body);
    } else {
      cipher.encrypt(body, out, sequence, receivedMicros);
    }
    out.putInt(start, crc(out, start, length));
  }

  /**
   * Puts definitions of terms at the buffer's position, for which it has room.
   *
   * @param sequence of the record that follows
   * @param place see {@link SegmentFormat}: no two of a segment have the same
   */
  void putDefinitions(ByteBuffer out, long sequence, long place, byte[] body) {
    int start = out.position();
    int length = onDisk(body);
    out.putInt(0).putInt(length | SegmentFormat.DEFINITION_BIT).putLong(sequence).putLong(place);
    if (cipher == null) {
      out.put(body);
    } else {
      cipher.encryptDefinitions(body, out, place);
    }
    out.putInt(start, crc(out, start, length));
  }

  private int onDisk(byte[] body) {
    return body.length + (cipher == null ? 0 : SegmentCipher.OVERHEAD_BYTES);
  }

  /**
   * Whether a whole, valid record of any sequence, or definitions, stand at that index.
   *
   * @return its size; 0 where none stands; -1 where it may go on beyond the buffer's limit
   */
  int check(ByteBuffer in, int index) {
    if (in.limit() - index < SegmentFormat.RECORD_HEADER_BYTES) {
      return -1;
    }
    int length = in.getInt(index + 4) & SegmentFormat.LENGTH_MASK;
    if (length < 1 || length > SegmentFormat.BODY_MAX_BYTES + SegmentCipher.OVERHEAD_BYTES) {
      return 0;
    }
    int size = size(length);
    if (in.limit() - index < size) {
      return -1;
    }
    return in.getInt(index) == crc(in, index, length) ? size : 0;
  }

  static long sequence(ByteBuffer in, int index) {
    return in.getLong(index + 8);
  }

  /** Of a record when it was received; of definitions their place. */
  static long receivedMicros(ByteBuffer in, int index) {
    return in.getLong(index + 16);
  }

  private int crc(ByteBuffer bytes, int start, int bodyLength) {
    crc.reset();
    crc.update(generation);
    crc.update(bytes.slice(start + 4, size(bodyLength) - 4));
    return (int) crc.getValue();
  }
}
