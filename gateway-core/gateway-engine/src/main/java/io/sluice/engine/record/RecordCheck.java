package io.sluice.engine.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Walks through the bytes of a record once, so that those who read it need not check again. Apart
 * from {@link EncodedRecord} because it alone may fail. Reusable, one per thread.
 */
final class RecordCheck {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** Number of measurements. */
  int count;

  /** Where the first begins. */
  int first;

  /** Where they end. */
  int capAt;

  private byte[] bytes = new byte[0];
  private int start;
  private int end;

  /**
   * @param strings takes where each of the strings begins
   */
  void run(byte[] bytes, int offset, int length, int[] strings) throws CorruptRecordException {
    this.bytes = bytes;
    this.start = offset;
    this.end = offset + length;
    if (offset < 0 || length < RecordFormat.STRINGS || end > bytes.length || end < 0) {
      throw new CorruptRecordException("a record of " + length + " bytes is cut short");
    }
    if (bytes[offset] != RecordFormat.VERSION) {
      throw corrupt(offset, "format version " + bytes[offset] + " is not known here");
    }
    int flags = bytes[start + RecordFormat.FLAGS];
    if ((flags >> 2 & 3) >= RecordFormat.TIME_SOURCES.length || flags >>> 7 != 0) {
      throw corrupt(offset + RecordFormat.FLAGS, "unknown flags " + flags);
    }
    check(flags, strings);
  }

  private void check(int flags, int[] strings) throws CorruptRecordException {
    int at = start + RecordFormat.STRINGS;
    for (int i = 0; i < strings.length; i++) {
      strings[i] = at;
      at = skipString(at);
    }
    need(at, 2);
    count = u16(at);
    if (count > RecordFormat.MAX_MEASUREMENTS) {
      throw corrupt(at, count + " measurements");
    }
    first = at + 2;
    at = first;
    for (int i = 0; i < count; i++) {
      at = checkMeasurement(at);
    }
    capAt = at;
    if ((flags & RecordFormat.CAP_BIT) != 0) {
      for (int i = 0; i < 4; i++) {
        at = skipString(at);
      }
    }
    if (at != end) {
      throw corrupt(at, (end - at) + " bytes follow the record");
    }
  }

  private int checkMeasurement(int at) throws CorruptRecordException {
    need(at, 2);
    int kinds = bytes[at];
    int judged = bytes[at + 1] & 0xFF;
    int kind = kinds & 15;
    if (kind >= RecordFormat.KINDS.length
        || kinds >>> 6 != 0
        || (judged & 3) >= RecordFormat.QUALITIES.length
        || judged >> 2 > RecordFormat.REASONS.length) {
      throw corrupt(at, "unknown kind of measurement");
    }
    int next = skipString(at + 2);
    if ((kinds & RecordFormat.UNIT_BIT) != 0) {
      next = skipString(next);
    }
    if ((kinds & RecordFormat.OWN_TIME_BIT) != 0) {
      need(next, 8);
      next += 8;
    }
    return checkValue(next, kind);
  }

  private int checkValue(int at, int kind) throws CorruptRecordException {
    return switch (RecordFormat.KINDS[kind]) {
      case LONG -> checked(at, 8);
      case DOUBLE -> checkFinite(at);
      case FALSE, TRUE -> at;
      case STRING, BYTES -> checkBlob(at);
    };
  }

  private int checkFinite(int at) throws CorruptRecordException {
    need(at, 8);
    if (!Double.isFinite(Double.longBitsToDouble(i64(at)))) {
      throw corrupt(at, "a value that is not finite");
    }
    return at + 8;
  }

  private int checkBlob(int at) throws CorruptRecordException {
    need(at, 4);
    int length = i32(at);
    if (length < 0) {
      throw corrupt(at, "a value of negative length");
    }
    return checked(at + 4, length);
  }

  private int checked(int at, int length) throws CorruptRecordException {
    need(at, length);
    return at + length;
  }

  private int skipString(int at) throws CorruptRecordException {
    need(at, 2);
    int length = u16(at);
    need(at + 2, length);
    return at + 2 + length;
  }

  private void need(int at, int length) throws CorruptRecordException {
    if (end - at < length) {
      throw corrupt(at, "the record is cut short");
    }
  }

  private CorruptRecordException corrupt(int at, String what) {
    return new CorruptRecordException("record byte " + (at - start) + ": " + what);
  }

  private int u16(int at) {
    return (bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF);
  }

  private int i32(int at) {
    return u16(at) << 16 | u16(at + 2);
  }

  private long i64(int at) {
    return (long) LONG.get(bytes, at);
  }
}
