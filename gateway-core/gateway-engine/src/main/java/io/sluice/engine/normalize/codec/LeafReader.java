package io.sluice.engine.normalize.codec;

import io.sluice.api.QualityReason;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.profile.Meaning;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Profile.Unknown;
import io.sluice.engine.normalize.profile.Target;
import io.sluice.engine.normalize.profile.Target.Field;
import io.sluice.engine.normalize.profile.TimeForms;
import io.sluice.engine.normalize.sample.ObservedTimes;
import io.sluice.engine.normalize.sample.PayloadFaults;
import io.sluice.engine.normalize.sample.Samples;
import io.sluice.engine.normalize.sample.Values;
import io.sluice.engine.normalize.unit.Numerals;
import io.sluice.engine.record.RecordFormat.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.json.UTF8StreamJsonParser;

/**
 * Takes the single values of a document, JSON or CBOR, into columns. Confined to one thread, and
 * used again for each message.
 */
final class LeafReader {
  private Profile profile = Profile.generic("");
  private Samples samples = new Samples();
  private long received;
  private boolean textual;
  private int reached;

  /** Where the value stands that holds the document, or nowhere. */
  private int within = PayloadFaults.NOWHERE;

  /** Takes the values of this document into these columns from now on. */
  void begin(JsonParser parser, Profile profile, Samples samples, long receivedMicros) {
    textual = parser instanceof UTF8StreamJsonParser;
    this.profile = profile;
    this.samples = samples;
    received = receivedMicros;
    reached = 0;
    within = PayloadFaults.NOWHERE;
  }

  /** When the message arrived, microseconds since the epoch. */
  long received() {
    return received;
  }

  /** Where faults of the document at hand are told, nowhere for one that is the payload. */
  int within() {
    return within;
  }

  /** Goes on with another document, which stands in a value at that byte. */
  void switchTo(JsonParser parser, int place) {
    textual = parser instanceof UTF8StreamJsonParser;
    within = place;
  }

  /** Which of the path's fields the value is meant for. */
  @Nullable Field meant(JsonParser parser, JsonToken token, Field field) {
    return switch (token) {
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Meaning.ofNumber(field, parser.getDoubleValue());
      case VALUE_TRUE, VALUE_FALSE -> Meaning.ofBoolean(field);
      case VALUE_STRING -> Meaning.ofText(field, parser.getString());
      default -> Meaning.ofOther(field);
    };
  }

  /** Takes a value into the metric that it is meant for. */
  void take(JsonParser parser, JsonToken token, String path, Field field, int at)
      throws PayloadException {
    if (textual && token.isNumeric() && field.asText()) {
      Values.addString(samples, field, at, parser.getString());
      return;
    }
    switch (token) {
      case VALUE_NUMBER_INT -> {
        if (fitsLong(parser)) {
          Values.addLong(samples, field, at, parser.getLongValue());
        } else {
          Values.addBig(samples, field, at, parser.getBigIntegerValue());
        }
      }
      case VALUE_NUMBER_FLOAT -> Values.addDouble(samples, field, at, fraction(parser));
      case VALUE_TRUE -> Values.addBoolean(samples, field, at, true);
      case VALUE_FALSE -> Values.addBoolean(samples, field, at, false);
      case VALUE_STRING -> Values.addString(samples, field, at, parser.getString());
      case VALUE_EMBEDDED_OBJECT -> Values.addBytes(samples, field, at, parser.getBinaryValue());
      default -> throw PayloadFaults.at(path, at, "a value is missing; send one");
    }
  }

  /**
   * Takes a value that no path of the profile leads into a metric.
   *
   * @param reserved whether the profile gives the name a meaning that this value cannot have: the
   *     value is then no unknown field, whatever the profile does with those
   * @param kept whether it is kept, whatever becomes of others
   * @param outermost whether it stands in the message itself, and may be of its envelope
   */
  void unknown(
      JsonParser parser,
      JsonToken token,
      String path,
      boolean reserved,
      boolean kept,
      boolean outermost)
      throws PayloadException {
    int at = at(parser);
    if (token == JsonToken.VALUE_STRING && namesDevice(path)) {
      samples.claim(parser.getString());
    }
    if (profile.unknown() == Unknown.DROP && !kept) {
      return;
    }
    if (profile.unknown() == Unknown.REJECT && !reserved) {
      throw PayloadFaults.unknown(path, at, profile);
    }
    String name = samples.claimUnknown(path, profile.isMetric(path), at);
    int before = samples.count;
    switch (token) {
      case VALUE_NUMBER_INT -> {
        if (fitsLong(parser)) {
          samples.addUnknown(name, at, Kind.LONG, parser.getLongValue(), null);
        } else {
          unknownBig(name, at, parser.getBigIntegerValue());
        }
      }
      case VALUE_NUMBER_FLOAT -> unknownDouble(parser, name, at, fraction(parser));
      case VALUE_TRUE -> samples.addUnknown(name, at, Kind.TRUE, 0, null);
      case VALUE_FALSE -> samples.addUnknown(name, at, Kind.FALSE, 0, null);
      case VALUE_STRING -> unknownText(name, at, parser.getString());
      case VALUE_EMBEDDED_OBJECT ->
          samples.addUnknown(name, at, Kind.BYTES, 0, parser.getBinaryValue());
      default -> throw PayloadFaults.at(path, at, "a value is missing; send one");
    }
    if (samples.count > before) {
      samples.envelope[before] = outermost;
    }
  }

  private void unknownText(String name, int at, String text) throws PayloadException {
    if (Numerals.isNonNumber(text)) {
      samples.refuseUnknown(
          name,
          at,
          QualityReason.SENSOR,
          text,
          PayloadFaults.quoted(text) + PayloadFaults.NOT_MEASURED);
    } else {
      samples.addUnknown(name, at, Kind.STRING, 0, text);
    }
  }

  /** Its digits stay exact. */
  private void unknownBig(String name, int at, BigInteger value) throws PayloadException {
    double nearest = value.doubleValue();
    if (Values.isExact(value, nearest)) {
      samples.addUnknown(name, at, Kind.DOUBLE, Double.doubleToRawLongBits(nearest), null);
    } else {
      samples.addUnknown(name, at, Kind.STRING, 0, value.toString());
    }
  }

  private void unknownDouble(JsonParser parser, String path, int at, double value)
      throws PayloadException {
    if (Double.isFinite(value)) {
      samples.addUnknown(path, at, Kind.DOUBLE, Double.doubleToRawLongBits(value), null);
    } else {
      samples.refuseUnknown(
          path,
          at,
          QualityReason.RANGE,
          parser.getString(),
          value + " is no number; leave out what was not measured");
    }
  }

  /** CBOR's tag 5, mantissa and binary exponent (RFC 8949 section 3.4.4). */
  void bigfloat(BigDecimal value, @Nullable Target target, String path) throws PayloadException {
    double nearest = value.doubleValue();
    Field field = target instanceof Field first ? Meaning.ofNumber(first, nearest) : null;
    if (field != null && samples.claim(field, reached)) {
      Values.addDouble(samples, field, reached, nearest);
    } else if (profile.unknown() == Unknown.KEEP) {
      String name = samples.claimUnknown(path, profile.isMetric(path), reached);
      samples.addUnknown(name, reached, Kind.DOUBLE, Double.doubleToRawLongBits(nearest), null);
    }
  }

  /** The time that a value says, or {@link Samples#NO_TIME} where it cannot be one. */
  long time(JsonParser parser, JsonToken token) {
    TimeForms forms = samples.forms;
    return switch (token) {
      case VALUE_NUMBER_INT ->
          fitsLong(parser)
              ? ObservedTimes.ofNumber(parser.getLongValue(), forms, received)
              : Samples.NO_TIME;
      case VALUE_NUMBER_FLOAT -> ObservedTimes.ofNumber(parser.getDoubleValue(), forms, received);
      case VALUE_STRING -> {
        Long micros = ObservedTimes.ofText(parser.getString(), forms, received);
        yield micros == null ? Samples.NO_TIME : micros;
      }
      default -> Samples.NO_TIME;
    };
  }

  private double fraction(JsonParser parser) {
    if (textual) {
      double value =
          Numerals.ofDigits(
              parser.getStringCharacters(), parser.getStringOffset(), parser.getStringLength());
      if (!Double.isNaN(value)) {
        return value;
      }
    }
    return parser.getDoubleValue();
  }

  /** Whether a path is one of those in which messages name the device that they come from. */
  static boolean namesDevice(String path) {
    return switch (path) {
      case "device", "deviceId", "device_id", "deviceID", "deviceName" -> true;
      default -> false;
    };
  }

  /** A null; or CBOR's undefined and its other simple values, which have no meaning here. */
  static boolean isNothing(JsonParser parser, JsonToken token) {
    return token == JsonToken.VALUE_NULL
        || (token == JsonToken.VALUE_EMBEDDED_OBJECT && parser.getBinaryValue() == null);
  }

  private static boolean fitsLong(JsonParser parser) {
    return parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
  }

  /** The byte at which the parser's value stands. */
  int at(JsonParser parser) {
    reached =
        within == PayloadFaults.NOWHERE
            ? (int) Math.max(0, parser.currentTokenLocation().getByteOffset())
            : within;
    return reached;
  }

  /** The byte that was asked for last. */
  int reached() {
    return reached;
  }
}
