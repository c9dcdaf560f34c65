package io.sluice.engine.normalize.sample;

import io.sluice.api.QualityReason;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.profile.Metric;
import io.sluice.engine.normalize.profile.MetricType;
import io.sluice.engine.normalize.profile.Target.Field;
import io.sluice.engine.normalize.unit.Linear;
import io.sluice.engine.normalize.unit.Numerals;
import io.sluice.engine.record.RecordFormat.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Brings single values of a payload into what the profile's metric takes, and checks its range. */
public final class Values {
  private static final double MAX_EXACT_LONG = 9.0e15;
  private static final String BEYOND = "the value is beyond every number; send a smaller one";
  private static final String NO_TRUTH = " is neither true nor false; send true, false, 1 or 0";

  private Values() {}

  public static void addLong(Samples to, Field field, int at, long value) throws PayloadException {
    Metric metric = field.metric();
    if (field.values() != null) {
      addMapped(to, field, at, Long.toString(value), field.values());
    } else if (metric.numeric()) {
      if (field.linear().isIdentity()) {
        to.add(field, at, Kind.LONG, value, null, range(metric, (double) value));
      } else {
        addNumber(to, field, at, field.linear().apply((double) value));
      }
    } else if (metric.type() == MetricType.BOOLEAN) {
      addTruth(to, field, at, Kind.LONG, value, (double) value);
    } else if (metric.type() == MetricType.STRING) {
      to.add(field, at, Kind.STRING, 0, Long.toString(value), null);
    } else {
      to.add(field, at, Kind.LONG, value, null, null);
    }
  }

  /** An integer beyond 64 bits: its digits stay exact, as text where a number would round them. */
  public static void addBig(Samples to, Field field, int at, BigInteger value)
      throws PayloadException {
    Metric metric = field.metric();
    String digits = value.toString();
    double nearest = value.doubleValue();
    if (field.values() != null) {
      addMapped(to, field, at, digits, field.values());
    } else if (metric.type() == MetricType.BOOLEAN) {
      refuse(to, field, at, QualityReason.TYPE, digits, PayloadFaults.quoted(digits) + NO_TRUTH);
    } else if (metric.numeric() && !Double.isFinite(nearest)) {
      refuse(to, field, at, QualityReason.RANGE, digits, BEYOND);
    } else if (metric.numeric() && (isExact(value, nearest) || !field.linear().isIdentity())) {
      addNumber(to, field, at, field.linear().apply(nearest));
    } else if (metric.type() == MetricType.NUMBER) {
      refuse(
          to,
          field,
          at,
          QualityReason.RANGE,
          digits,
          "the integer has more digits than a number keeps; say type: integer in the profile");
    } else {
      to.add(field, at, Kind.STRING, 0, digits, metric.numeric() ? range(metric, nearest) : null);
    }
  }

  public static boolean isExact(BigInteger value, double nearest) {
    return Double.isFinite(nearest) && new BigDecimal(nearest).toBigInteger().equals(value);
  }

  public static void addDouble(Samples to, Field field, int at, double value)
      throws PayloadException {
    if (!Double.isFinite(value)) {
      refuse(
          to,
          field,
          at,
          QualityReason.SENSOR,
          Double.toString(value),
          value + " is no number; leave out what was not measured");
    } else if (field.values() != null) {
      addMapped(to, field, at, Numerals.plain(value), field.values());
    } else if (field.metric().numeric()) {
      addNumber(to, field, at, field.linear().isIdentity() ? value : field.linear().apply(value));
    } else if (field.metric().type() == MetricType.BOOLEAN) {
      addTruth(to, field, at, Kind.DOUBLE, Double.doubleToRawLongBits(value), value);
    } else if (field.metric().type() == MetricType.STRING) {
      to.add(field, at, Kind.STRING, 0, Numerals.plain(value), null);
    } else {
      to.add(field, at, Kind.DOUBLE, Double.doubleToRawLongBits(value), null, null);
    }
  }

  /** A number after its mapping. */
  private static void addNumber(Samples to, Field field, int at, double value)
      throws PayloadException {
    if (!Double.isFinite(value)) {
      refuse(to, field, at, QualityReason.RANGE, Double.toString(value), BEYOND);
      return;
    }
    Metric metric = field.metric();
    boolean mapped = !field.linear().isIdentity();
    boolean whole = value == Math.rint(value);
    boolean small = Math.abs(value) < MAX_EXACT_LONG;
    if (metric.type() == MetricType.INTEGER && !whole && !mapped) {
      to.refuse(
          field,
          at,
          QualityReason.TYPE,
          Kind.DOUBLE,
          Double.doubleToRawLongBits(value),
          null,
          value + " is no integer; send one, or say type: number in the profile");
    } else if (small
        && (metric.type() == MetricType.INTEGER
            || (whole && mapped && field.linear().integral()))) {
      long rounded = Math.round(value);
      to.add(field, at, Kind.LONG, rounded, null, range(metric, (double) rounded));
    } else {
      to.add(field, at, Kind.DOUBLE, Double.doubleToRawLongBits(value), null, range(metric, value));
    }
  }

  public static void addBoolean(Samples to, Field field, int at, boolean value)
      throws PayloadException {
    Metric metric = field.metric();
    if (field.values() != null) {
      addMapped(to, field, at, Boolean.toString(value), field.values());
    } else if (metric.numeric() && metric.unit() != null) {
      to.refuse(
          field,
          at,
          QualityReason.TYPE,
          value ? Kind.TRUE : Kind.FALSE,
          0,
          null,
          value + " is no value in " + metric.unit() + "; send a number");
    } else if (metric.numeric()) {
      addLong(to, field, at, value ? 1 : 0);
    } else if (metric.type() == MetricType.STRING) {
      to.add(field, at, Kind.STRING, 0, Boolean.toString(value), null);
    } else {
      to.add(field, at, value ? Kind.TRUE : Kind.FALSE, 0, null, null);
    }
  }

  public static void addString(Samples to, Field field, int at, String value)
      throws PayloadException {
    Metric metric = field.metric();
    if (field.values() != null) {
      addMapped(to, field, at, value, field.values());
    } else if (metric.numeric()) {
      addTextNumber(to, field, at, value);
    } else if (metric.type() == MetricType.BOOLEAN) {
      Boolean word = word(value);
      if (word == null) {
        refuse(
            to,
            field,
            at,
            Numerals.saysNothing(value) ? QualityReason.SENSOR : QualityReason.TYPE,
            value,
            PayloadFaults.quoted(value)
                + " is neither true nor false; map it under values in the profile");
      } else {
        to.add(field, at, word ? Kind.TRUE : Kind.FALSE, 0, null, null);
      }
    } else {
      to.add(field, at, Kind.STRING, 0, value, null);
    }
  }

  /** A string where a number belongs: a numeral, alone or with its unit, or a word for nothing. */
  public static void addTextNumber(Samples to, Field field, int at, String value)
      throws PayloadException {
    if (Numerals.saysNothing(value)) {
      refuse(
          to,
          field,
          at,
          QualityReason.SENSOR,
          value,
          PayloadFaults.quoted(value) + PayloadFaults.NOT_MEASURED);
      return;
    }
    Number number = Numerals.parse(value, field.decimal());
    if (number == null) {
      addWithUnit(to, field, at, value);
    } else if (field.textNumbers()) {
      addParsed(to, field, at, number);
    } else {
      refuse(
          to,
          field,
          at,
          QualityReason.TYPE,
          value,
          PayloadFaults.quoted(value)
              + " is a string where a number belongs; send a number, or say numbers-as-strings:"
              + " true in the profile");
    }
  }

  public static void addParsed(Samples to, Field field, int at, Number number)
      throws PayloadException {
    switch (number) {
      case Long integer -> addLong(to, field, at, integer);
      case BigInteger integer -> addBig(to, field, at, integer);
      default -> addDouble(to, field, at, number.doubleValue());
    }
  }

  /** {@code 23.5 °C}: the unit must turn into the metric's. */
  private static void addWithUnit(Samples to, Field field, int at, String value)
      throws PayloadException {
    String text = value.strip();
    int end = Numerals.prefixLength(text, field.decimal());
    Number number = end == 0 ? null : Numerals.parse(text.substring(0, end), field.decimal());
    String given = text.substring(end).strip();
    Linear conversion = number == null || given.isEmpty() ? null : field.metric().fromUnit(given);
    if (number != null && conversion != null) {
      Field plain = field.plain();
      if (conversion.isIdentity()) {
        addParsed(to, plain, at, number);
      } else {
        addDouble(to, plain, at, conversion.apply(number.doubleValue()));
      }
      return;
    }
    refuse(
        to,
        field,
        at,
        QualityReason.TYPE,
        value,
        PayloadFaults.quoted(value) + " is no number; send one such as 21.5");
  }

  public static void addBytes(Samples to, Field field, int at, byte[] value)
      throws PayloadException {
    if (field.metric().numeric() || field.metric().type() == MetricType.BOOLEAN) {
      to.refuse(
          field,
          at,
          QualityReason.TYPE,
          Kind.BYTES,
          0,
          value,
          "bytes where a " + kindOf(field.metric()) + " belongs");
    } else {
      to.add(field, at, Kind.BYTES, 0, value, null);
    }
  }

  /** A value that the profile's list does not have is kept as it came, as out of range. */
  private static void addMapped(
      Samples to, Field field, int at, String text, Map<String, Object> values)
      throws PayloadException {
    Object mapped = values.get(text);
    switch (mapped) {
      case null -> to.add(field, at, Kind.STRING, 0, text, QualityReason.RANGE);
      case Long number ->
          to.add(field, at, Kind.LONG, number, null, range(field.metric(), number.doubleValue()));
      case Double number ->
          to.add(
              field,
              at,
              Kind.DOUBLE,
              Double.doubleToRawLongBits(number),
              null,
              range(field.metric(), number));
      case Boolean truth -> to.add(field, at, truth ? Kind.TRUE : Kind.FALSE, 0, null, null);
      default -> to.add(field, at, Kind.STRING, 0, mapped, null);
    }
  }

  private static void addTruth(Samples to, Field field, int at, Kind kind, long bits, double value)
      throws PayloadException {
    if (value == 0 || value == 1) {
      addBoolean(to, field, at, value == 1);
    } else {
      to.refuse(field, at, QualityReason.TYPE, kind, bits, null, Numerals.plain(value) + NO_TRUTH);
    }
  }

  private static @Nullable QualityReason range(Metric metric, double value) {
    return metric.inRange(value) ? null : QualityReason.RANGE;
  }

  private static void refuse(
      Samples to, Field field, int at, QualityReason reason, String text, String what)
      throws PayloadException {
    to.refuse(field, at, reason, Kind.STRING, 0, text, what);
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
}
