package io.sluice.engine.record;

import io.sluice.api.ByteSink;
import io.sluice.engine.record.RecordFormat.Kind;
import java.math.BigDecimal;

/**
 * Pieces of JSON appended to a sink, for formats of another shape than the canonical one: strings
 * with their quotes, and values of records where they lie. A double stands as {@link
 * Double#toString} writes it, so that one that happens to be whole is not taken for an integer.
 */
public final class JsonValues {
  /** Beside what a piece is made of: quotes, and what copies may overwrite behind them. */
  private static final int ROOM = 32;

  // From here to there Double.toString writes no exponent.
  private static final double PLAIN_BEGIN = 1e-3;
  private static final double PLAIN_END = 1e7;

  private static final byte[] ZERO = {'0', '.', '0'};

  private JsonValues() {}

  public static void string(byte[] utf8, int offset, int length, ByteSink out) {
    out.ensure(Math.addExact(Math.multiplyExact(JsonText.MAX_EXPANSION, length), ROOM));
    byte[] to = out.bytes();
    int at = out.length();
    to[at++] = '"';
    at = JsonText.escaped(utf8, offset, length, to, at);
    to[at++] = '"';
    out.length(at);
  }

  /** The record's device. */
  public static void device(EncodedRecord record, ByteSink out) {
    RecordColumns columns = record.columns();
    int which = RecordColumns.DEVICE;
    string(columns.textBytes[which], columns.textAt[which], columns.textLength[which], out);
  }

  public static void number(long value, ByteSink out) {
    out.ensure(ROOM);
    out.length(JsonText.number(value, out.bytes(), out.length()));
  }

  /** Microseconds as seconds, with as many decimals as it takes. */
  public static void seconds(long micros, ByteSink out) {
    long digits = micros;
    int decimals = 6;
    while (decimals > 0 && digits % 10 == 0) {
      digits /= 10;
      decimals--;
    }
    if (decimals == 0) {
      number(digits, out);
    } else if (digits == Long.MIN_VALUE) { // which has no counterpart above zero
      string(BigDecimal.valueOf(micros, decimals), out);
    } else {
      out.ensure(ROOM);
      out.length(JsonText.fixed(digits, decimals, out.bytes(), out.length()));
    }
  }

  private static void string(BigDecimal value, ByteSink out) {
    out.ensure(ROOM);
    out.length(JsonText.ascii(value.toPlainString(), out.bytes(), out.length()));
  }

  /** The value under the record's cursor; bytes in base64. */
  public static void value(EncodedRecord record, ByteSink out) {
    RecordColumns columns = record.columns();
    int index = record.index();
    long bits = columns.bits[index];
    Kind kind = RecordFormat.KINDS[columns.kinds[index]];
    switch (kind) {
      case LONG -> number(bits, out);
      case DOUBLE -> number(record.doubleValue(), bits, columns.decimals[index], out);
      case TRUE -> out.write(RecordJson.TRUE, 0, RecordJson.TRUE.length);
      case FALSE -> out.write(RecordJson.FALSE, 0, RecordJson.FALSE.length);
      case STRING -> string(columns.bytes, (int) bits, columns.blobLengths[index], out);
      case BYTES -> {
        int length = columns.blobLengths[index];
        out.ensure(Math.addExact(Math.multiplyExact(2, length), ROOM));
        byte[] to = out.bytes();
        int at = out.length();
        to[at++] = '"';
        at = JsonText.base64(columns.bytes, (int) bits, length, to, at);
        to[at++] = '"';
        out.length(at);
      }
    }
  }

  /**
   * @param digits of the value, over ten to the decimals
   * @param known how many decimals, or {@link RecordColumns#AS_BITS}
   */
  private static void number(double value, long digits, int known, ByteSink out) {
    out.ensure(ROOM);
    byte[] to = out.bytes();
    int at = out.length();
    double magnitude = Math.abs(value);
    boolean isPlain = magnitude >= PLAIN_BEGIN && magnitude < PLAIN_END;
    int decimals = !isPlain ? -1 : known >= 0 ? known : JsonText.decimals(value, 0);
    if (decimals < 0) {
      boolean isZero = Double.doubleToRawLongBits(value) == 0;
      at = isZero ? JsonText.raw(ZERO, to, at) : JsonText.ascii(Double.toString(value), to, at);
    } else {
      at =
          known >= 0
              ? JsonText.fixed(digits, decimals, to, at)
              : JsonText.fixed(value, decimals, to, at);
      if (decimals == 0) {
        to[at++] = '.';
        to[at++] = '0';
      }
    }
    out.length(at);
  }
}
