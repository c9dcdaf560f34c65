package io.sluice.engine.normalize.sample;

import io.sluice.api.QualityReason;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Reading;
import io.sluice.engine.normalize.profile.Meaning;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Profile.Unknown;
import io.sluice.engine.normalize.profile.Target.Field;
import io.sluice.engine.normalize.unit.Linear;
import io.sluice.engine.normalize.unit.Numerals;
import io.sluice.engine.normalize.unit.Units;
import io.sluice.engine.record.RecordFormat.Kind;
import org.jspecify.annotations.Nullable;

/** Leads what a dialect found beside the payload into the columns of the last sample. */
public final class PartReadings {
  private static final int AT = PayloadFaults.NOWHERE;

  private PartReadings() {}

  /**
   * Adds the readings of a part, and its time to what has none.
   *
   * @param samples what the payload gave
   */
  public static void add(Part part, Profile profile, Samples samples) throws PayloadException {
    int from = samples.count;
    for (Reading reading : part.readings()) {
      add(reading, profile, samples);
    }
    if (samples.time == Samples.NO_TIME && part.observedMicros() != Part.NO_TIME) {
      samples.time = part.observedMicros();
      samples.fillTime(0, samples.time);
    } else {
      samples.fillTime(
          from, samples.time == Samples.NO_TIME ? newest(samples, from) : samples.time);
    }
  }

  private static long newest(Samples samples, int to) {
    long newest = Samples.NO_TIME;
    for (int i = 0; i < to; i++) {
      newest = Math.max(newest, samples.times[i]);
    }
    return newest;
  }

  private static void add(Reading reading, Profile profile, Samples samples)
      throws PayloadException {
    Field field = meant(reading, profile);
    if (field != null && samples.claim(field, AT)) {
      known(reading, inUnitOf(field, reading), samples);
    } else if (profile.unknown() == Unknown.KEEP) {
      int before = samples.count;
      String name = samples.claimUnknown(reading.name(), profile.isMetric(reading.name()), AT);
      unknown(reading.value(), name, samples);
      if (samples.count > before) {
        samples.units[before] = unit(reading.unit());
      }
    }
  }

  /** As the table has it, where it is one of the table. */
  private static @Nullable String unit(@Nullable String written) {
    String resolved = written == null ? null : Units.resolve(written);
    return resolved == null ? written : resolved;
  }

  /**
   * The field with the way from the reading's unit into the metric's, where the profile says
   * nothing of the path's own.
   */
  private static Field inUnitOf(Field field, Reading reading) {
    String given = reading.unit();
    String wanted = field.metric().unit();
    if (given == null || wanted == null || !field.linear().isIdentity()) {
      return field;
    }
    Linear conversion = Units.fromText(given, wanted);
    return conversion == null || conversion.isIdentity() ? field : field.by(conversion);
  }

  private static @Nullable Field meant(Reading reading, Profile profile) {
    if (!(profile.target(reading.name()) instanceof Field first)) {
      return null;
    }
    return switch (reading.value()) {
      case Number number -> Meaning.ofNumber(first, number.doubleValue());
      case Boolean _ -> Meaning.ofBoolean(first);
      default -> Meaning.ofText(first, reading.value().toString());
    };
  }

  private static void known(Reading reading, Field field, Samples samples) throws PayloadException {
    switch (reading.value()) {
      case Long number -> Values.addLong(samples, field, AT, number);
      case Integer number -> Values.addLong(samples, field, AT, number);
      case Number number -> Values.addDouble(samples, field, AT, number.doubleValue());
      case Boolean truth -> Values.addBoolean(samples, field, AT, truth);
      default -> text(reading.value().toString(), field, samples);
    }
  }

  private static void text(String text, Field field, Samples samples) throws PayloadException {
    if (field.values() != null || !field.metric().numeric()) {
      Values.addString(samples, field, AT, text);
      return;
    }
    Number number = Numerals.parse(text, field.decimal());
    if (number == null) {
      Values.addTextNumber(samples, field, AT, text);
    } else {
      Values.addParsed(samples, field, AT, number);
    }
  }

  private static void unknown(Object value, String name, Samples samples) throws PayloadException {
    switch (value) {
      case Long number -> samples.addUnknown(name, AT, Kind.LONG, number, null);
      case Integer number -> samples.addUnknown(name, AT, Kind.LONG, number, null);
      case Number number ->
          samples.addUnknown(
              name, AT, Kind.DOUBLE, Double.doubleToRawLongBits(number.doubleValue()), null);
      case Boolean truth -> samples.addUnknown(name, AT, truth ? Kind.TRUE : Kind.FALSE, 0, null);
      default -> word(value.toString(), name, samples);
    }
  }

  private static void word(String text, String name, Samples samples) throws PayloadException {
    if (Numerals.isNonNumber(text)) {
      samples.refuseUnknown(
          name,
          AT,
          QualityReason.SENSOR,
          text,
          PayloadFaults.quoted(text) + PayloadFaults.NOT_MEASURED);
    } else {
      samples.addUnknown(name, AT, Kind.STRING, 0, text);
    }
  }
}
