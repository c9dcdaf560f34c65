package io.sluice.engine.normalize;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Numbers written as text. */
final class Numbers {
  private static final int MAX_LENGTH = 64;
  private static final int MAX_EXACT_DIGITS = 15;
  private static final double[] POWERS = {
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16
  };
  private static final int MAX_LONG_LENGTH = 20;

  private Numbers() {}

  /**
   * A decimal numeral, with or without sign, point and exponent, blanks around it allowed.
   *
   * @return a Long, a Double that is finite, or null where it is none
   */
  static @Nullable Number parse(String text) {
    String trimmed = text.strip();
    int length = trimmed.length();
    if (length == 0 || length > MAX_LENGTH || !onlyNumeralCharacters(trimmed)) {
      return null;
    }
    try {
      if (length <= MAX_LONG_LENGTH && isInteger(trimmed)) {
        BigInteger integer = new BigInteger(trimmed);
        if (integer.bitLength() < Long.SIZE) {
          return integer.longValue();
        }
      }
      double value = Double.parseDouble(trimmed);
      return Double.isFinite(value) ? (Double) value : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static boolean onlyNumeralCharacters(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E') {
        return false;
      }
    }
    return true;
  }

  private static boolean isInteger(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.' || c == 'e' || c == 'E') {
        return false;
      }
    }
    return true;
  }

  /**
   * A JSON numeral of at most fifteen digits without exponent: the digits as an integer, divided by
   * a power of ten, round once and so give the nearest double.
   *
   * @return NaN where it is not of that kind
   */
  static double ofDigits(char[] text, int offset, int length) {
    long digits = 0;
    int point = -1;
    int at = length > 0 && text[offset] == '-' ? 1 : 0;
    if (length - at > MAX_EXACT_DIGITS + 1) {
      return Double.NaN;
    }
    int first = at;
    for (; at < length; at++) {
      char c = text[offset + at];
      if (c == '.') {
        point = at;
      } else if (c >= '0' && c <= '9') {
        digits = digits * 10 + (c - '0');
      } else {
        return Double.NaN;
      }
    }
    double value = point < 0 ? (double) digits : digits / POWERS[length - 1 - point];
    return first == 0 ? value : -value;
  }
}
