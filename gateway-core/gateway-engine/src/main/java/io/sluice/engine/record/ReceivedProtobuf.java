package io.sluice.engine.record;

import io.sluice.engine.record.PoisonRecordException.Kind;
import java.util.Arrays;

/**
 * Reads the message {@code Record} of {@code config/schema/sluice-record.proto} where it lies.
 * Fields that are not known here are passed over, as are values of a kind that is not. Reusable,
 * one per thread.
 */
final class ReceivedProtobuf {
  private static final int GROUP_BEGIN = 3;
  private static final int FIXED32 = 5;
  private static final byte[] NOTHING = new byte[0];

  private final RecordColumns into;
  private byte[] bytes = NOTHING;
  private int at;
  private int end;

  int idAt;
  int idLength;
  long sequence;

  ReceivedProtobuf(RecordColumns into) {
    this.into = into;
  }

  void read(byte[] value) throws PoisonRecordException {
    bytes = value;
    at = 0;
    end = value.length;
    begin();
    int messageClass = 0;
    int timeSource = 0;
    boolean isHistorical = false;
    boolean hasCap = false;
    while (at < end) {
      int tag = tag();
      switch (tag >>> 3) {
        case RecordProtobuf.ID -> {
          idLength = blob(tag);
          idAt = at - idLength;
        }
        case RecordProtobuf.GATEWAY -> text(RecordColumns.GATEWAY, tag);
        case RecordProtobuf.DEVICE -> text(RecordColumns.DEVICE, tag);
        case RecordProtobuf.SECTOR -> text(RecordColumns.SECTOR, tag);
        case RecordProtobuf.SITE -> text(RecordColumns.SITE, tag);
        case RecordProtobuf.MODEL -> text(RecordColumns.MODEL, tag);
        case RecordProtobuf.CLASS -> messageClass = small(tag, RecordFormat.CLASSES.length);
        case RecordProtobuf.TIME -> into.time = fixed(tag);
        case RecordProtobuf.TIME_SOURCE ->
            timeSource = small(tag, RecordFormat.TIME_SOURCES.length);
        case RecordProtobuf.RECEIVED -> into.received = fixed(tag);
        case RecordProtobuf.SEQUENCE -> sequence = varint(tag);
        case RecordProtobuf.HISTORICAL -> isHistorical = varint(tag) != 0;
        case RecordProtobuf.MEASUREMENTS -> measurement(tag);
        case RecordProtobuf.PROTOCOL -> text(RecordColumns.PROTOCOL, tag);
        case RecordProtobuf.SOURCE -> text(RecordColumns.SOURCE, tag);
        case RecordProtobuf.CAP -> {
          hasCap = true;
          cap(tag);
        }
        case RecordProtobuf.VERSION -> version(varint(tag));
        default -> skip(tag);
      }
    }
    if (messageClass == 0 || timeSource == 0) {
      throw PoisonRecordException.invalid("its class or time_source is missing");
    }
    into.flags =
        (messageClass - 1)
            | (timeSource - 1) << 2
            | (isHistorical ? RecordFormat.HISTORICAL_BIT : 0)
            | (hasCap ? RecordFormat.CAP_BIT : 0);
  }

  private void begin() {
    into.bytes = bytes;
    into.origin = null;
    into.source = null;
    into.time = 0;
    into.received = 0;
    into.count = 0;
    Arrays.fill(into.textBytes, bytes);
    Arrays.fill(into.textAt, 0);
    Arrays.fill(into.textLength, 0);
    Arrays.fill(into.capAt, 0);
    Arrays.fill(into.capLength, 0);
    idLength = 0;
    sequence = 0;
  }

  private static void version(long version) throws PoisonRecordException {
    if (version < 0 || version > RecordProtobuf.VERSION_KNOWN) {
      throw RecordDecoder.future(Long.toUnsignedString(version));
    }
  }

  private void text(int which, int tag) throws PoisonRecordException {
    int count = blob(tag);
    into.text(which, at - count, count);
  }

  private void cap(int tag) throws PoisonRecordException {
    int outer = message(tag);
    while (at < end) {
      int inner = tag();
      int field = inner >>> 3;
      if (field >= 1 && field <= RecordFormat.CAP_STRINGS) {
        int count = blob(inner);
        into.capAt[field - 1] = at - count;
        into.capLength[field - 1] = count;
      } else {
        skip(inner);
      }
    }
    end = outer;
  }

  private void measurement(int tag) throws PoisonRecordException {
    int outer = message(tag);
    int i = into.count;
    RecordDecoder.requireRoom(i + 1);
    into.ensure(i + 1);
    into.terms[i] = null;
    into.nameLength[i] = 0;
    into.nameAt[i] = 0;
    into.unitLength[i] = RecordColumns.NO_UNIT;
    into.times[i] = RecordFormat.NO_TIME;
    into.decimals[i] = RecordColumns.AS_BITS;
    int quality = 0;
    long reason = 0;
    boolean hasValue = false;
    while (at < end) {
      int inner = tag();
      switch (inner >>> 3) {
        case RecordProtobuf.NAME -> {
          into.nameLength[i] = blob(inner);
          into.nameAt[i] = at - into.nameLength[i];
        }
        case RecordProtobuf.UNIT -> {
          into.unitLength[i] = blob(inner);
          into.unitAt[i] = at - into.unitLength[i];
        }
        case RecordProtobuf.QUALITY -> quality = small(inner, RecordFormat.QUALITIES.length - 1);
        case RecordProtobuf.REASON -> reason = varint(inner);
        case RecordProtobuf.OWN_TIME -> into.times[i] = fixed(inner);
        case RecordProtobuf.INTEGER,
            RecordProtobuf.NUMBER,
            RecordProtobuf.FLAG,
            RecordProtobuf.TEXT,
            RecordProtobuf.DATA -> {
          hasValue = true;
          value(i, inner);
        }
        default -> skip(inner);
      }
    }
    end = outer;
    boolean isKnown = reason >= 0 && reason <= RecordFormat.REASONS.length;
    into.judgements[i] = (byte) (quality | (isKnown ? (int) reason << 2 : 0));
    into.count = hasValue ? i + 1 : i;
  }

  private void value(int i, int tag) throws PoisonRecordException {
    switch (tag >>> 3) {
      case RecordProtobuf.INTEGER -> {
        long coded = varint(tag);
        kind(i, RecordFormat.Kind.LONG);
        into.bits[i] = coded >>> 1 ^ -(coded & 1);
      }
      case RecordProtobuf.NUMBER -> {
        into.bits[i] = fixed(tag);
        kind(i, RecordFormat.Kind.DOUBLE);
        RecordDecoder.requireFinite(Double.longBitsToDouble(into.bits[i]));
      }
      case RecordProtobuf.FLAG ->
          kind(i, varint(tag) == 0 ? RecordFormat.Kind.FALSE : RecordFormat.Kind.TRUE);
      case RecordProtobuf.TEXT -> blob(i, tag, RecordFormat.Kind.STRING);
      default -> blob(i, tag, RecordFormat.Kind.BYTES);
    }
  }

  @SuppressWarnings("EnumOrdinal") // ordinals are the format: see RecordFormat
  private void kind(int i, RecordFormat.Kind kind) {
    into.kinds[i] = (byte) kind.ordinal();
  }

  private void blob(int i, int tag, RecordFormat.Kind kind) throws PoisonRecordException {
    int count = blob(tag);
    kind(i, kind);
    into.blobLengths[i] = count;
    into.bits[i] = (long) at - count;
  }

  /** Goes into a message, and tells where the one that it is in ends. */
  private int message(int tag) throws PoisonRecordException {
    int count = blob(tag);
    int outer = end;
    end = at;
    at -= count;
    return outer;
  }

  private int tag() throws PoisonRecordException {
    long tag = varint();
    if (tag < 1 << 3 || tag > Integer.MAX_VALUE) {
      throw broken("a field number of " + (tag >>> 3));
    }
    return (int) tag;
  }

  /** Passes over a text or message, and tells its length. */
  private int blob(int tag) throws PoisonRecordException {
    require(tag, RecordProtobuf.BYTES);
    long count = varint();
    if (count < 0 || count > end - at) {
      throw cut();
    }
    at += (int) count;
    return (int) count;
  }

  private int small(int tag, int most) throws PoisonRecordException {
    long value = varint(tag);
    if (value < 0 || value > most) {
      throw PoisonRecordException.invalid("field " + (tag >>> 3) + " has no value " + value);
    }
    return (int) value;
  }

  private long fixed(int tag) throws PoisonRecordException {
    require(tag, RecordProtobuf.FIXED64);
    pass(Long.BYTES);
    return (long) RecordProtobuf.LONG.get(bytes, at - Long.BYTES);
  }

  private long varint(int tag) throws PoisonRecordException {
    require(tag, RecordProtobuf.VARINT);
    return varint();
  }

  private long varint() throws PoisonRecordException {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (at >= end) {
        throw cut();
      }
      byte b = bytes[at++];
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw broken("a number of more than 64 bits");
  }

  private void skip(int tag) throws PoisonRecordException {
    switch (tag & 7) {
      case RecordProtobuf.VARINT -> {
        long _ = varint();
      }
      case RecordProtobuf.BYTES -> {
        int _ = blob(tag);
      }
      case RecordProtobuf.FIXED64 -> pass(Long.BYTES);
      case FIXED32 -> pass(Integer.BYTES);
      default -> throw broken((tag & 7) == GROUP_BEGIN ? "a group" : "a field of an unknown type");
    }
  }

  private void pass(int count) throws PoisonRecordException {
    if (end - at < count) {
      throw cut();
    }
    at += count;
  }

  private void require(int tag, int type) throws PoisonRecordException {
    if ((tag & 7) != type) {
      throw broken("field " + (tag >>> 3) + " of another type");
    }
  }

  private PoisonRecordException cut() {
    return broken("cut short");
  }

  private PoisonRecordException broken(String what) {
    return new PoisonRecordException(
        Kind.NOT_PROTOBUF,
        "neither JSON nor a Sluice record in Protobuf: " + what + " at byte " + at);
  }
}
