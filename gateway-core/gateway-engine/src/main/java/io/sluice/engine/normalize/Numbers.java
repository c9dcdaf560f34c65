package io.sluice.engine.normalize;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Numbers written as text. */
final class Numbers {
  private static final int MAX_LENGTH = 64;
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
}
