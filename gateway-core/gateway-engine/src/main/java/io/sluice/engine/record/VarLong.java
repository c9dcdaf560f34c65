package io.sluice.engine.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Numbers of variable length, seven bits a byte, the lowest first, eight bytes at a time in a long:
 * no branch goes by how long a number is.
 */
final class VarLong {
  /** The view of eight bytes of an array in which a number lies. */
  static final VarHandle BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Numbers below it take eight bytes at the most. */
  static final long EIGHT_BYTES_END = 1L << 56;

  /** Of a number that does not end within eight bytes. */
  static final int LONGER = Integer.MAX_VALUE;

  private static final long GOES_ON = 0x8080808080808080L;

  private VarLong() {}

  /** How many of the bytes the number takes, or {@link #LONGER}. */
  static int length(long word) {
    long ends = ~word & GOES_ON;
    return ends == 0 ? LONGER : (Long.numberOfTrailingZeros(ends) >>> 3) + 1;
  }

  /** The number that lies in the first so many bytes, 1 to 8. */
  static long value(long word, int length) {
    long x = word & ~GOES_ON & (-1L >>> (Long.SIZE - Byte.SIZE * length));
    x = (x & 0x007F007F007F007FL) | ((x & 0x7F007F007F007F00L) >>> 1);
    x = (x & 0x00003FFF00003FFFL) | ((x & 0x3FFF00003FFF0000L) >>> 2);
    return (x & 0x000000000FFFFFFFL) | ((x & 0x0FFFFFFF00000000L) >>> 4);
  }

  /** How many bytes a number below {@link #EIGHT_BYTES_END} takes. */
  static int bytes(long value) {
    return (Long.SIZE + 6 - Long.numberOfLeadingZeros(value | 1)) / 7;
  }

  /** The bytes of a number below {@link #EIGHT_BYTES_END}; those behind it are 0. */
  static long word(long value, int length) {
    long x = (value & 0x000000000FFFFFFFL) | ((value & 0x00FFFFFFF0000000L) << 4);
    x = (x & 0x00003FFF00003FFFL) | ((x & 0x0FFFC0000FFFC000L) << 2);
    x = (x & 0x007F007F007F007FL) | ((x & 0x3F803F803F803F80L) << 1);
    return x | (GOES_ON & ((1L << (Byte.SIZE * (length - 1))) - 1));
  }
}
