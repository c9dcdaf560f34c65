package io.sluice.engine.normalize.codec;

import io.sluice.api.ByteSink;
import io.sluice.engine.normalize.unit.Numerals;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Mends JSON that was printed with values that are no numbers: {@code nan}, {@code -inf}, {@code
 * Infinity}. JSON has no such values (RFC 8259 section 6), but printf and many scripts write them.
 */
final class NonNumbers {
  private static final int MAX_WORD = 12;

  private NonNumbers() {}

  /** The payload with each such word in quotes, or null where it has none outside of strings. */
  static byte @Nullable [] quoted(byte[] payload, int from, int to) {
    ByteSink out = null;
    int copied = from;
    boolean inText = false;
    for (int at = from; at < to; at++) {
      byte each = payload[at];
      if (inText) {
        if (each == '\\') {
          at++;
        } else if (each == '"') {
          inText = false;
        }
      } else if (each == '"') {
        inText = true;
      } else if (isWord(each)) {
        int end = at;
        while (end < to && isWord(payload[end])) {
          end++;
        }
        if (isNonNumber(payload, at, end)) {
          out = out == null ? new ByteSink(to - from + MAX_WORD) : out;
          out.write(payload, copied, at - copied);
          out.write('"');
          out.write(payload, at, end - at);
          out.write('"');
          copied = end;
        }
        at = end - 1;
      }
    }
    if (out == null) {
      return null;
    }
    out.write(payload, copied, to - copied);
    return out.toByteArray();
  }

  private static boolean isWord(byte each) {
    return (each >= '0' && each <= '9')
        || (each >= 'a' && each <= 'z')
        || (each >= 'A' && each <= 'Z')
        || each == '-'
        || each == '+'
        || each == '.'
        || each == '#'
        || each == '('
        || each == ')';
  }

  private static boolean isNonNumber(byte[] payload, int at, int end) {
    return end - at <= MAX_WORD
        && Numerals.isNonNumber(new String(payload, at, end - at, StandardCharsets.ISO_8859_1));
  }
}
