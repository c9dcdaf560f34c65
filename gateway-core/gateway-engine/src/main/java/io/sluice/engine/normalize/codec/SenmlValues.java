package io.sluice.engine.normalize.codec;

import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.profile.Meaning;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Profile.Unknown;
import io.sluice.engine.normalize.profile.Target;
import io.sluice.engine.normalize.profile.Target.Field;
import io.sluice.engine.normalize.sample.PayloadFaults;
import io.sluice.engine.normalize.sample.Samples;
import io.sluice.engine.normalize.sample.Values;
import io.sluice.engine.normalize.unit.Linear;
import io.sluice.engine.record.RecordFormat.Kind;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;

/**
 * Takes the resolved values of SenML records into columns, each in the profile's unit. Confined to
 * one thread, and used again for each message.
 */
final class SenmlValues {
  private static final double MAX_EXACT = 9.0e15;

  private final SenmlTokens tokens;
  private Profile profile = Profile.generic("");
  private Samples samples = new Samples();

  SenmlValues(SenmlTokens tokens) {
    this.tokens = tokens;
  }

  /** Takes values into these columns from now on. */
  void begin(Profile profile, Samples samples) {
    this.profile = profile;
    this.samples = samples;
  }

  /**
   * Takes a value.
   *
   * @param base what is added to a number, or null
   * @param unit that the record or the pack gives, or null
   */
  void add(
      JsonParser parser,
      String metric,
      int at,
      Object content,
      @Nullable Number base,
      @Nullable String unit)
      throws PayloadException {
    Target target = profile.target(metric);
    Field meant = target instanceof Field known ? meant(known, content) : null;
    Field field = meant != null && samples.claim(meant, at) ? meant : null;
    if (content instanceof Number number) {
      Number resolved = base == null ? number : plus(number, base);
      if (field == null) {
        unknown(metric, at, resolved, unit);
      } else {
        number(parser, field, at, resolved, unit);
      }
    } else if (field == null) {
      unknown(metric, at, content, unit);
    } else if (content instanceof Boolean truth) {
      Values.addBoolean(samples, field, at, truth);
    } else if (content instanceof String text) {
      Values.addString(samples, field, at, text);
    } else {
      Values.addBytes(samples, field, at, (byte[]) content);
    }
  }

  private static @Nullable Field meant(Field first, Object content) {
    return switch (content) {
      case Number number -> Meaning.ofNumber(first, number.doubleValue());
      case Boolean truth -> Meaning.ofBoolean(first);
      case String text -> Meaning.ofText(first, text);
      default -> Meaning.ofOther(first);
    };
  }

  /** A unit that is given must turn into the profile's; the profile's own scale is not applied. */
  private void number(JsonParser parser, Field field, int at, Number number, @Nullable String given)
      throws PayloadException {
    String wanted = field.metric().unit();
    Field effective = field;
    Number converted = number;
    if (given != null && wanted != null) {
      Linear conversion = field.metric().fromUnit(given);
      if (conversion == null) {
        throw tokens.fault(
            parser,
            "u",
            PayloadFaults.quoted(given)
                + " does not turn into "
                + wanted
                + ", the unit of "
                + field.metric().name()
                + " in the profile "
                + profile.id()
                + "; send a unit of the same kind");
      }
      converted =
          conversion.isIdentity() ? number : (Number) conversion.apply(number.doubleValue());
      effective = field.plain();
    }
    Values.addParsed(samples, effective, at, whole(converted));
  }

  /** An integral number as a Long where it is exact as one. */
  private static Number whole(Number number) {
    double value = number.doubleValue();
    return number instanceof Double && value == Math.rint(value) && Math.abs(value) < MAX_EXACT
        ? (Number) (long) value
        : number;
  }

  private static Number plus(Number a, Number b) {
    if (a instanceof Long x && b instanceof Long y) {
      long sum = x + y;
      if (((x ^ sum) & (y ^ sum)) >= 0) {
        return sum;
      }
    }
    return a.doubleValue() + b.doubleValue();
  }

  private void unknown(String metric, int at, Object content, @Nullable String given)
      throws PayloadException {
    boolean isCap = profile.target(metric) instanceof Target.Role role && role.isCap();
    if (profile.unknown() == Unknown.DROP && !isCap) {
      return;
    }
    if (profile.unknown() == Unknown.REJECT && !isCap) {
      throw PayloadFaults.unknown(metric, at, profile);
    }
    String name = samples.claimUnknown(metric, profile.isMetric(metric), at);
    int before = samples.count;
    switch (content) {
      case Number number -> addNumber(name, at, number);
      case Boolean truth -> samples.addUnknown(name, at, truth ? Kind.TRUE : Kind.FALSE, 0, null);
      case byte[] bytes -> samples.addUnknown(name, at, Kind.BYTES, 0, bytes);
      default -> samples.addUnknown(name, at, Kind.STRING, 0, content);
    }
    if (samples.count > before) {
      samples.units[before] = given;
    }
  }

  /** Takes the sum of a record, which has no unit. */
  void addSum(String metric, int at, double resolved) throws PayloadException {
    if (profile.target(metric) instanceof Field field && samples.claim(field, at)) {
      Values.addDouble(samples, field, at, resolved);
    } else {
      unknown(metric, at, resolved, null);
    }
  }

  private void addNumber(String metric, int at, Number number) throws PayloadException {
    switch (whole(number)) {
      case Long integer -> samples.addUnknown(metric, at, Kind.LONG, integer, null);
      case BigInteger big when !Values.isExact(big, big.doubleValue()) ->
          samples.addUnknown(metric, at, Kind.STRING, 0, big.toString());
      default -> {
        double value = number.doubleValue();
        if (!Double.isFinite(value)) {
          throw PayloadFaults.at(
              metric, at, "the value is beyond every number; send a smaller one");
        }
        samples.addUnknown(metric, at, Kind.DOUBLE, Double.doubleToRawLongBits(value), null);
      }
    }
  }
}
