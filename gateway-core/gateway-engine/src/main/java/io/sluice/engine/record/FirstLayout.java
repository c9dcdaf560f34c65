package io.sluice.engine.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads records of format version 1, and checks them. Reusable, one per thread. */
final class FirstLayout {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final int TIME = 2;
  private static final int RECEIVED = 10;
  private static final int STRINGS = 18;
  private static final int UNIT_BIT = 1 << 4;
  private static final int OWN_TIME_BIT = 1 << 5;

  private final RecordColumns into;
  private byte[] bytes = new byte[0];
  private int start;
  private int end;

  FirstLayout(RecordColumns into) {
    this.into = into;
  }

  void read(byte[] bytes, int offset, int length) throws CorruptRecordException {
    this.bytes = bytes;
    this.start = offset;
    this.end = offset + length;
    need(start, STRINGS);
    into.bytes = bytes;
    into.flags = RecordFormat.flags(bytes, offset);
    into.time = i64(start + TIME);
    into.received = i64(start + RECEIVED);
    into.origin = null;
    into.source = null;
    int at = start + STRINGS;
    for (int i = 0; i < RecordFormat.STRING_COUNT; i++) {
      int following = skipString(at);
      into.text(i, at + 2, following - at - 2);
      at = following;
    }
    at = measurements(at);
    if ((into.flags & RecordFormat.CAP_BIT) != 0) {
      for (int i = 0; i < RecordFormat.CAP_STRINGS; i++) {
        int following = skipString(at);
        into.capAt[i] = at + 2;
        into.capLength[i] = following - at - 2;
        at = following;
      }
    }
    if (at != end) {
      throw corrupt(at, (end - at) + " bytes follow the record");
    }
  }

  private int measurements(int from) throws CorruptRecordException {
    need(from, 2);
    int count = u16(from);
    if (count > RecordFormat.MAX_MEASUREMENTS) {
      throw corrupt(from, count + " measurements");
    }
    into.ensure(count);
    into.count = count;
    int at = from + 2;
    for (int i = 0; i < count; i++) {
      at = measurement(at, i);
    }
    return at;
  }

  private int measurement(int at, int i) throws CorruptRecordException {
    need(at, 2);
    int head = bytes[at];
    int judged = bytes[at + 1] & 0xFF;
    int kind = head & 15;
    if (kind >= RecordFormat.KINDS.length || head >>> 6 != 0 || !RecordFormat.isJudgement(judged)) {
      throw corrupt(at, "unknown kind of measurement");
    }
    into.kinds[i] = (byte) kind;
    into.judgements[i] = (byte) judged;
    into.decimals[i] = RecordColumns.AS_BITS;
    into.terms[i] = null;
    int next = skipString(at + 2);
    into.nameAt[i] = at + 4;
    into.nameLength[i] = next - at - 4;
    into.unitLength[i] = RecordColumns.NO_UNIT;
    if ((head & UNIT_BIT) != 0) {
      int following = skipString(next);
      into.unitAt[i] = next + 2;
      into.unitLength[i] = following - next - 2;
      next = following;
    }
    into.times[i] = RecordFormat.NO_TIME;
    if ((head & OWN_TIME_BIT) != 0) {
      need(next, 8);
      into.times[i] = i64(next);
      next += 8;
    }
    return value(next, i, RecordFormat.KINDS[kind]);
  }

  private int value(int at, int i, RecordFormat.Kind kind) throws CorruptRecordException {
    return switch (kind) {
      case LONG -> {
        need(at, 8);
        into.bits[i] = i64(at);
        yield at + 8;
      }
      case DOUBLE -> {
        need(at, 8);
        into.bits[i] = i64(at);
        if (!Double.isFinite(Double.longBitsToDouble(into.bits[i]))) {
          throw corrupt(at, "a value that is not finite");
        }
        yield at + 8;
      }
      case FALSE, TRUE -> at;
      case STRING, BYTES -> blob(at, i);
    };
  }

  private int blob(int at, int i) throws CorruptRecordException {
    need(at, 4);
    int length = u16(at) << 16 | u16(at + 2);
    if (length < 0) {
      throw corrupt(at, "a value of negative length");
    }
    need(at + 4, length);
    into.bits[i] = at + 4L;
    into.blobLengths[i] = length;
    return at + 4 + length;
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
    return RecordFormat.corrupt(at - start, what);
  }

  private int u16(int at) {
    return (bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF);
  }

  private long i64(int at) {
    return (long) LONG.get(bytes, at);
  }
}
