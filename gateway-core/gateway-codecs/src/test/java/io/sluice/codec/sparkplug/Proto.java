package io.sluice.codec.sparkplug;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Messages of Protocol Buffers byte by byte, written for tests apart from what the program has: a
 * tag is the field's number times eight and the wire type (protobuf.dev, "Encoding").
 */
final class Proto {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  static Proto of() {
    return new Proto();
  }

  /** A payload of that time and seq, with these metrics. */
  static byte[] payload(long millis, int seq, Proto... metrics) {
    Proto payload = of().number(1, millis);
    for (Proto each : metrics) {
      payload.message(2, each);
    }
    return payload.number(3, seq).done();
  }

  /** A metric of a birth, without its value. */
  static Proto named(String name, long alias, int datatype) {
    return of().text(1, name).number(2, alias).number(4, datatype);
  }

  /** The same without alias. */
  static Proto named(String name, int datatype) {
    return of().text(1, name).number(4, datatype);
  }

  static Proto alias(long alias) {
    return of().number(2, alias);
  }

  Proto number(int field, long value) {
    raw((long) field << 3);
    raw(value);
    return this;
  }

  Proto float32(int field, float value) {
    raw((field << 3) | 5);
    fixed(Float.floatToIntBits(value), 4);
    return this;
  }

  Proto float64(int field, double value) {
    raw((field << 3) | 1);
    fixed(Double.doubleToLongBits(value), 8);
    return this;
  }

  Proto text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  Proto message(int field, Proto within) {
    return bytes(field, within.done());
  }

  Proto bytes(int field, byte[] value) {
    raw((field << 3) | 2);
    raw(value.length);
    out.writeBytes(value);
    return this;
  }

  byte[] done() {
    return out.toByteArray();
  }

  private void fixed(long bits, int count) {
    for (int i = 0; i < count; i++) {
      out.write((int) (bits >>> (8 * i)));
    }
  }

  private void raw(long value) {
    long left = value;
    while (left < 0 || left > 127) {
      out.write((int) ((left & 127) | 128));
      left >>>= 7;
    }
    out.write((int) left);
  }
}
