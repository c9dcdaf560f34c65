package io.sluice.engine.normalize.codec.influx;

import io.sluice.api.Device;
import io.sluice.api.QualityReason;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.codec.PlannedCodec;
import io.sluice.engine.normalize.profile.Meaning;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Profile.Unknown;
import io.sluice.engine.normalize.profile.Target;
import io.sluice.engine.normalize.profile.Target.Field;
import io.sluice.engine.normalize.profile.Target.Role;
import io.sluice.engine.normalize.sample.ObservedTimes;
import io.sluice.engine.normalize.sample.PayloadFaults;
import io.sluice.engine.normalize.sample.PayloadText;
import io.sluice.engine.normalize.sample.Samples;
import io.sluice.engine.normalize.sample.Values;
import io.sluice.engine.normalize.unit.Numerals;
import io.sluice.engine.record.RecordFormat.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Points in InfluxDB's line protocol. A field's path is {@code measurement.field}, one of a series
 * {@code measurement[tag=value].field}; a measurement that the profile unwraps is left out of it.
 * What no path leads into a metric keeps the name of its whole series, with all tags but those that
 * the profile ignores. Points of one time are one sample. Confined to one thread.
 */
final class InfluxLineCodec implements PlannedCodec {
  private static final BigInteger UNSIGNED_END = BigInteger.ONE.shiftLeft(Long.SIZE);
  private static final double EXACT_LONG = 9.0e15;

  private final Point point = new Point();

  /** Names of the point's series, the most exact first. */
  private final List<String> series = new ArrayList<>();

  private Profile profile = Profile.generic("");
  private Samples samples = new Samples();
  private long received;
  private long time;

  /** First value of the sample, and of the line. */
  private int from;

  private int lineFrom;

  @Override
  public void decode(
      byte[] sent, Profile profile, Device device, long receivedMicros, Samples samples)
      throws PayloadException {
    this.profile = profile;
    this.samples = samples;
    this.received = receivedMicros;
    byte[] payload = PayloadText.inUtf8(sent, profile.forms().charset());
    requireText(payload);
    LineReader reader =
        new LineReader(payload, PayloadText.start(sent, payload), PayloadText.end(payload));
    time = Samples.NO_TIME;
    from = 0;
    samples.beginSample();
    while (read(reader)) {
      take();
    }
    samples.fillTime(from, time);
    samples.time = time;
  }

  private static void requireText(byte[] payload) throws PayloadException {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload));
    } catch (CharacterCodingException e) {
      throw new PayloadException(
          "the payload is no text in UTF-8, as line protocol is; send that, or say charset in the"
              + " profile");
    }
  }

  /** Reads on to the next point; a line that is none costs that line alone. */
  private boolean read(LineReader reader) throws PayloadException {
    while (true) {
      try {
        return reader.next(point);
      } catch (PayloadException e) {
        samples.fault(e);
      }
    }
  }

  private void take() throws PayloadException {
    long own = Samples.NO_TIME;
    if (point.timestamp != null) {
      Number number = Numerals.parse(point.timestamp);
      own =
          number instanceof Long stamp
              ? ObservedTimes.ofNumber(stamp, samples.forms, received)
              : Samples.NO_TIME;
    }
    if (own != time) {
      samples.fillTime(from, time);
      from = samples.count;
      samples.beginSample();
      time = own;
    }
    lineFrom = samples.count;
    String whole = series();
    if (own == Samples.NO_TIME && point.timestamp != null && profile.unknown() != Unknown.DROP) {
      keep(whole + ".timestamp", point.timestamp, point.timestampAt, false);
    }
    for (Map.Entry<String, String> tag : point.tags.entrySet()) {
      if (target(tag.getKey()) instanceof Field field
          && samples.claim(field, PayloadFaults.NOWHERE)) {
        Values.addString(samples, field, PayloadFaults.NOWHERE, tag.getValue());
      }
    }
    for (Point.Value value : point.fields) {
      field(whole, value);
    }
  }

  /** Names the point's series: the whole of it, each tag alone, the measurement alone. */
  private String series() {
    StringBuilder whole = new StringBuilder(point.measurement);
    series.clear();
    char before = '[';
    for (Map.Entry<String, String> tag : point.tags.entrySet()) {
      if (target(tag.getKey(), point.measurement) != Role.IGNORE
          && profile.target(tag.getKey()) != Role.IGNORE) {
        whole.append(before).append(tag.getKey()).append('=').append(tag.getValue());
        before = ',';
        series.add(point.measurement + '[' + tag.getKey() + '=' + tag.getValue() + ']');
      }
    }
    if (before == ',') {
      whole.append(']');
    }
    String name = whole.toString();
    if (series.size() > 1) {
      series.addFirst(name);
    }
    series.add(point.measurement);
    return name;
  }

  /** Where a field or a tag of the point leads, by the most exact path that the profile has. */
  private @Nullable Target target(String key) {
    for (String each : series) {
      Target target = target(key, each);
      if (target != null) {
        return target;
      }
    }
    return null;
  }

  private @Nullable Target target(String key, String place) {
    Target exact = profile.target(place + '.' + key);
    if (exact != null || profile.target(place) != Role.UNWRAP) {
      return exact;
    }
    Map<String, Target> scope = profile.scope(place);
    Target own = scope == null ? null : scope.get(key);
    return own == null ? profile.target(key) : own;
  }

  private void field(String whole, Point.Value value) throws PayloadException {
    Target target = target(value.key());
    String path = whole + '.' + value.key();
    boolean kept = false;
    switch (target) {
      case Field first -> {
        Field field = first.when() == null ? first : meant(first, value);
        if (field != null && samples.claim(field, value.at())) {
          known(field, value);
          return;
        }
      }
      case Role role -> {
        kept = role.isCap();
        if (role == Role.IGNORE || role(role, value)) {
          return;
        }
      }
      case null, default -> {}
    }
    if (profile.unknown() == Unknown.REJECT && !kept && target == null) {
      throw PayloadFaults.unknown(path, value.at(), profile);
    }
    if (profile.unknown() != Unknown.DROP || kept) {
      keep(path, value.text(), value.at(), value.quoted());
    }
  }

  /** Whether the value has the meaning of the role; else it is a field like any other. */
  private boolean role(Role role, Point.Value value) {
    if (role == Role.HISTORICAL && truth(value) != null) {
      samples.historical |= Boolean.TRUE.equals(truth(value));
      return true;
    }
    if (role != Role.TIME || time != Samples.NO_TIME) {
      return false;
    }
    Object parsed = parsed(value);
    String text = parsed instanceof Number number ? number.toString() : value.text();
    Long micros = ObservedTimes.ofText(text, samples.forms, received);
    if (micros == null || micros == Samples.NO_TIME) {
      return false;
    }
    from = lineFrom;
    time = micros;
    return true;
  }

  private @Nullable Field meant(Field first, Point.Value value) {
    return switch (parsed(value)) {
      case Boolean _ -> Meaning.ofBoolean(first);
      case Number number -> Meaning.ofNumber(first, number.doubleValue());
      case null, default -> Meaning.ofText(first, value.text());
    };
  }

  private void known(Field field, Point.Value value) throws PayloadException {
    switch (parsed(value)) {
      case Boolean truth -> Values.addBoolean(samples, field, value.at(), truth);
      case Number number -> Values.addParsed(samples, field, value.at(), number);
      case null, default -> Values.addString(samples, field, value.at(), value.text());
    }
  }

  private void keep(String path, String text, int at, boolean quoted) throws PayloadException {
    Point.Value value = new Point.Value(path, text, quoted, at);
    String name = samples.claimUnknown(path, profile.isMetric(path), at);
    switch (parsed(value)) {
      case Boolean truth -> samples.addUnknown(name, at, truth ? Kind.TRUE : Kind.FALSE, 0, null);
      case Long integer -> samples.addUnknown(name, at, Kind.LONG, integer, null);
      case Double fraction ->
          samples.addUnknown(name, at, Kind.DOUBLE, Double.doubleToRawLongBits(fraction), null);
      case BigInteger digits -> samples.addUnknown(name, at, Kind.STRING, 0, digits.toString());
      case null, default -> word(name, text, at, quoted);
    }
  }

  private void word(String name, String text, int at, boolean quoted) throws PayloadException {
    if (Numerals.isNonNumber(text)) {
      String what = PayloadFaults.quoted(text) + PayloadFaults.NOT_MEASURED;
      samples.refuseUnknown(name, at, QualityReason.SENSOR, text, what);
    } else if (quoted) {
      samples.addUnknown(name, at, Kind.STRING, 0, text);
    } else {
      String what = PayloadFaults.quoted(text) + " is no value; put a string into quotes";
      samples.refuseUnknown(name, at, QualityReason.TYPE, text, what);
    }
  }

  private static @Nullable Boolean truth(Point.Value value) {
    return parsed(value) instanceof Boolean truth ? truth : null;
  }

  /** A Boolean, a Long, a Double, a BigInteger beyond 64 bits; null for a string, and for none. */
  static @Nullable Object parsed(Point.Value value) {
    String text = value.text();
    if (value.quoted()) {
      return null;
    }
    switch (text) {
      case "t", "T", "true", "True", "TRUE" -> {
        return true;
      }
      case "f", "F", "false", "False", "FALSE" -> {
        return false;
      }
      default -> {}
    }
    char last = text.charAt(text.length() - 1);
    if (last == 'i' || last == 'u') {
      return integer(text.substring(0, text.length() - 1), last == 'u');
    }
    Number number = Numerals.parse(text);
    return switch (number) {
      case Long whole when Math.abs(whole) < EXACT_LONG -> (Number) (double) whole;
      case BigInteger whole when isDouble(whole) -> (Number) whole.doubleValue();
      case null, default -> number;
    };
  }

  private static boolean isDouble(BigInteger whole) {
    return new BigDecimal(whole.doubleValue()).compareTo(new BigDecimal(whole)) == 0;
  }

  /** An integer of 64 bits, signed or not; null where it is none. */
  private static @Nullable Number integer(String digits, boolean unsigned) {
    Number number =
        digits.indexOf('.') >= 0 || digits.indexOf('e') >= 0 || digits.indexOf('E') >= 0
            ? null
            : Numerals.parse(digits);
    return switch (number) {
      case Long whole when !unsigned || whole >= 0 -> number;
      case BigInteger whole
          when unsigned && whole.signum() > 0 && whole.compareTo(UNSIGNED_END) < 0 ->
          number;
      case null, default -> null;
    };
  }
}
