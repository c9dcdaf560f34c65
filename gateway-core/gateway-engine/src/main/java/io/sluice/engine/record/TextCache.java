package io.sluice.engine.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Short texts that come again and again, ids of devices say, so that they are not made anew each
 * time. Bounded: a newcomer takes the place of another. Not thread-safe.
 */
public final class TextCache {
  /** A power of two. */
  private static final int TEXTS = 2_048;

  private static final int LENGTH_MAX = 64;
  private static final long MIX = 0x9E3779B97F4A7C15L;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final @Nullable String[] texts = new String[TEXTS];
  private final byte[] @Nullable [] utf8 = new byte[TEXTS] @Nullable [];

  /** The text that these bytes are in UTF-8. */
  String of(byte[] bytes, int at, int length) {
    if (length > LENGTH_MAX) {
      return new String(bytes, at, length, StandardCharsets.UTF_8);
    }
    int slot = (int) ((ends(bytes, at, length) * MIX) >>> 40) & (TEXTS - 1);
    String known = texts[slot];
    byte[] knownBytes = utf8[slot];
    if (known != null
        && knownBytes != null
        && Arrays.equals(knownBytes, 0, knownBytes.length, bytes, at, at + length)) {
      return known;
    }
    String text = new String(bytes, at, length, StandardCharsets.UTF_8);
    texts[slot] = text;
    utf8[slot] = Arrays.copyOfRange(bytes, at, at + length);
    return text;
  }

  /** First and last bytes together: ids differ there. */
  private static long ends(byte[] bytes, int at, int length) {
    if (length >= Long.BYTES) {
      return (long) LONG.get(bytes, at) * MIX + (long) LONG.get(bytes, at + length - Long.BYTES);
    }
    long all = length;
    for (int i = at; i < at + length; i++) {
      all = all << 8 | (bytes[i] & 0xFF);
    }
    return all;
  }

  /** Of a text that has a character for each byte. */
  static boolean isSame(String text, byte[] bytes, int at) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) != bytes[at + i]) { // a byte beyond ASCII is negative
        return false;
      }
    }
    return true;
  }
}
