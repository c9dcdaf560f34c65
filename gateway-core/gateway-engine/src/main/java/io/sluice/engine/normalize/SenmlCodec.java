package io.sluice.engine.normalize;

import io.sluice.engine.normalize.Profile.Unknown;
import io.sluice.engine.normalize.Target.Field;
import io.sluice.engine.record.RecordFormat.Kind;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * SenML packs (RFC 8428) in JSON and CBOR, resolved record by record (section 4.6). The sum of a
 * record becomes a value named {@code {name}.sum}, without unit. Used by one thread at a time.
 */
final class SenmlCodec {
  private static final int VERSION = 10;
  private static final String DEVICE_URN = "urn:dev:";

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
  private @Nullable Double baseValue;
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

  void decode(JsonParser parser, Profile profile, Samples samples, String device, long nowMicros)
      throws PayloadException {
    this.profile = profile;
    this.samples = samples;
    this.device = device;
    this.now = nowMicros;
    baseName = "";
    baseTime = 0;
    baseUnit = null;
    baseValue = null;
    baseSum = null;
    baseVersion = 0;
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
    for (String label = parser.nextName(); label != null; label = parser.nextName()) {
      parser.nextToken();
      label(parser, label);
    }
    resolve(parser);
  }

  /** Labels of JSON, and their numbers in CBOR (RFC 8428 table 4). */
  private void label(JsonParser parser, String label) throws PayloadException {
    switch (label) {
      case "bver", "-1" -> version(parser, once(parser, label, 0));
      case "bn", "-2" -> baseName = text(parser, once(parser, label, 1));
      case "bt", "-3" -> baseTime = number(parser, once(parser, label, 2));
      case "bu", "-4" -> baseUnit = text(parser, once(parser, label, 3));
      case "bv", "-5" -> baseValue = number(parser, once(parser, label, 4));
      case "bs", "-6" -> baseSum = number(parser, once(parser, label, 5));
      case "n", "0" -> name = text(parser, once(parser, label, 6));
      case "u", "1" -> unit = text(parser, once(parser, label, 7));
      case "v", "2" -> value(parser, label, number(parser, once(parser, label, 8)));
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

  private void value(JsonParser parser, String label, Object content) throws PayloadException {
    if (valueLabel != null) {
      throw fault(
          parser, label, "the record has a value already, in " + valueLabel + "; send one value");
    }
    valueLabel = label;
    value = content;
  }

  private void resolve(JsonParser parser) throws PayloadException {
    String full = fullName(parser);
    if (value == null && sum == null && baseValue == null && baseSum == null) {
      throw fault(parser, "", "the record has neither value nor sum; send v, vs, vb, vd or s");
    }
    int from = samples.count;
    samples.beginSample();
    String metric = metricName(full);
    int at = at(parser);
    if (value == null && baseValue != null && sum == null && baseSum == null) {
      value = 0.0;
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
    String full = baseName + name;
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
    Field field = target instanceof Field known && samples.claim(known, at) ? known : null;
    if (content instanceof Double number) {
      double resolved = number + orZero(baseValue);
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

  /** A unit that is given must turn into the profile's; the profile's own scale is not applied. */
  private void number(JsonParser parser, Field field, int at, double number, @Nullable String given)
      throws PayloadException {
    String wanted = field.metric().unit();
    Field effective = field;
    double converted = number;
    if (given != null && wanted != null) {
      Linear conversion = Units.conversion(given, wanted);
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
      converted = conversion.apply(number);
      effective = field.plain();
    }
    if (converted == Math.rint(converted) && Math.abs(converted) < 9.0e15) {
      Values.addLong(samples, effective, at, (long) converted);
    } else {
      Values.addDouble(samples, effective, at, converted);
    }
  }

  private void unknown(String metric, int at, Object content, @Nullable String given)
      throws PayloadException {
    if (profile.unknown == Unknown.DROP) {
      return;
    }
    if (profile.unknown == Unknown.REJECT) {
      throw Faults.unknown(metric, at, profile);
    }
    switch (content) {
      case Double number -> addNumber(metric, at, number);
      case Boolean truth -> samples.addUnknown(metric, at, truth ? Kind.TRUE : Kind.FALSE, 0, null);
      case byte[] bytes -> samples.addUnknown(metric, at, Kind.BYTES, 0, bytes);
      default -> samples.addUnknown(metric, at, Kind.STRING, 0, content);
    }
    samples.units[samples.count - 1] = given;
  }

  private void addSum(String metric, int at, double resolved) throws PayloadException {
    if (profile.targets.get(metric) instanceof Field field && samples.claim(field, at)) {
      Values.addDouble(samples, field, at, resolved);
    } else {
      unknown(metric, at, resolved, null);
    }
  }

  private void addNumber(String metric, int at, double number) throws PayloadException {
    if (!Double.isFinite(number)) {
      throw Faults.at(metric, at, "the value is beyond every number; send a smaller one");
    }
    if (number == Math.rint(number) && Math.abs(number) < 9.0e15) {
      samples.addUnknown(metric, at, Kind.LONG, (long) number, null);
    } else {
      samples.addUnknown(metric, at, Kind.DOUBLE, Double.doubleToRawLongBits(number), null);
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

  /** The name without what only names the device: {@code urn:dev:...:}, {@code {device}/}. */
  private String metricName(String full) {
    int cut = -1;
    if (full.startsWith(DEVICE_URN)) {
      int id = full.indexOf(':', DEVICE_URN.length()) + 1;
      cut = id == 0 ? full.length() : id;
      while (cut < full.length() && ":/_".indexOf(full.charAt(cut)) < 0) {
        cut++;
      }
      samples.claim(full.substring(id == 0 ? cut : id, cut));
    } else if (full.startsWith(device)) {
      cut = device.length();
      if (cut < full.length() && full.charAt(cut) != '/' && full.charAt(cut) != ':') {
        return full;
      }
    }
    if (cut < 0) {
      int slash = full.indexOf('/');
      if (slash > 0) {
        samples.claim(full.substring(0, slash));
      }
      return full;
    }
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
    if (!parser.currentToken().isNumeric()) {
      throw fault(parser, label, "must be a number; send it without quotes");
    }
    double number = parser.getDoubleValue();
    if (!Double.isFinite(number)) {
      throw fault(parser, label, "is no finite number; leave out what was not measured");
    }
    return number;
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

  /** The byte that it has come to. */
  long at() {
    return reached;
  }

  private int at(JsonParser parser) {
    reached = (int) Math.max(0, parser.currentTokenLocation().getByteOffset());
    return reached;
  }
}
