package io.sluice.engine.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Pieces of JSON text, written into an array that has room; each returns the place after what it
 * wrote, and may overwrite up to seven bytes behind that.
 */
final class JsonText {
  /** Most bytes that one byte of text becomes: a control character as {@code \\u001f}. */
  static final int MAX_EXPANSION = 6;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES_EACH = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long QUOTES = ONES_EACH * '"';
  private static final long BACKSLASHES = ONES_EACH * '\\';
  private static final long SPACES = ONES_EACH * ' ';
  private static final long ZEROS = ONES_EACH * '0';
  private static final long LAST_DIGIT = 1L << 56;
  private static final int EIGHT_DIGITS = 100_000_000;
  private static final boolean[] PLAIN = new boolean[256];

  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };
  private static final byte[] BASE64 = new byte[64];

  /** Decimals up to which a double is tried as an integer over a power of ten. */
  private static final int MAX_DECIMALS = 9;

  private static final double[] POWERS = new double[MAX_DECIMALS + 1];

  /** Below it every decimal numeral is the only one of its length or less for its double. */
  private static final double EXACT_BELOW = 1e15;

  static {
    for (int i = 0x20; i < 256; i++) {
      PLAIN[i] = i != '"' && i != '\\';
    }
    for (int i = 0; i < 26; i++) {
      BASE64[i] = (byte) ('A' + i);
      BASE64[26 + i] = (byte) ('a' + i);
    }
    for (int i = 0; i < 10; i++) {
      BASE64[52 + i] = (byte) ('0' + i);
    }
    BASE64[62] = '+';
    BASE64[63] = '/';
    double power = 1;
    for (int i = 0; i <= MAX_DECIMALS; i++) {
      POWERS[i] = power;
      power *= 10;
    }
  }

  private JsonText() {}

  static int raw(byte[] from, byte[] to, int at) {
    System.arraycopy(from, 0, to, at, from.length);
    return at + from.length;
  }

  static int ascii(String from, byte[] to, int at) {
    for (int i = 0; i < from.length(); i++) {
      to[at + i] = (byte) from.charAt(i);
    }
    return at + from.length();
  }

  /**
   * UTF-8 as the inside of a JSON string. Takes eight bytes at a time where none needs escaping,
   * and may overwrite up to seven bytes behind what it wrote.
   */
  static int escaped(byte[] from, int offset, int length, byte[] to, int start) {
    int at = start;
    int end = offset + length;
    int i = offset;
    while (i < end) {
      int count = Math.min(Long.BYTES, end - i);
      if (i + Long.BYTES <= from.length && at + Long.BYTES <= to.length) {
        long eight = (long) LONG.get(from, i);
        long own = -1L >>> (Long.SIZE - Byte.SIZE * count);
        if (isPlain((eight & own) | (SPACES & ~own))) {
          LONG.set(to, at, eight);
          i += count;
          at += count;
          continue;
        }
      }
      for (int stop = i + count; i < stop; i++) {
        byte b = from[i];
        if (PLAIN[b & 0xFF]) {
          to[at++] = b;
        } else {
          at = escape(b, to, at);
        }
      }
    }
    return at;
  }

  /** Whether none of the eight bytes is a quote, a backslash or below 0x20. */
  private static boolean isPlain(long eight) {
    long quote = eight ^ QUOTES;
    long backslash = eight ^ BACKSLASHES;
    long found = (eight - SPACES) | (quote - ONES_EACH) | (backslash - ONES_EACH);
    return (found & ~eight & HIGH_BITS) == 0;
  }

  private static int escape(byte b, byte[] to, int start) {
    int at = start;
    to[at++] = '\\';
    switch (b) {
      case '"', '\\' -> to[at++] = b;
      case '\n' -> to[at++] = 'n';
      case '\r' -> to[at++] = 'r';
      case '\t' -> to[at++] = 't';
      default -> {
        to[at++] = 'u';
        to[at++] = '0';
        to[at++] = '0';
        to[at++] = HEX[b >> 4];
        to[at++] = HEX[b & 15];
      }
    }
    return at;
  }

  static int number(long value, byte[] to, int start) {
    int at = start;
    if (value < 0) {
      if (value == Long.MIN_VALUE) {
        return ascii("-9223372036854775808", to, at);
      }
      to[at++] = '-';
      return digits(-value, to, at);
    }
    return digits(value, to, at);
  }

  private static int digits(long value, byte[] to, int at) {
    if (value < EIGHT_DIGITS) {
      return upToEight((int) value, to, at);
    }
    long begin = value / EIGHT_DIGITS;
    int rest = (int) (value - begin * EIGHT_DIGITS);
    int place = digits(begin, to, at);
    LONG.set(to, place, eightDigits(rest));
    return place + Long.BYTES;
  }

  private static int upToEight(int value, byte[] to, int at) {
    long digits = eightDigits(value);
    int zeros = Long.numberOfTrailingZeros((digits ^ ZEROS) | LAST_DIGIT) >>> 3;
    LONG.set(to, at, digits >>> (8 * zeros));
    return at + Long.BYTES - zeros;
  }

  /**
   * A number below 100,000,000 as eight digits of ASCII, the first in the lowest byte: halved three
   * times, all halves at once.
   */
  static long eightDigits(int value) {
    long begin = value / 10_000;
    long fours = begin | (value - begin * 10_000) << 32;
    long hundreds = ((fours * 10_486) >>> 20) & 0x7F_0000_007FL; // by 100
    long pairs = hundreds | (fours - 100 * hundreds) << 16;
    long tens = ((pairs * 103) >>> 10) & 0x0F_000F_000F_000FL; // by 10
    return (tens | (pairs - 10 * tens) << 8) + ZEROS;
  }

  /** Sixteen digits, of which the first eight are given in ASCII. */
  static int sixteen(long begin, int rest, byte[] to, int at) {
    LONG.set(to, at, begin);
    LONG.set(to, at + Long.BYTES, eightDigits(rest));
    return at + 2 * Long.BYTES;
  }

  /**
   * Copies from a place to before another one, eight bytes at a time: reads and overwrites up to
   * seven bytes behind.
   */
  static int copy(byte[] from, int begin, int end, byte[] to, int start) {
    int at = start;
    for (int i = begin; i < end; i += Long.BYTES) {
      LONG.set(to, at, (long) LONG.get(from, i));
      at += Long.BYTES;
    }
    return start + end - begin;
  }

  /** The shortest numeral that reads back as the same double; an integral one has no point. */
  static int number(double value, byte[] to, int start) {
    int decimals = decimals(value, 0);
    return decimals < 0
        ? ascii(Double.toString(value), to, start)
        : fixed(value, decimals, to, start);
  }

  /** Whether the numeral of these digits is the shortest of its double: see {@link #number}. */
  static boolean isFixed(long digits) {
    return digits < (long) EXACT_BELOW && digits > (long) -EXACT_BELOW;
  }

  /** Digits of which the last is no zero, or that have no decimals, as {@link #number} writes. */
  static int fixed(long digits, int decimals, byte[] to, int start) {
    long magnitude = Math.abs(digits);
    long power = (long) POWERS[decimals];
    long whole = magnitude / power;
    return fixed(digits < 0, whole, (int) (magnitude - whole * power), decimals, to, start);
  }

  /**
   * With how few decimals a numeral reads back as the same double; negative where it is more than
   * nine, or written otherwise.
   *
   * <p>Below 10^15 two numerals of as many decimals are two doubles. So where nine do not do, fewer
   * do neither; and where the last of some is no zero, fewer would be another double.
   *
   * @param likely how many it may be, from 0 to 9
   */
  static int decimals(double value, int likely) {
    double magnitude = Math.abs(value);
    if (!(magnitude < EXACT_BELOW) || (value == 0 && 1 / value < 0)) {
      return -1;
    }
    double guess = Math.rint(magnitude * POWERS[likely]);
    if (isExact(magnitude, guess, likely) && (likely == 0 || (long) guess % 10 != 0)) {
      return likely;
    }
    double most = Math.rint(magnitude * POWERS[MAX_DECIMALS]);
    if (most < EXACT_BELOW && !isExact(magnitude, most, MAX_DECIMALS)) {
      return -1;
    }
    for (int decimals = 0; decimals <= MAX_DECIMALS; decimals++) {
      double shifted = Math.rint(magnitude * POWERS[decimals]);
      if (shifted >= EXACT_BELOW) {
        break;
      }
      if (isExact(magnitude, shifted, decimals)) {
        return decimals;
      }
    }
    return -1;
  }

  private static boolean isExact(double magnitude, double shifted, int decimals) {
    return shifted < EXACT_BELOW && shifted / POWERS[decimals] == magnitude;
  }

  /** A number of that many decimals, see {@link #decimals}. */
  static int fixed(double value, int decimals, byte[] to, int start) {
    double magnitude = Math.abs(value);
    long whole = (long) magnitude;
    long shifted = (long) Math.rint(magnitude * POWERS[decimals]);
    int rest = (int) (shifted - whole * (long) POWERS[decimals]);
    return fixed(value < 0, whole, rest, decimals, to, start);
  }

  private static int fixed(
      boolean isNegative, long whole, int rest, int decimals, byte[] to, int start) {
    int at = start;
    if (isNegative) {
      to[at++] = '-';
    }
    at = digits(whole, to, at);
    if (decimals == 0) {
      return at;
    }
    to[at++] = '.';
    if (decimals == MAX_DECIMALS) {
      to[at++] = (byte) ('0' + rest / EIGHT_DIGITS);
      LONG.set(to, at, eightDigits(rest % EIGHT_DIGITS));
      return at + Long.BYTES;
    }
    LONG.set(to, at, eightDigits(rest * (int) POWERS[Long.BYTES - decimals]));
    return at + decimals;
  }

  static int base64(byte[] from, int offset, int length, byte[] to, int start) {
    int at = start;
    int end = offset + length;
    int i = offset;
    for (; i + 2 < end; i += 3) {
      int three = (from[i] & 0xFF) << 16 | (from[i + 1] & 0xFF) << 8 | (from[i + 2] & 0xFF);
      to[at++] = BASE64[three >> 18];
      to[at++] = BASE64[three >> 12 & 63];
      to[at++] = BASE64[three >> 6 & 63];
      to[at++] = BASE64[three & 63];
    }
    if (i < end) {
      boolean two = i + 1 < end;
      int rest = (from[i] & 0xFF) << 16 | (two ? (from[i + 1] & 0xFF) << 8 : 0);
      to[at++] = BASE64[rest >> 18];
      to[at++] = BASE64[rest >> 12 & 63];
      to[at++] = two ? BASE64[rest >> 6 & 63] : (byte) '=';
      to[at++] = (byte) '=';
    }
    return at;
  }
}
