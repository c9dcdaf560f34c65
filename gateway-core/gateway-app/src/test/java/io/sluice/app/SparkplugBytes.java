package io.sluice.app;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Payloads of Sparkplug B byte by byte, by the numbers in {@code sparkplug_b.proto} (eclipse/tahu):
 * Payload timestamp 1, metrics 2, seq 3; Metric name 1, alias 2, timestamp 3, datatype 4,
 * is_historical 5, is_null 7, int_value 10, long_value 11, double_value 13, boolean_value 14,
 * string_value 15.
 */
final class SparkplugBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  SparkplugBytes varint(int field, long value) {
    raw((long) field << 3);
    raw(value);
    return this;
  }

  SparkplugBytes real(int field, double value) {
    raw((field << 3) | 1);
    long bits = Double.doubleToLongBits(value);
    for (int i = 0; i < 8; i++) {
      out.write((int) (bits >>> (8 * i)));
    }
    return this;
  }

  SparkplugBytes text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  SparkplugBytes bytes(int field, byte[] value) {
    raw((field << 3) | 2);
    raw(value.length);
    out.writeBytes(value);
    return this;
  }

  private void raw(long value) {
    long left = value;
    while (left < 0 || left > 127) {
      out.write((int) ((left & 127) | 128));
      left >>>= 7;
    }
    out.write((int) left);
  }

  /** A payload of that time and seq. */
  static SparkplugBytes payload(long millis, int seq) {
    return new SparkplugBytes().varint(1, millis).varint(3, seq);
  }

  SparkplugBytes metric(SparkplugBytes metric) {
    return bytes(2, metric.done());
  }

  /** A metric of a birth. */
  static SparkplugBytes named(String name, long alias, int datatype) {
    return new SparkplugBytes().text(1, name).varint(2, alias).varint(4, datatype);
  }

  /** A metric of a message of data. */
  static SparkplugBytes alias(long alias) {
    return new SparkplugBytes().varint(2, alias);
  }

  byte[] done() {
    return out.toByteArray();
  }
}
