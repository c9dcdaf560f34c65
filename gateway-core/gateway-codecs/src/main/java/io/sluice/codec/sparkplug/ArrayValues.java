package io.sluice.codec.sparkplug;

import io.sluice.api.codec.MeasurementSink;
import io.sluice.api.codec.PayloadException;
import java.nio.charset.StandardCharsets;

/**
 * Puts arrays element by element: {@code name.0}, {@code name.1} and so on. Source: section 6.4.16
 * of the specification: numbers little-endian and packed, truths as a count of 4 bytes and bits
 * from the highest on, texts each with a zero behind it. Stateless.
 */
final class ArrayValues {
  /** Elements that are kept of one array, at most. */
  static final int MAX_ELEMENTS = 2_000;

  private ArrayValues() {}

  static void put(byte[] bytes, int from, int to, String path, DataType type, MeasurementSink out)
      throws PayloadException {
    switch (type) {
      case BOOLEAN_ARRAY -> truths(bytes, from, to, path, out);
      case STRING_ARRAY -> texts(bytes, from, to, path, out);
      default -> numbers(bytes, from, to, path, type, out);
    }
  }

  private static void numbers(
      byte[] bytes, int from, int to, String path, DataType type, MeasurementSink out)
      throws PayloadException {
    int width = type.elementBytes();
    int length = to - from;
    if (length % width != 0) {
      out.refuse(
          path,
          "is a %s of %d bytes, which is no multiple of %d; send it whole"
              .formatted(type.word(), length, width));
      return;
    }
    if (isTooLong(length / width, path, out)) {
      return;
    }
    for (int i = 0; i < length / width; i++) {
      long bits = bits(bytes, from + i * width, width);
      String name = path + '.' + i;
      switch (type) {
        case INT8_ARRAY -> out.put(name, (long) (byte) bits);
        case INT16_ARRAY -> out.put(name, (long) (short) bits);
        case INT32_ARRAY -> out.put(name, (long) (int) bits);
        case FLOAT_ARRAY -> out.put(name, ValueReader.shortest(Float.intBitsToFloat((int) bits)));
        case DOUBLE_ARRAY -> out.put(name, Double.longBitsToDouble(bits));
        case UINT64_ARRAY -> {
          var _ = ValueReader.unsigned(bits, name, out);
        }
        default -> out.put(name, bits);
      }
    }
  }

  private static long bits(byte[] bytes, int at, int width) {
    long bits = 0;
    for (int i = width - 1; i >= 0; i--) {
      bits = (bits << 8) | (bytes[at + i] & 0xFF);
    }
    return bits;
  }

  private static void truths(byte[] bytes, int from, int to, String path, MeasurementSink out)
      throws PayloadException {
    long count = to - from < 4 ? -1 : bits(bytes, from, 4);
    if (count < 0 || (count + 7) / 8 > to - from - 4) {
      out.refuse(path, "is a BooleanArray that is cut off; send its count and all its bits");
      return;
    }
    if (isTooLong(count, path, out)) {
      return;
    }
    for (int i = 0; i < count; i++) {
      out.put(path + '.' + i, (bytes[from + 4 + i / 8] & (0x80 >> (i % 8))) != 0);
    }
  }

  private static void texts(byte[] bytes, int from, int to, String path, MeasurementSink out)
      throws PayloadException {
    int count = 0;
    for (int i = from; i < to; i++) {
      count += bytes[i] == 0 ? 1 : 0;
    }
    if (isTooLong(count, path, out)) {
      return;
    }
    if (to > from && bytes[to - 1] != 0) {
      out.refuse(path, "is a StringArray without a zero at its end; send it whole");
      return;
    }
    int begin = from;
    int number = 0;
    for (int i = from; i < to; i++) {
      if (bytes[i] == 0) {
        out.put(path + '.' + number++, new String(bytes, begin, i - begin, StandardCharsets.UTF_8));
        begin = i + 1;
      }
    }
  }

  private static boolean isTooLong(long count, String path, MeasurementSink out)
      throws PayloadException {
    if (count <= MAX_ELEMENTS) {
      return false;
    }
    out.refuse(path, "is an array of %d; at most %d are kept".formatted(count, MAX_ELEMENTS));
    return true;
  }
}
