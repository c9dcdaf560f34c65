package io.sluice.engine.normalize;

import io.sluice.api.Device;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.Profile.Unknown;
import io.sluice.engine.normalize.Target.Field;
import io.sluice.engine.record.RecordFormat.Kind;
import java.math.BigInteger;
import java.util.Base64;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * SenML packs (RFC 8428) in JSON and CBOR, resolved record by record (section 4.6). The sum of a
 * record becomes a value named {@code {name}.sum}, without unit. Used by one thread at a time.
 */
final class SenmlCodec implements DocumentReader {
  private static final int VERSION = 10;
  private static final double MAX_EXACT = 9.0e15;
  private static final Pattern DEVICE_URN =
      Pattern.compile("urn:(?:dev:[A-Za-z0-9-]+|imei|imsi|uuid|esn|meid):([^:/_;]*)");
  private static final int BASE_LABELS = 0b11_1111;
  private static final int OWN_LABELS = ~BASE_LABELS;

  /** Below it a time is relative to now (RFC 8428 section 4.5.3). */
  private static final double RELATIVE_BELOW = 1 << 28;

  private Profile profile = Profile.generic("");
  private Samples samples = new Samples();
  private int reached;
  private String device = "";
  private long now;
  private int index;

  private String baseName = "";
  private double baseTime;
  private @Nullable String baseUnit;
  private @Nullable Number baseValue;
  private @Nullable Double baseSum;
  private int baseVersion;

  private String name = "";
  private @Nullable String unit;
  private double time;
  private boolean timed;
  private @Nullable Double sum;
  private @Nullable Object value;
  private @Nullable String valueLabel;
  private int seen;

  /** Whether the record has a label of a value, be it null. */
  private boolean valued;

  @Override
  public void decode(
      JsonParser parser,
      Profile profile,
      Device device,
      Samples samples,
      Lookahead lookahead,
      long receivedMicros)
      throws PayloadException {
    this.profile = profile;
    this.samples = samples;
    this.device = device.id().value();
    this.now = receivedMicros;
    baseName = "";
    baseTime = 0;
    baseUnit = null;
    baseValue = null;
    baseSum = null;
    baseVersion = 0;
    samples.rows = false;
    if (parser.nextToken() != JsonToken.START_ARRAY) {
      throw new PayloadException("byte 0: a SenML pack is an array of records; send [{...}]");
    }
    index = 0;
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      if (token != JsonToken.START_OBJECT) {
        throw fault(parser, "", "a SenML record is an object; send {...}");
      }
      record(parser);
      index++;
    }
    if (index == 0) {
      throw new PayloadException("byte 0: the SenML pack is empty; send at least one record");
    }
    if (parser.nextToken() != null) {
      throw new PayloadException("something follows the SenML pack; send one in a message");
    }
  }

  private void record(JsonParser parser) throws PayloadException {
    name = "";
    unit = null;
    time = 0;
    timed = false;
    sum = null;
    value = null;
    valueLabel = null;
    seen = 0;
    valued = false;
    boolean faulty = false;
    for (String label = parser.nextName(); label != null; label = parser.nextName()) {
      parser.nextToken();
      try {
        label(parser, label);
      } catch (PayloadException e) {
        if (label.equals("bver") || label.equals("-1")) {
          throw e; // what a version that is not known means is unknown of every record
        }
        samples.fault(e);
        faulty = true;
        parser.skipChildren();
      }
    }
    if (!faulty) {
      tryResolve(parser);
    }
  }

  /** A record that cannot be taken costs that record alone. */
  private void tryResolve(JsonParser parser) throws PayloadException {
    int before = samples.count;
    try {
      resolve(parser);
    } catch (PayloadException e) {
      if (samples.count > before) {
        throw e; // a bound of the message as a whole
      }
      samples.fault(e);
    }
  }

  /** Labels of JSON, and their numbers in CBOR (RFC 8428 table 4). */
  private void label(JsonParser parser, String label) throws PayloadException {
    switch (label) {
      case "bver", "-1" -> version(parser, once(parser, label, 0));
      case "bn", "-2" -> baseName = text(parser, once(parser, label, 1));
      case "bt", "-3" -> baseTime = number(parser, once(parser, label, 2));
      case "bu", "-4" -> baseUnit = text(parser, once(parser, label, 3));
      case "bv", "-5" -> baseValue = exact(parser, once(parser, label, 4));
      case "bs", "-6" -> baseSum = number(parser, once(parser, label, 5));
      case "n", "0" -> name = text(parser, once(parser, label, 6));
      case "u", "1" -> unit = text(parser, once(parser, label, 7));
      case "v", "2" -> value(parser, label, numeral(parser, once(parser, label, 8)));
      case "vs", "3" -> value(parser, label, text(parser, once(parser, label, 9)));
      case "vb", "4" -> value(parser, label, truth(parser, once(parser, label, 10)));
      case "vd", "8" -> value(parser, label, data(parser, once(parser, label, 11)));
      case "s", "5" -> sum = number(parser, once(parser, label, 12));
      case "t", "6" -> {
        time = number(parser, once(parser, label, 13));
        timed = true;
      }
      case "ut", "7" -> number(parser, once(parser, label, 14));
      default -> extension(parser, label);
    }
  }

  private String once(JsonParser parser, String label, int bit) throws PayloadException {
    if ((seen & (1 << bit)) != 0) {
      throw fault(parser, label, "comes twice; send each field once");
    }
    seen |= 1 << bit;
    return label;
  }

  /** A label that ends in an underscore must be understood (RFC 8428 section 4.4). */
  private void extension(JsonParser parser, String label) throws PayloadException {
    if (label.endsWith("_")) {
      throw fault(
          parser, label, "must be understood, and is not; leave it out, or send it without the _");
    }
    parser.skipChildren();
  }

  private void version(JsonParser parser, String label) throws PayloadException {
    double version = number(parser, label);
    if (version > VERSION || version != Math.rint(version) || version < 1) {
      throw fault(
          parser,
          label,
          "SenML version " + Values.plain(version) + " is not known; send version 10 or less");
    }
    if (index > 0 && baseVersion != (int) version) {
      throw fault(parser, label, "the version changes within the pack; send one for all records");
    }
    baseVersion = (int) version;
  }

  private void value(JsonParser parser, String label, @Nullable Object content)
      throws PayloadException {
    valued = true;
    if (valueLabel != null) {
      throw fault(
          parser, label, "the record has a value already, in " + valueLabel + "; send one value");
    }
    valueLabel = label;
    value = content;
  }

  private void resolve(JsonParser parser) throws PayloadException {
    if (!valued && sum == null && (seen & OWN_LABELS) == 0 && (seen & BASE_LABELS) != 0) {
      return; // base fields alone hold for the records behind it (RFC 8428 section 5.1.7)
    }
    String full = fullName(parser);
    if (valued && value == null && sum == null) {
      return; // a null is a value that was left out
    }
    if (value == null && sum == null && baseValue == null && baseSum == null) {
      throw fault(parser, "", "the record has neither value nor sum; send v, vs, vb, vd or s");
    }
    int from = samples.count;
    samples.beginSample();
    String metric = metricName(full);
    int at = at(parser);
    if (value == null && baseValue != null && sum == null && baseSum == null) {
      value = 0L;
    }
    if (value != null) {
      add(parser, metric, at, value);
    }
    if (sum != null || baseSum != null) {
      addSum(metric + ".sum", at, orZero(sum) + orZero(baseSum));
    }
    samples.fillTime(from, time(parser));
  }

  private String fullName(JsonParser parser) throws PayloadException {
    if (baseName.length() + name.length() > SenmlName.MAX_CHARS) {
      throw fault(
          parser,
          "n",
          "base name and name have more than " + SenmlName.MAX_CHARS + " characters; shorten them");
    }
    String full = SenmlName.withoutSlash(baseName + name);
    if (full.isEmpty()) {
      throw fault(parser, "n", "the record has neither name nor base name; send n or bn");
    }
    if (!SenmlName.isValid(full)) {
      throw fault(
          parser,
          "n",
          Faults.quoted(full)
              + " is no SenML name; begin with a letter or digit, and use those and"
              + " - : . / _");
    }
    return full;
  }

  private void add(JsonParser parser, String metric, int at, Object content)
      throws PayloadException {
    String effective = unit == null ? baseUnit : unit;
    Target target = profile.targets.get(metric);
    Field meant = target instanceof Field known ? meant(known, content) : null;
    Field field = meant != null && samples.claim(meant, at) ? meant : null;
    if (content instanceof Number number) {
      Number resolved = baseValue == null ? number : plus(number, baseValue);
      if (field == null) {
        unknown(metric, at, resolved, effective);
      } else {
        number(parser, field, at, resolved, effective);
      }
    } else if (field == null) {
      unknown(metric, at, content, effective);
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
      Linear conversion = Units.fromText(given, wanted);
      if (conversion == null) {
        throw fault(
            parser,
            "u",
            Faults.quoted(given)
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
    boolean isCap = profile.targets.get(metric) instanceof Target.Role role && role.isCap();
    if (profile.unknown == Unknown.DROP && !isCap) {
      return;
    }
    if (profile.unknown == Unknown.REJECT && !isCap) {
      throw Faults.unknown(metric, at, profile);
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

  private void addSum(String metric, int at, double resolved) throws PayloadException {
    if (profile.targets.get(metric) instanceof Field field && samples.claim(field, at)) {
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
          throw Faults.at(metric, at, "the value is beyond every number; send a smaller one");
        }
        samples.addUnknown(metric, at, Kind.DOUBLE, Double.doubleToRawLongBits(value), null);
      }
    }
  }

  private long time(JsonParser parser) throws PayloadException {
    double resolved = baseTime + time;
    if (!timed && baseTime == 0) {
      return Samples.NO_TIME;
    }
    if (resolved < RELATIVE_BELOW) {
      if (resolved < -RELATIVE_BELOW * 8) {
        throw fault(parser, "t", Values.plain(resolved) + " s is no time; send seconds since 1970");
      }
      samples.relativeTime = true;
      return now + Math.round(resolved * 1e6);
    }
    return Times.ofSeconds(resolved);
  }

  /**
   * The name without what only names the device: {@code urn:dev:...:} and other URNs of a device,
   * {@code {device}/}. A name that follows such a base name without a separator is whole.
   */
  private String metricName(String full) {
    Matcher urn = DEVICE_URN.matcher(full);
    if (urn.lookingAt()) {
      if (urn.start(1) < baseName.length() && urn.end() > baseName.length()) {
        samples.claim(baseName.substring(urn.start(1)));
        return name;
      }
      samples.claim(urn.group(1));
      return behind(full, urn.end());
    }
    if (full.startsWith(device)) {
      if (full.length() == device.length() || ":/".indexOf(full.charAt(device.length())) >= 0) {
        return behind(full, device.length());
      }
      return baseName.equals(device) ? name : full;
    }
    int slash = full.indexOf('/');
    if (slash > 0) {
      samples.claim(full.substring(0, slash));
    }
    return full;
  }

  /** The name behind the separator at {@code cut}, or the lone value's. */
  private String behind(String full, int cut) {
    return cut + 1 < full.length() ? full.substring(cut + 1) : profile.text.value();
  }

  private String text(JsonParser parser, String label) throws PayloadException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw fault(parser, label, "must be a string; send it in quotes");
    }
    return parser.getString();
  }

  private boolean truth(JsonParser parser, String label) throws PayloadException {
    if (!parser.currentToken().isBoolean()) {
      throw fault(parser, label, "must be true or false");
    }
    return parser.currentToken() == JsonToken.VALUE_TRUE;
  }

  private double number(JsonParser parser, String label) throws PayloadException {
    return exact(parser, label).doubleValue();
  }

  /** A number with all its digits: a Long, a BigInteger beyond 64 bits, or a finite Double. */
  private Number exact(JsonParser parser, String label) throws PayloadException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_NUMBER_INT) {
      return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
          ? (Number) parser.getBigIntegerValue()
          : (Number) parser.getLongValue();
    }
    if (!token.isNumeric()) {
      throw fault(parser, label, "must be a number; send it without quotes");
    }
    double number = parser.getDoubleValue();
    if (!Double.isFinite(number)) {
      throw fault(parser, label, "is no finite number; leave out what was not measured");
    }
    return number;
  }

  /** What {@code v} has; a text is judged by its metric, a null is nothing. */
  private @Nullable Object numeral(JsonParser parser, String label) throws PayloadException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    return token == JsonToken.VALUE_STRING && samples.tolerant()
        ? parser.getString()
        : (Object) exact(parser, label);
  }

  private byte[] data(JsonParser parser, String label) throws PayloadException {
    byte[] bytes =
        parser.currentToken() == JsonToken.VALUE_EMBEDDED_OBJECT ? parser.getBinaryValue() : null;
    if (bytes != null) {
      return bytes;
    }
    String text = text(parser, label);
    try {
      return Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw fault(parser, label, "is no base64url; encode it by RFC 4648 section 5, unpadded");
    }
  }

  private static double orZero(@Nullable Double number) {
    return Objects.requireNonNullElse(number, 0.0);
  }

  private PayloadException fault(JsonParser parser, String label, String what) {
    return new PayloadException(
        "$["
            + index
            + "]"
            + (label.isEmpty() ? "" : "." + label)
            + " at byte "
            + at(parser)
            + ": "
            + what);
  }

  @Override
  public long at() {
    return reached;
  }

  private int at(JsonParser parser) {
    reached = (int) Math.max(0, parser.currentTokenLocation().getByteOffset());
    return reached;
  }
}
