package io.sluice.engine.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Pieces of JSON text, written into an array that has room; each returns the place after what it
 * wrote.
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
  private static final boolean[] PLAIN = new boolean[256];

  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };
  private static final byte[] BASE64 = new byte[64];
  private static final byte[] TENS = new byte[100];
  private static final byte[] ONES = new byte[100];

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
    for (int i = 0; i < 100; i++) {
      TENS[i] = (byte) ('0' + i / 10);
      ONES[i] = (byte) ('0' + i % 10);
    }
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
    int end = at + digitCount(value);
    long rest = value;
    int i = end;
    while (rest >= 100) {
      long quotient = rest / 100;
      int pair = (int) (rest - quotient * 100);
      to[--i] = ONES[pair];
      to[--i] = TENS[pair];
      rest = quotient;
    }
    to[--i] = ONES[(int) rest];
    if (rest >= 10) {
      to[--i] = TENS[(int) rest];
    }
    return end;
  }

  private static int digitCount(long value) {
    int count = 1;
    long bound = 10;
    while (count < 19 && value >= bound) {
      count++;
      bound *= 10;
    }
    return count;
  }

  /** The shortest numeral that reads back as the same double; an integral one has no point. */
  static int number(double value, byte[] to, int start) {
    double magnitude = Math.abs(value);
    if (magnitude < EXACT_BELOW && (value != 0 || 1 / value > 0)) {
      for (int decimals = 0; decimals <= MAX_DECIMALS; decimals++) {
        double shifted = Math.rint(magnitude * POWERS[decimals]);
        if (shifted >= EXACT_BELOW) {
          break;
        }
        if (shifted / POWERS[decimals] == magnitude) {
          return fixed(value < 0, (long) shifted, decimals, to, start);
        }
      }
    }
    return ascii(Double.toString(value), to, start);
  }

  /** Whether the numeral of these digits is the shortest of its double: see {@link #number}. */
  static boolean isFixed(long digits) {
    return digits < (long) EXACT_BELOW && digits > (long) -EXACT_BELOW;
  }

  /** Digits of which the last is no zero, or that have no decimals, as {@link #number} writes. */
  static int fixed(long digits, int decimals, byte[] to, int start) {
    return fixed(digits < 0, Math.abs(digits), decimals, to, start);
  }

  private static int fixed(boolean negative, long shifted, int decimals, byte[] to, int start) {
    int at = start;
    if (negative) {
      to[at++] = '-';
    }
    if (decimals == 0) {
      return digits(shifted, to, at);
    }
    long power = (long) POWERS[decimals];
    long whole = shifted / power;
    at = digits(whole, to, at);
    to[at++] = '.';
    long rest = shifted - whole * power;
    for (int i = at + decimals - 1; i >= at; i--) {
      to[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
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
