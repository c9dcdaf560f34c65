package io.sluice.engine.normalize;

import io.sluice.engine.normalize.Target.Field;
import io.sluice.engine.record.RecordFormat.Kind;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Brings single values of a payload into what the profile's metric takes, and checks its range. */
final class Values {
  private static final double MAX_EXACT_LONG = 9.0e15;

  private Values() {}

  static void addLong(Samples to, Field field, int at, long value) throws PayloadException {
    Metric metric = field.metric();
    if (field.values() != null) {
      addMapped(to, field, at, Long.toString(value), field.values());
    } else if (metric.numeric()) {
      if (field.linear().isIdentity()) {
        to.add(field, at, Kind.LONG, value, null, !metric.inRange((double) value));
      } else {
        addNumber(to, field, at, field.linear().apply((double) value));
      }
    } else if (metric.type() == MetricType.BOOLEAN) {
      addBoolean(to, field, at, truth(field, at, (double) value));
    } else if (metric.type() == MetricType.STRING) {
      to.add(field, at, Kind.STRING, 0, Long.toString(value), false);
    } else {
      to.add(field, at, Kind.LONG, value, null, false);
    }
  }

  static void addDouble(Samples to, Field field, int at, double value) throws PayloadException {
    if (!Double.isFinite(value)) {
      throw Faults.at(field.path(), at, value + " is no number; leave out what was not measured");
    }
    if (field.values() != null) {
      addMapped(to, field, at, plain(value), field.values());
    } else if (field.metric().numeric()) {
      addNumber(to, field, at, field.linear().isIdentity() ? value : field.linear().apply(value));
    } else if (field.metric().type() == MetricType.BOOLEAN) {
      addBoolean(to, field, at, truth(field, at, value));
    } else if (field.metric().type() == MetricType.STRING) {
      to.add(field, at, Kind.STRING, 0, plain(value), false);
    } else {
      to.add(field, at, Kind.DOUBLE, Double.doubleToRawLongBits(value), null, false);
    }
  }

  /** A number after its mapping. */
  private static void addNumber(Samples to, Field field, int at, double value)
      throws PayloadException {
    if (!Double.isFinite(value)) {
      throw Faults.at(field.path(), at, "the value is beyond every number; send a smaller one");
    }
    Metric metric = field.metric();
    boolean whole =
        metric.type() == MetricType.INTEGER
            || (field.linear().integral() && !field.linear().isIdentity());
    if (whole
        && Math.abs(value) < MAX_EXACT_LONG
        && (metric.type() == MetricType.INTEGER || value == Math.rint(value))) {
      long rounded = Math.round(value);
      to.add(field, at, Kind.LONG, rounded, null, !metric.inRange((double) rounded));
    } else {
      to.add(
          field, at, Kind.DOUBLE, Double.doubleToRawLongBits(value), null, !metric.inRange(value));
    }
  }

  static void addBoolean(Samples to, Field field, int at, boolean value) throws PayloadException {
    if (field.values() != null) {
      addMapped(to, field, at, Boolean.toString(value), field.values());
    } else if (field.metric().numeric()) {
      addLong(to, field, at, value ? 1 : 0);
    } else if (field.metric().type() == MetricType.STRING) {
      to.add(field, at, Kind.STRING, 0, Boolean.toString(value), false);
    } else {
      to.add(field, at, value ? Kind.TRUE : Kind.FALSE, 0, null, false);
    }
  }

  static void addString(Samples to, Field field, int at, String value) throws PayloadException {
    Metric metric = field.metric();
    if (field.values() != null) {
      addMapped(to, field, at, value, field.values());
    } else if (metric.numeric()) {
      addTextNumber(to, field, at, value);
    } else if (metric.type() == MetricType.BOOLEAN) {
      Boolean word = word(value);
      if (word == null) {
        throw Faults.at(
            field.path(),
            at,
            Faults.quoted(value)
                + " is neither true nor false; map it under values in the profile");
      }
      to.add(field, at, word ? Kind.TRUE : Kind.FALSE, 0, null, false);
    } else {
      to.add(field, at, Kind.STRING, 0, value, false);
    }
  }

  private static void addTextNumber(Samples to, Field field, int at, String value)
      throws PayloadException {
    if (!field.textNumbers()) {
      throw Faults.at(
          field.path(),
          at,
          Faults.quoted(value)
              + " is a string where a number belongs; send a number, or say numbers-as-strings: true"
              + " in the profile");
    }
    Object number = Numbers.parse(value);
    if (number instanceof Long integer) {
      addLong(to, field, at, integer);
    } else if (number instanceof Double fraction) {
      addDouble(to, field, at, fraction);
    } else {
      throw Faults.at(
          field.path(), at, Faults.quoted(value) + " is no number; send one such as 21.5");
    }
  }

  static void addBytes(Samples to, Field field, int at, byte[] value) throws PayloadException {
    if (field.metric().numeric() || field.metric().type() == MetricType.BOOLEAN) {
      throw Faults.at(field.path(), at, "bytes where a " + kindOf(field.metric()) + " belongs");
    }
    to.add(field, at, Kind.BYTES, 0, value, false);
  }

  /** A value that the profile's list does not have is kept as it came, as out of range. */
  private static void addMapped(
      Samples to, Field field, int at, String text, Map<String, Object> values)
      throws PayloadException {
    Object mapped = values.get(text);
    switch (mapped) {
      case null -> to.add(field, at, Kind.STRING, 0, text, true);
      case Long number ->
          to.add(field, at, Kind.LONG, number, null, !field.metric().inRange(number.doubleValue()));
      case Double number ->
          to.add(
              field,
              at,
              Kind.DOUBLE,
              Double.doubleToRawLongBits(number),
              null,
              !field.metric().inRange(number.doubleValue()));
      case Boolean truth -> to.add(field, at, truth ? Kind.TRUE : Kind.FALSE, 0, null, false);
      default -> to.add(field, at, Kind.STRING, 0, mapped, false);
    }
  }

  private static boolean truth(Field field, int at, double value) throws PayloadException {
    if (value != 0 && value != 1) {
      throw Faults.at(
          field.path(), at, plain(value) + " is neither true nor false; send true, false, 1 or 0");
    }
    return value == 1;
  }

  private static @Nullable Boolean word(String value) {
    return switch (value.length() > 5 ? "" : value.toLowerCase(java.util.Locale.ROOT)) {
      case "true", "on", "yes", "1" -> true;
      case "false", "off", "no", "0" -> false;
      default -> null;
    };
  }

  private static String kindOf(Metric metric) {
    return metric.type().name().toLowerCase(java.util.Locale.ROOT);
  }

  /** The number's text, an integral one without point. */
  static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < MAX_EXACT_LONG
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
