package io.sluice.engine.record;

import io.sluice.api.ByteSink;
import io.sluice.engine.record.RecordFormat.Kind;
import io.sluice.spool.Term;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A record as the message {@code Record} of {@code config/schema/sluice-record.proto}, in the
 * encoding of Protocol Buffers (protobuf.dev, Encoding). Fields stand in the order of their
 * numbers, and what has the default of proto3 is left out. Texts are copied as bytes: nothing is
 * allocated. Thread-safe.
 */
public final class RecordProtobuf {
  // Numbers of the fields of a record.
  static final int ID = 1;
  static final int GATEWAY = 2;
  static final int DEVICE = 3;
  static final int SECTOR = 4;
  static final int SITE = 5;
  static final int MODEL = 6;
  static final int CLASS = 7;
  static final int TIME = 8;
  static final int TIME_SOURCE = 9;
  static final int RECEIVED = 10;
  static final int SEQUENCE = 11;
  static final int HISTORICAL = 12;
  static final int MEASUREMENTS = 13;
  static final int PROTOCOL = 14;
  static final int SOURCE = 15;
  static final int CAP = 16;
  static final int VERSION = 17;

  // Of a measurement.
  static final int NAME = 1;
  static final int UNIT = 2;
  static final int QUALITY = 3;
  static final int REASON = 4;
  static final int OWN_TIME = 5;
  static final int INTEGER = 6;
  static final int NUMBER = 7;
  static final int FLAG = 8;
  static final int TEXT = 9;
  static final int DATA = 10;

  // Types of wire.
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int BYTES = 2;

  /** The record that this build knows. */
  static final int VERSION_KNOWN = 1;

  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int TAGGED_FIXED = 1 + Long.BYTES;

  /** Most that numbers, tags and lengths outside the measurements take. */
  private static final int FRAME_BYTES = 320;

  /** Most that those of a measurement take. */
  private static final int MEASUREMENT_BYTES = 80;

  private RecordProtobuf() {}

  /** Appends the record; its cursor is not moved. */
  public static void write(EncodedRecord view, ByteSink out) {
    RecordColumns columns = view.columns();
    int texts = view.epoch().length() + columns.textLength[RecordColumns.GATEWAY];
    for (int each : columns.textLength) {
      texts += each;
    }
    out.ensure(FRAME_BYTES + texts);
    byte[] to = out.bytes();
    int at = id(view, columns, to, out.length());
    at = text(GATEWAY, columns, RecordColumns.GATEWAY, to, at);
    at = text(DEVICE, columns, RecordColumns.DEVICE, to, at);
    at = text(SECTOR, columns, RecordColumns.SECTOR, to, at);
    at = text(SITE, columns, RecordColumns.SITE, to, at);
    at = text(MODEL, columns, RecordColumns.MODEL, to, at);
    at = small(CLASS, (columns.flags & RecordFormat.CLASS_BITS) + 1, to, at);
    at = fixed(TIME, columns.time, to, at);
    at = small(TIME_SOURCE, (columns.flags >> 2 & 3) + 1, to, at);
    at = fixed(RECEIVED, columns.received, to, at);
    if (view.sequence() != 0) {
      to[at++] = tag(SEQUENCE, VARINT);
      at = varint(view.sequence(), to, at);
    }
    if ((columns.flags & RecordFormat.HISTORICAL_BIT) != 0) {
      at = small(HISTORICAL, 1, to, at);
    }
    out.length(at);
    for (int i = 0; i < columns.count; i++) {
      measurement(columns, i, out);
    }
    end(columns, out);
  }

  /** {@code {gateway}-{epoch}-{lane's letter}{sequence}}. */
  private static int id(EncodedRecord view, RecordColumns columns, byte[] to, int start) {
    int gateway = columns.textLength[RecordColumns.GATEWAY];
    int length = gateway + view.epoch().length() + 3 + digits(view.sequence());
    to[start] = tag(ID, BYTES);
    int at = varint(length, to, start + 1);
    at =
        copy(
            columns.textBytes[RecordColumns.GATEWAY],
            columns.textAt[RecordColumns.GATEWAY],
            gateway,
            to,
            at);
    to[at++] = '-';
    at = JsonText.ascii(view.epoch(), to, at);
    to[at++] = '-';
    to[at++] = view.laneLetter();
    return JsonText.number(view.sequence(), to, at);
  }

  private static int digits(long value) {
    int digits = value < 0 ? 2 : 1;
    for (long rest = value / 10; rest != 0; rest /= 10) {
      digits++;
    }
    return digits;
  }

  private static void end(RecordColumns columns, ByteSink out) {
    int texts =
        columns.textLength[RecordColumns.PROTOCOL] + columns.textLength[RecordColumns.SOURCE];
    boolean hasCap = (columns.flags & RecordFormat.CAP_BIT) != 0;
    int cap = hasCap ? capBytes(columns) : 0;
    out.ensure(FRAME_BYTES + texts + cap);
    byte[] to = out.bytes();
    int at = text(PROTOCOL, columns, RecordColumns.PROTOCOL, to, out.length());
    at = text(SOURCE, columns, RecordColumns.SOURCE, to, at);
    if (hasCap) {
      at = varint((long) CAP << 3 | BYTES, to, at);
      at = varint(cap, to, at);
      for (int i = 0; i < RecordFormat.CAP_STRINGS; i++) {
        at = text(i + 1, columns.bytes, columns.capAt[i], columns.capLength[i], to, at);
      }
    }
    out.length(at);
  }

  private static int capBytes(RecordColumns columns) {
    int bytes = 0;
    for (int i = 0; i < RecordFormat.CAP_STRINGS; i++) {
      bytes += textBytes(columns.capLength[i]);
    }
    return bytes;
  }

  private static void measurement(RecordColumns columns, int index, ByteSink out) {
    Term term = columns.terms[index];
    byte[] names = columns.bytes;
    byte[] units = columns.bytes;
    int nameAt = columns.nameAt[index];
    int name = columns.nameLength[index];
    int unitAt = columns.unitAt[index];
    int unit = columns.unitLength[index];
    if (term != null) {
      names = term.requiredUtf8(0);
      nameAt = 0;
      name = names.length;
      byte[] known = term.utf8(1);
      units = known == null ? names : known;
      unitAt = 0;
      unit = known == null ? RecordColumns.NO_UNIT : known.length;
    }
    boolean hasUnit = unit != RecordColumns.NO_UNIT;
    int judged = columns.judgements[index] & 0xFF;
    boolean hasTime = columns.times[index] != RecordFormat.NO_TIME;
    int length =
        textBytes(name)
            + (hasUnit ? fieldBytes(unit) : 0)
            + ((judged & 3) == 0 ? 0 : 2)
            + (judged >> 2 == 0 ? 0 : 2)
            + (hasTime ? TAGGED_FIXED : 0)
            + valueBytes(columns, index);
    out.ensure(Math.addExact(length, MEASUREMENT_BYTES));
    byte[] to = out.bytes();
    int at = out.length();
    to[at++] = tag(MEASUREMENTS, BYTES);
    at = varint(length, to, at);
    at = text(NAME, names, nameAt, name, to, at);
    at = hasUnit ? field(UNIT, units, unitAt, unit, to, at) : at;
    at = (judged & 3) == 0 ? at : small(QUALITY, judged & 3, to, at);
    at = judged >> 2 == 0 ? at : small(REASON, judged >> 2, to, at);
    if (hasTime) {
      to[at++] = tag(OWN_TIME, FIXED64);
      LONG.set(to, at, columns.times[index]);
      at += Long.BYTES;
    }
    out.length(value(columns, index, to, at));
  }

  /** Of a value, with its tag: it is there also where it is 0. */
  private static int valueBytes(RecordColumns columns, int index) {
    return switch (RecordFormat.KINDS[columns.kinds[index]]) {
      case LONG -> 1 + varintBytes(zigZag(columns.bits[index]));
      case DOUBLE -> TAGGED_FIXED;
      case FALSE, TRUE -> 2;
      case STRING, BYTES -> fieldBytes(columns.blobLengths[index]);
    };
  }

  private static int value(RecordColumns columns, int index, byte[] to, int start) {
    long bits = columns.bits[index];
    int at = start;
    Kind kind = RecordFormat.KINDS[columns.kinds[index]];
    return switch (kind) {
      case LONG -> {
        to[at] = tag(INTEGER, VARINT);
        yield varint(zigZag(bits), to, at + 1);
      }
      case DOUBLE -> {
        int decimals = columns.decimals[index];
        to[at] = tag(NUMBER, FIXED64);
        LONG.set(
            to,
            at + 1,
            decimals < 0
                ? bits
                : Double.doubleToRawLongBits(CompactFormat.decimal(bits, decimals)));
        yield at + TAGGED_FIXED;
      }
      case FALSE, TRUE -> small(FLAG, kind == Kind.TRUE ? 1 : 0, to, at);
      case STRING, BYTES ->
          field(
              kind == Kind.STRING ? TEXT : DATA,
              columns.bytes,
              (int) bits,
              columns.blobLengths[index],
              to,
              at);
    };
  }

  private static byte tag(int field, int type) {
    return (byte) ((field << 3) | type);
  }

  private static int small(int field, int value, byte[] to, int at) {
    to[at] = tag(field, VARINT);
    to[at + 1] = (byte) value;
    return at + 2;
  }

  private static int fixed(int field, long value, byte[] to, int at) {
    if (value == 0) {
      return at;
    }
    to[at] = tag(field, FIXED64);
    LONG.set(to, at + 1, value);
    return at + TAGGED_FIXED;
  }

  private static int text(int field, RecordColumns columns, int which, byte[] to, int at) {
    return text(
        field, columns.textBytes[which], columns.textAt[which], columns.textLength[which], to, at);
  }

  /** A text that is left out where it is empty. */
  private static int text(int field, byte[] from, int offset, int length, byte[] to, int at) {
    return length == 0 ? at : field(field, from, offset, length, to, at);
  }

  private static int field(int field, byte[] from, int offset, int length, byte[] to, int at) {
    to[at] = tag(field, BYTES);
    return copy(from, offset, length, to, varint(length, to, at + 1));
  }

  private static int copy(byte[] from, int offset, int length, byte[] to, int at) {
    System.arraycopy(from, offset, to, at, length);
    return at + length;
  }

  private static int textBytes(int length) {
    return length == 0 ? 0 : fieldBytes(length);
  }

  private static int fieldBytes(int length) {
    return 1 + varintBytes(length) + length;
  }

  private static int varintBytes(long value) {
    return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
  }

  private static long zigZag(long value) {
    return (value << 1) ^ (value >> 63);
  }

  private static int varint(long value, byte[] to, int start) {
    int at = start;
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      to[at++] = (byte) ((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    to[at++] = (byte) rest;
    return at;
  }
}
