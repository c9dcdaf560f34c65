package io.sluice.engine.record;

import io.sluice.api.ByteSink;
import io.sluice.spool.Term;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The text of canonical JSON around the value of one metric: all but value and time. Of one name,
 * unit and judgement. Not thread-safe.
 */
final class JsonPart {
  /** The place of the text of the measurement that came next, or negative. */
  int next = -1;

  private final byte[] name;
  private final byte @Nullable [] unit;
  private final byte judgement;
  private final boolean hasOwnTime;

  /** That of the measurement of this text which was met last: the very term is enough. */
  private @Nullable Term term;

  private final byte[] text;
  private final int openEnd;
  private final int textEnd;

  /** Decimals that the last number had. */
  private int decimals;

  JsonPart(RecordColumns columns, int index) {
    Term given = columns.terms[index];
    term = given;
    if (given == null) {
      name = copy(columns.bytes, columns.nameAt[index], columns.nameLength[index]);
      int length = columns.unitLength[index];
      unit =
          length == RecordColumns.NO_UNIT
              ? null
              : copy(columns.bytes, columns.unitAt[index], length);
    } else {
      name = given.requiredUtf8(0);
      unit = given.utf8(1);
    }
    judgement = columns.judgements[index];
    hasOwnTime = columns.times[index] != RecordFormat.NO_TIME;
    int judged = judgement & 0xFF;
    ByteSink out = new ByteSink(RecordJson.MEASUREMENT_BYTES + 2 * name.length);
    out.write(',');
    put(RecordJson.NAME, out);
    putEscaped(name, out);
    put(RecordJson.VALUE, out);
    openEnd = out.length();
    if (unit == null) {
      put(RecordJson.NO_UNIT, out);
    } else {
      put(RecordJson.UNIT, out);
      putEscaped(unit, out);
      put(RecordJson.QUALITY, out);
    }
    put(RecordJson.QUALITIES[judged & 3], out);
    if (judged >> 2 != 0) {
      put(RecordJson.REASON, out);
      put(RecordJson.REASONS[(judged >> 2) - 1], out);
    }
    out.write('"');
    put(hasOwnTime ? RecordJson.TIME : new byte[] {'}'}, out);
    textEnd = out.length();
    text = Arrays.copyOf(out.bytes(), textEnd + Long.BYTES);
  }

  private static byte[] copy(byte[] from, int at, int length) {
    return Arrays.copyOfRange(from, at, at + length);
  }

  private static void put(byte[] piece, ByteSink out) {
    out.write(piece, 0, piece.length);
  }

  private static void putEscaped(byte[] piece, ByteSink out) {
    out.ensure(JsonText.MAX_EXPANSION * piece.length + Long.BYTES);
    out.length(JsonText.escaped(piece, 0, piece.length, out.bytes(), out.length()));
  }

  /** Whether it is the text of that measurement. */
  @SuppressWarnings("ReferenceEquality") // the very term; another one is looked into
  boolean isOf(RecordColumns columns, int index) {
    if (columns.judgements[index] != judgement
        || (columns.times[index] != RecordFormat.NO_TIME) != hasOwnTime) {
      return false;
    }
    Term given = columns.terms[index];
    if (given != null) {
      return given == term || isNamed(given);
    }
    return isSame(name, columns.bytes, columns.nameAt[index], columns.nameLength[index])
        && isSame(unit, columns.bytes, columns.unitAt[index], columns.unitLength[index]);
  }

  private boolean isNamed(Term given) {
    if (!Arrays.equals(name, given.requiredUtf8(0)) || !Arrays.equals(unit, given.utf8(1))) {
      return false;
    }
    term = given;
    return true;
  }

  private static boolean isSame(byte @Nullable [] own, byte[] bytes, int at, int length) {
    return own == null
        ? length == RecordColumns.NO_UNIT
        : own.length == length && Arrays.equals(own, 0, length, bytes, at, at + length);
  }

  /** Bytes of all of the text. */
  int textBytes() {
    return textEnd;
  }

  /**
   * Writes what stands before the value; returns the place behind it.
   *
   * @param isFurther whether a comma goes before
   */
  int open(boolean isFurther, byte[] to, int at) {
    return JsonText.copy(text, isFurther ? 0 : 1, openEnd, to, at);
  }

  /** Writes a number; it mostly has as many decimals as the one before. */
  int number(double value, byte[] to, int at) {
    int found = JsonText.decimals(value, decimals);
    if (found < 0) {
      return JsonText.ascii(Double.toString(value), to, at);
    }
    decimals = found;
    return JsonText.fixed(value, found, to, at);
  }

  /** Writes what stands behind the value, and the time; returns the place behind it. */
  int close(long timeMicros, byte[] to, int start) {
    int at = JsonText.copy(text, openEnd, textEnd, to, start);
    if (hasOwnTime) {
      at = JsonText.number(timeMicros, to, at);
      to[at++] = '}';
    }
    return at;
  }
}
