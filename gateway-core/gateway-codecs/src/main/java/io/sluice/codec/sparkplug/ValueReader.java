package io.sluice.codec.sparkplug;

import io.sluice.api.codec.MeasurementSink;
import io.sluice.api.codec.PayloadException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Puts values of metrics into a sink, by their types: section 6.4.16 of the specification. A value
 * may stand in another field than its type wants, as some encoders have it; what cannot be meant is
 * refused for its field alone. Not thread-safe.
 */
final class ValueReader {
  private final DataSets dataSets = new DataSets();
  private final Templates templates = new Templates(this);

  /**
   * Puts the value of a metric; returns it where it is single, else null.
   *
   * @param type of the birth where the message does not say
   * @param known what the birth says, or null
   */
  @Nullable Object put(
      Metrics metrics,
      int i,
      String path,
      DataType type,
      @Nullable Known known,
      MeasurementSink out)
      throws PayloadException {
    int field = metrics.valueField[i];
    if (type.isArray() && field == Metrics.BYTES) {
      ArrayValues.put(metrics.bytes, metrics.valueAt[i], metrics.valueEnd[i], path, type, out);
      return null;
    }
    return switch (field) {
      case Metrics.DATA_SET -> {
        dataSets.put(metrics.bytes, metrics.valueAt[i], metrics.valueEnd[i], path, out);
        yield null;
      }
      case Metrics.TEMPLATE -> {
        templates.put(metrics, i, path, known, out);
        yield null;
      }
      case Metrics.BYTES -> {
        bytes(metrics, i, path, type, out);
        yield null;
      }
      case Metrics.STRING -> text(metrics, i, path, type, out);
      default -> number(field, metrics.bits[i], path, type, out);
    };
  }

  private static void bytes(Metrics metrics, int i, String path, DataType type, MeasurementSink out)
      throws PayloadException {
    if (type != DataType.BYTES && type != DataType.FILE && type != DataType.UNKNOWN) {
      out.refuse(path, misplaced(type, "bytes_value"));
      return;
    }
    int length = metrics.valueEnd[i] - metrics.valueAt[i];
    byte[] value = new byte[length];
    System.arraycopy(metrics.bytes, metrics.valueAt[i], value, 0, length);
    out.put(path, value);
  }

  private static @Nullable Object text(
      Metrics metrics, int i, String path, DataType type, MeasurementSink out)
      throws PayloadException {
    String value =
        new String(
            metrics.bytes,
            metrics.valueAt[i],
            metrics.valueEnd[i] - metrics.valueAt[i],
            StandardCharsets.UTF_8);
    return text(value, path, type, out);
  }

  static @Nullable Object text(String value, String path, DataType type, MeasurementSink out)
      throws PayloadException {
    boolean isText =
        switch (type) {
          case STRING, TEXT, UUID, UNKNOWN -> true;
          default -> false;
        };
    if (!isText) {
      out.refuse(path, misplaced(type, "string_value"));
      return null;
    }
    out.put(path, value);
    return value;
  }

  /**
   * Puts a number, by its type.
   *
   * @param field number of the field in which it stands, as those of a metric are numbered
   * @param bits as they stand there
   */
  static @Nullable Object number(
      int field, long bits, String path, DataType type, MeasurementSink out)
      throws PayloadException {
    return switch (type) {
      case INT8 -> whole((byte) integer(field, bits), path, out);
      case INT16 -> whole((short) integer(field, bits), path, out);
      case INT32 -> whole(integer(field, bits) << 32 >> 32, path, out);
      case INT64, DATE_TIME -> whole(integer(field, bits), path, out);
      case UINT8 -> whole(integer(field, bits) & 0xFF, path, out);
      case UINT16 -> whole(integer(field, bits) & 0xFFFF, path, out);
      case UINT32 -> whole(integer(field, bits) & 0xFFFF_FFFFL, path, out);
      case UINT64 -> unsigned(integer(field, bits), path, out);
      case FLOAT, DOUBLE -> fraction(real(field, bits), path, out);
      case BOOLEAN -> truth(integer(field, bits) != 0, path, out);
      case UNKNOWN -> asItStands(field, bits, path, out);
      default -> {
        out.refuse(path, misplaced(type, "a number"));
        yield null;
      }
    };
  }

  private static @Nullable Object asItStands(int field, long bits, String path, MeasurementSink out)
      throws PayloadException {
    return switch (field) {
      case Metrics.FLOAT, Metrics.DOUBLE -> fraction(real(field, bits), path, out);
      case Metrics.BOOLEAN -> truth(bits != 0, path, out);
      default -> whole(bits, path, out);
    };
  }

  static Object whole(long value, String path, MeasurementSink out) throws PayloadException {
    out.put(path, value);
    return value;
  }

  /** What no long holds is put as its digits, so that none of them is lost. */
  static Object unsigned(long bits, String path, MeasurementSink out) throws PayloadException {
    if (bits >= 0) {
      return whole(bits, path, out);
    }
    String digits = Long.toUnsignedString(bits);
    out.put(path, digits);
    return digits;
  }

  private static Object fraction(double value, String path, MeasurementSink out)
      throws PayloadException {
    out.put(path, value);
    return value;
  }

  private static Object truth(boolean value, String path, MeasurementSink out)
      throws PayloadException {
    out.put(path, value);
    return value;
  }

  private static long integer(int field, long bits) {
    return switch (field) {
      case Metrics.FLOAT, Metrics.DOUBLE -> (long) real(field, bits);
      default -> bits;
    };
  }

  private static double real(int field, long bits) {
    return switch (field) {
      case Metrics.FLOAT -> shortest(Float.intBitsToFloat((int) bits));
      case Metrics.DOUBLE -> Double.longBitsToDouble(bits);
      default -> (double) bits;
    };
  }

  /** The double of the float's own shortest numeral: 21.3, not 21.299999237060547. */
  static double shortest(float value) {
    if (value == (int) value || !Float.isFinite(value)) {
      return value;
    }
    return Double.parseDouble(Float.toString(value));
  }

  private static String misplaced(DataType type, String field) {
    return "is %s by its birth and comes as %s; send it by its type".formatted(type.word(), field);
  }
}
