package io.sluice.engine.normalize.unit;

import java.math.BigInteger;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Numbers written as text. */
public final class Numerals {
  private static final int MAX_LENGTH = 64;
  private static final int MAX_EXACT_DIGITS = 15;
  private static final double MAX_EXACT = 9.0e15;
  private static final double[] POWERS = {
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16
  };
  private static final int MAX_NOTHING = 12;
  private static final Set<String> NON_NUMBERS =
      Set.of(
          "nan",
          "-nan",
          "+nan",
          "nan(ind)",
          "-nan(ind)",
          "nan(snan)",
          "inf",
          "-inf",
          "+inf",
          "infinity",
          "-infinity",
          "+infinity",
          "1.#qnan",
          "-1.#qnan",
          "1.#ind",
          "-1.#ind",
          "1.#inf",
          "-1.#inf");
  private static final Set<String> NOTHING = new HashSet<>(NON_NUMBERS);

  static {
    NOTHING.addAll(
        Set.of("", "-", "--", "---", "null", "none", "n/a", "na", "unavailable", "unknown"));
  }

  private Numerals() {}

  /**
   * A decimal numeral, with or without sign, point and exponent, blanks around it allowed.
   *
   * @return a Long, a Double that is finite, a BigInteger beyond 64 bits, or null where it is none
   */
  public static @Nullable Number parse(String text) {
    String trimmed = text.strip();
    int length = trimmed.length();
    if (length == 0 || length > MAX_LENGTH || !onlyNumeralCharacters(trimmed)) {
      return null;
    }
    try {
      if (isInteger(trimmed)) {
        BigInteger integer = new BigInteger(trimmed);
        return integer.bitLength() < Long.SIZE ? (Number) integer.longValue() : integer;
      }
      double value = Double.parseDouble(trimmed);
      return Double.isFinite(value) ? (Double) value : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** The same, with the decimal sign of a profile: a point, or a comma. */
  public static @Nullable Number parse(String text, char decimal) {
    if (decimal == '.' || text.indexOf(decimal) < 0) {
      return parse(text);
    }
    return text.indexOf('.') >= 0 ? null : parse(text.replace(decimal, '.'));
  }

  /** Length of the numeral that a text begins with, 0 where it begins with none. */
  public static int prefixLength(String text, char decimal) {
    int at = 0;
    int length = text.length();
    int digits = 0;
    if (at < length && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
      at++;
    }
    for (; at < length; at++) {
      char c = text.charAt(at);
      if (c >= '0' && c <= '9') {
        digits++;
      } else if (c != decimal) {
        break;
      }
    }
    return digits == 0 ? 0 : at;
  }

  /**
   * Whether a text says that nothing was measured: {@code nan}, {@code -inf}, {@code 1.#IND} and
   * what else C libraries print for values that are no numbers, or an empty word for it.
   */
  public static boolean saysNothing(String text) {
    return text.length() <= MAX_NOTHING
        && NOTHING.contains(text.strip().toLowerCase(java.util.Locale.ROOT));
  }

  /** Whether a text is what a C library or a script prints for a value that is no number. */
  public static boolean isNonNumber(String text) {
    return text.length() <= MAX_NOTHING
        && NON_NUMBERS.contains(text.strip().toLowerCase(java.util.Locale.ROOT));
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
  public static double ofDigits(char[] text, int offset, int length) {
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

  /**
   * Digits with a point so many places before their end: the nearest double.
   *
   * @param digits at most fifteen
   * @param decimals at most sixteen
   */
  public static double shifted(long digits, int decimals) {
    return digits / POWERS[decimals];
  }

  /** The number's text, an integral one without point. */
  public static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < MAX_EXACT
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
