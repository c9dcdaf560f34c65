package io.sluice.codec.sparkplug;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes the wire format of Protocol Buffers. Not thread-safe. */
final class WireWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(64);

  WireWriter number(int field, long value) {
    varint(((long) field << 3) | Wire.VARINT);
    varint(value);
    return this;
  }

  WireWriter float32(int field, float value) {
    varint(((long) field << 3) | Wire.FIXED32);
    fixed(Float.floatToRawIntBits(value), 4);
    return this;
  }

  WireWriter float64(int field, double value) {
    varint(((long) field << 3) | Wire.FIXED64);
    fixed(Double.doubleToRawLongBits(value), 8);
    return this;
  }

  WireWriter text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  WireWriter bytes(int field, byte[] value) {
    varint(((long) field << 3) | Wire.BYTES);
    varint(value.length);
    out.writeBytes(value);
    return this;
  }

  WireWriter message(int field, WireWriter within) {
    return bytes(field, within.toBytes());
  }

  byte[] toBytes() {
    return out.toByteArray();
  }

  private void varint(long value) {
    long left = value;
    while ((left & ~0x7FL) != 0) {
      out.write((int) ((left & 0x7F) | 0x80));
      left >>>= 7;
    }
    out.write((int) left);
  }

  private void fixed(long bits, int bytes) {
    for (int i = 0; i < bytes; i++) {
      out.write((int) (bits >>> (8 * i)));
    }
  }
}
