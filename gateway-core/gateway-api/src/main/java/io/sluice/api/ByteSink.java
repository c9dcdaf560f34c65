package io.sluice.api;

import java.util.Arrays;

/** A growing byte array that is reused. Not thread-safe. */
public final class ByteSink {
  private byte[] bytes;
  private int length;

  public ByteSink(int initialBytes) {
    bytes = new byte[initialBytes];
  }

  public void write(int b) {
    ensure(1);
    bytes[length++] = (byte) b;
  }

  public void write(byte[] source, int offset, int count) {
    ensure(count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
  }

  /** Makes room for {@code count} bytes more at {@link #length()}. */
  public void ensure(int count) {
    if (bytes.length - length < count) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
    }
  }

  /** The array itself; valid up to {@link #length()}, until the next write. */
  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return length;
  }

  public void length(int newLength) {
    length = newLength;
  }

  public void clear() {
    length = 0;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }
}
