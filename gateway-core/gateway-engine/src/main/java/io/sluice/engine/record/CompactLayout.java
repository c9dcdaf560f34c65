package io.sluice.engine.record;

import io.sluice.spool.Term;
import io.sluice.spool.Terms;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Reads records of format version 2, and checks them. Reusable, one per thread. */
final class CompactLayout {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private static final byte DOUBLE = (byte) RecordFormat.Kind.DOUBLE.ordinal();

  private final RecordColumns into;
  private byte[] bytes = new byte[0];
  private Terms terms = Terms.NONE;
  private int start;
  private int end;
  private int at;

  CompactLayout(RecordColumns into) {
    this.into = into;
  }

  /**
   * @param terms what the record names by number
   */
  void read(byte[] bytes, int offset, int length, Terms terms) throws CorruptRecordException {
    this.bytes = bytes;
    this.terms = terms;
    this.start = offset;
    this.end = offset + length;
    this.at = offset + CompactFormat.RECEIVED;
    into.bytes = bytes;
    into.flags = RecordFormat.flags(bytes, offset);
    into.received = i64();
    into.time = into.received + signed();
    text(RecordColumns.DEVICE);
    origin();
    source();
    measurements();
    if ((into.flags & RecordFormat.CAP_BIT) != 0) {
      for (int i = 0; i < RecordFormat.CAP_STRINGS; i++) {
        into.capLength[i] = length();
        into.capAt[i] = skip(into.capLength[i]);
      }
    }
    if (at != end) {
      throw corrupt((end - at) + " bytes follow the record");
    }
  }

  private void text(int which) throws CorruptRecordException {
    int length = length();
    into.text(which, skip(length), length);
  }

  private void origin() throws CorruptRecordException {
    Term term = term(CompactFormat.ORIGIN_TEXTS);
    into.origin = term;
    for (int i = 0; i < CompactFormat.ORIGIN_TEXTS; i++) {
      if (term == null) {
        text(RecordColumns.SECTOR + i);
      } else {
        into.text(RecordColumns.SECTOR + i, term.requiredUtf8(i));
      }
    }
  }

  private void source() throws CorruptRecordException {
    Term term = term(CompactFormat.SOURCE_TEXTS);
    into.source = term;
    if (term == null) {
      text(RecordColumns.SOURCE);
    } else {
      into.text(RecordColumns.SOURCE, term.requiredUtf8(0));
    }
  }

  /** The term of so many texts that stands next; null where the texts themselves follow. */
  private @Nullable Term term(int texts) throws CorruptRecordException {
    long reference = unsigned();
    if (reference == 0) {
      return null;
    }
    boolean isInBounds = reference > 0 && reference <= Terms.NUMBERS_MAX;
    Term term = isInBounds ? terms.at((int) reference - 1) : null;
    if (term == null || term.count() != texts || lacks(term, texts)) {
      throw corrupt("name number " + (reference - 1) + " is not defined");
    }
    return term;
  }

  /** A unit alone may be missing. */
  private static boolean lacks(Term term, int texts) {
    if (texts == CompactFormat.ORIGIN_TEXTS) {
      for (int i = 1; i < texts; i++) {
        if (term.utf8(i) == null) {
          return true;
        }
      }
    }
    return false;
  }

  private void measurements() throws CorruptRecordException {
    long count = unsigned();
    if (count < 0 || count > RecordFormat.MAX_MEASUREMENTS || count > end - at) {
      throw corrupt(count + " measurements");
    }
    into.ensure((int) count);
    into.count = (int) count;
    for (int i = 0; i < count; i++) {
      measurement(i);
    }
  }

  private void measurement(int i) throws CorruptRecordException {
    int head = u8();
    int kind = head & CompactFormat.KIND_BITS;
    int decimals = head >> CompactFormat.DECIMALS_SHIFT;
    if (kind != CompactFormat.DECIMAL && decimals != 0) {
      throw corrupt("unknown kind of measurement");
    }
    name(i);
    int judged = (head & CompactFormat.JUDGED_BIT) == 0 ? 0 : u8();
    if (!RecordFormat.isJudgement(judged)) {
      throw corrupt("unknown quality");
    }
    into.judgements[i] = (byte) judged;
    into.times[i] =
        (head & CompactFormat.OWN_TIME_BIT) == 0 ? RecordFormat.NO_TIME : into.time + signed();
    value(i, kind, decimals);
  }

  private void name(int i) throws CorruptRecordException {
    Term term = term(CompactFormat.NAME_TEXTS);
    into.terms[i] = term;
    if (term == null) {
      into.nameLength[i] = length();
      into.nameAt[i] = skip(into.nameLength[i]);
      int unit = length() - 1;
      into.unitLength[i] = unit < 0 ? RecordColumns.NO_UNIT : unit;
      into.unitAt[i] = skip(Math.max(unit, 0));
    }
  }

  private void value(int i, int kind, int decimals) throws CorruptRecordException {
    into.kinds[i] = (byte) kind;
    into.decimals[i] = RecordColumns.AS_BITS;
    switch (kind) {
      case CompactFormat.LONG -> into.bits[i] = signed();
      case CompactFormat.DOUBLE -> finite(i, i64());
      case CompactFormat.FALSE, CompactFormat.TRUE -> into.bits[i] = 0;
      case CompactFormat.STRING, CompactFormat.BYTES -> {
        int length = length();
        into.blobLengths[i] = length;
        into.bits[i] = skip(length);
      }
      case CompactFormat.DECIMAL -> {
        into.kinds[i] = DOUBLE;
        into.decimals[i] = (byte) decimals;
        into.bits[i] = signed();
      }
      case CompactFormat.FLOAT -> {
        into.kinds[i] = DOUBLE;
        finite(i, Double.doubleToRawLongBits(Float.intBitsToFloat(i32())));
      }
      default -> throw corrupt("unknown kind of measurement");
    }
  }

  private void finite(int i, long bits) throws CorruptRecordException {
    if (!Double.isFinite(Double.longBitsToDouble(bits))) {
      throw corrupt("a value that is not finite");
    }
    into.bits[i] = bits;
  }

  /** Of what follows, which is there. */
  private int length() throws CorruptRecordException {
    long length = unsigned();
    if (length < 0 || length > Integer.MAX_VALUE) {
      throw corrupt("a length out of bounds");
    }
    return (int) length;
  }

  /** Where that many bytes begin, which are there. */
  private int skip(int length) throws CorruptRecordException {
    int from = at;
    need(length);
    at = from + length;
    return from;
  }

  private int u8() throws CorruptRecordException {
    need(1);
    return bytes[at++] & 0xFF;
  }

  private long i64() throws CorruptRecordException {
    need(Long.BYTES);
    long value = (long) LONG.get(bytes, at);
    at += Long.BYTES;
    return value;
  }

  private int i32() throws CorruptRecordException {
    need(Integer.BYTES);
    int value = (int) INT.get(bytes, at);
    at += Integer.BYTES;
    return value;
  }

  private long signed() throws CorruptRecordException {
    long value = unsigned();
    return value >>> 1 ^ -(value & 1);
  }

  private long unsigned() throws CorruptRecordException {
    if (at < end && bytes[at] >= 0) {
      return bytes[at++];
    }
    return unsignedLong();
  }

  /** One of up to eight bytes at once: how long it is would be guessed wrong too often. */
  private long unsignedLong() throws CorruptRecordException {
    if (at + Long.BYTES <= bytes.length) {
      long word = (long) VarLong.BYTES.get(bytes, at);
      int length = VarLong.length(word);
      if (length <= end - at) {
        at += length;
        return VarLong.value(word, length);
      }
    }
    return unsignedByByte();
  }

  private long unsignedByByte() throws CorruptRecordException {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      need(1);
      byte b = bytes[at++];
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        if (shift == 63 && b > 1) {
          throw corrupt("a number of more than 64 bits");
        }
        return value;
      }
    }
    throw corrupt("a number of more than 64 bits");
  }

  private void need(int length) throws CorruptRecordException {
    if (end - at < length) {
      throw corrupt("the record is cut short");
    }
  }

  private CorruptRecordException corrupt(String what) {
    return RecordFormat.corrupt(at - start, what);
  }
}
