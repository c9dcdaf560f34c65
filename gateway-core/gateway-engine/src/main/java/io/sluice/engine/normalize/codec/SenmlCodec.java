package io.sluice.engine.normalize.codec;

import io.sluice.api.Device;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.sample.ObservedTimes;
import io.sluice.engine.normalize.sample.PayloadFaults;
import io.sluice.engine.normalize.sample.Samples;
import io.sluice.engine.normalize.unit.Numerals;
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
  private static final Pattern DEVICE_URN =
      Pattern.compile("urn:(?:dev:[A-Za-z0-9-]+|imei|imsi|uuid|esn|meid):([^:/_;]*)");
  private static final int BASE_LABELS = 0b11_1111;
  private static final int OWN_LABELS = ~BASE_LABELS;

  /** Below it a time is relative to now (RFC 8428 section 4.5.3). */
  private static final double RELATIVE_BELOW = 1 << 28;

  private final SenmlTokens tokens = new SenmlTokens();
  private final SenmlValues values = new SenmlValues(tokens);
  private Profile profile = Profile.generic("");
  private Samples samples = new Samples();
  private String device = "";
  private long now;

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
    tokens.begin(samples.tolerant());
    values.begin(profile, samples);
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
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      if (token != JsonToken.START_OBJECT) {
        throw tokens.fault(parser, "", "a SenML record is an object; send {...}");
      }
      record(parser);
      tokens.next();
    }
    if (tokens.index() == 0) {
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
      case "bn", "-2" -> baseName = tokens.text(parser, once(parser, label, 1));
      case "bt", "-3" -> baseTime = tokens.number(parser, once(parser, label, 2));
      case "bu", "-4" -> baseUnit = tokens.text(parser, once(parser, label, 3));
      case "bv", "-5" -> baseValue = tokens.exact(parser, once(parser, label, 4));
      case "bs", "-6" -> baseSum = tokens.number(parser, once(parser, label, 5));
      case "n", "0" -> name = tokens.text(parser, once(parser, label, 6));
      case "u", "1" -> unit = tokens.text(parser, once(parser, label, 7));
      case "v", "2" -> value(parser, label, tokens.numeral(parser, once(parser, label, 8)));
      case "vs", "3" -> value(parser, label, tokens.text(parser, once(parser, label, 9)));
      case "vb", "4" -> value(parser, label, tokens.truth(parser, once(parser, label, 10)));
      case "vd", "8" -> value(parser, label, tokens.data(parser, once(parser, label, 11)));
      case "s", "5" -> sum = tokens.number(parser, once(parser, label, 12));
      case "t", "6" -> {
        time = tokens.number(parser, once(parser, label, 13));
        timed = true;
      }
      case "ut", "7" -> tokens.number(parser, once(parser, label, 14));
      default -> extension(parser, label);
    }
  }

  private String once(JsonParser parser, String label, int bit) throws PayloadException {
    if ((seen & (1 << bit)) != 0) {
      throw tokens.fault(parser, label, "comes twice; send each field once");
    }
    seen |= 1 << bit;
    return label;
  }

  /** A label that ends in an underscore must be understood (RFC 8428 section 4.4). */
  private void extension(JsonParser parser, String label) throws PayloadException {
    if (label.endsWith("_")) {
      throw tokens.fault(
          parser, label, "must be understood, and is not; leave it out, or send it without the _");
    }
    parser.skipChildren();
  }

  private void version(JsonParser parser, String label) throws PayloadException {
    double version = tokens.number(parser, label);
    if (version > VERSION || version != Math.rint(version) || version < 1) {
      throw tokens.fault(
          parser,
          label,
          "SenML version " + Numerals.plain(version) + " is not known; send version 10 or less");
    }
    if (tokens.index() > 0 && baseVersion != (int) version) {
      throw tokens.fault(
          parser, label, "the version changes within the pack; send one for all records");
    }
    baseVersion = (int) version;
  }

  private void value(JsonParser parser, String label, @Nullable Object content)
      throws PayloadException {
    valued = true;
    if (valueLabel != null) {
      throw tokens.fault(
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
      throw tokens.fault(
          parser, "", "the record has neither value nor sum; send v, vs, vb, vd or s");
    }
    int from = samples.count;
    samples.beginSample();
    String metric = metricName(full);
    int at = tokens.at(parser);
    if (value == null && baseValue != null && sum == null && baseSum == null) {
      value = 0L;
    }
    if (value != null) {
      values.add(parser, metric, at, value, baseValue, unit == null ? baseUnit : unit);
    }
    if (sum != null || baseSum != null) {
      values.addSum(metric + ".sum", at, orZero(sum) + orZero(baseSum));
    }
    samples.fillTime(from, time(parser));
  }

  private String fullName(JsonParser parser) throws PayloadException {
    if (baseName.length() + name.length() > SenmlName.MAX_CHARS) {
      throw tokens.fault(
          parser,
          "n",
          "base name and name have more than " + SenmlName.MAX_CHARS + " characters; shorten them");
    }
    String full = SenmlName.withoutSlash(baseName + name);
    if (full.isEmpty()) {
      throw tokens.fault(parser, "n", "the record has neither name nor base name; send n or bn");
    }
    if (!SenmlName.isValid(full)) {
      throw tokens.fault(
          parser,
          "n",
          PayloadFaults.quoted(full)
              + " is no SenML name; begin with a letter or digit, and use those and"
              + " - : . / _");
    }
    return full;
  }

  private long time(JsonParser parser) throws PayloadException {
    double resolved = baseTime + time;
    if (!timed && baseTime == 0) {
      return Samples.NO_TIME;
    }
    if (resolved < RELATIVE_BELOW) {
      if (resolved < -RELATIVE_BELOW * 8) {
        throw tokens.fault(
            parser, "t", Numerals.plain(resolved) + " s is no time; send seconds since 1970");
      }
      samples.relativeTime = true;
      return now + Math.round(resolved * 1e6);
    }
    return ObservedTimes.ofSeconds(resolved);
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
    return cut + 1 < full.length() ? full.substring(cut + 1) : profile.text().value();
  }

  private static double orZero(@Nullable Double number) {
    return Objects.requireNonNullElse(number, 0.0);
  }

  @Override
  public long at() {
    return tokens.reached();
  }
}
