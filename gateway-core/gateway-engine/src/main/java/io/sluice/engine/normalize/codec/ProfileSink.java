package io.sluice.engine.normalize.codec;

import io.sluice.api.MessageBounds;
import io.sluice.api.QualityReason;
import io.sluice.api.codec.MeasurementSink;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.profile.Meaning;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Profile.Unknown;
import io.sluice.engine.normalize.profile.Shape;
import io.sluice.engine.normalize.profile.Shape.Encoded;
import io.sluice.engine.normalize.profile.Shape.Encoding;
import io.sluice.engine.normalize.profile.Target;
import io.sluice.engine.normalize.profile.Target.Field;
import io.sluice.engine.normalize.profile.Target.Role;
import io.sluice.engine.normalize.sample.ObservedTimes;
import io.sluice.engine.normalize.sample.PayloadFaults;
import io.sluice.engine.normalize.sample.Samples;
import io.sluice.engine.normalize.sample.Values;
import io.sluice.engine.normalize.unit.Numerals;
import io.sluice.engine.record.RecordFormat.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Leads what a codec finds into columns, by a profile. Confined to one thread, and used again for
 * each message.
 */
final class ProfileSink implements MeasurementSink {
  /** What stands for an empty path. */
  private static final String NAMELESS = "_";

  /** Calls in one message: no payload has more values than bytes. */
  private static final int MAX_CALLS = MessageBounds.PAYLOAD_MAX_BYTES;

  private Profile profile = Profile.generic("");
  private Samples samples = new Samples();
  private long received;
  private boolean open;
  private int calls;
  private int from;
  private int place;
  private long time;
  private @Nullable PayloadException failure;

  /** Of the next value. */
  private @Nullable String unit;

  /** As {@link #unit}. */
  private @Nullable QualityReason bad;

  /** Takes what comes from now on into these columns. */
  void begin(Profile profile, Samples samples, long receivedMicros) {
    this.profile = profile;
    this.samples = samples;
    this.received = receivedMicros;
    open = true;
    calls = 0;
    from = 0;
    place = PayloadFaults.NOWHERE;
    time = Samples.NO_TIME;
    failure = null;
    unit = null;
    bad = null;
  }

  /** Gives the last sample its time, and takes nothing more. */
  void end() {
    samples.fillTime(from, time);
    samples.time = time;
    open = false;
  }

  /** A codec that caught what a bound threw has not read its message to the end. */
  void throwWhatWasSwallowed() throws PayloadException {
    if (failure != null) {
      throw failure;
    }
  }

  /** Begins a call; returns the path. */
  private String enter(@Nullable String given) throws PayloadException {
    if (!open) {
      throw new IllegalStateException("the message is over; put nothing after decode");
    }
    throwWhatWasSwallowed();
    if (++calls > MAX_CALLS) {
      throw noted(
          new PayloadException(
              "the codec finds more than " + MAX_CALLS + " values in one message; send fewer"));
    }
    return given == null || given.isEmpty() ? NAMELESS : given;
  }

  /** Gives what was put last what was said of it before. */
  private void qualify(int before) {
    if (unit == null && bad == null) {
      return;
    }
    for (int i = before; i < samples.count; i++) {
      samples.qualify(i, unit, bad);
    }
    unit = null;
    bad = null;
  }

  private PayloadException noted(PayloadException refusal) {
    failure = refusal;
    return refusal;
  }

  @Override
  public void put(String path, long value) throws PayloadException {
    String name = enter(path);
    int before = samples.count;
    try {
      integer(name, value);
      qualify(before);
    } catch (PayloadException e) {
      throw noted(e);
    }
  }

  private void integer(String path, long value) throws PayloadException {
    Target found = profile.target(path);
    if (found instanceof Encoded encoded && isBits(encoded)) {
      EncodedValues.ofBits(encoded, path, value, place, profile, samples);
      if (plain(found) == null && profile.unknown() == Unknown.REJECT) {
        return; // it is known by its bits
      }
    }
    Target target = plain(found);
    Field field = target instanceof Field first ? Meaning.ofNumber(first, (double) value) : null;
    if (field != null && samples.claim(field, place)) {
      Values.addLong(samples, field, place, value);
    } else if (!isTime(target, ObservedTimes.ofNumber(value, samples.forms, received))
        && isKept(target, path)) {
      samples.addUnknown(unknown(path), place, Kind.LONG, value, null);
    }
  }

  @Override
  public void put(String path, double value) throws PayloadException {
    String name = enter(path);
    int before = samples.count;
    try {
      fraction(name, value);
      qualify(before);
    } catch (PayloadException e) {
      throw noted(e);
    }
  }

  private void fraction(String path, double value) throws PayloadException {
    Target target = plain(profile.target(path));
    Field field = target instanceof Field first ? Meaning.ofNumber(first, value) : null;
    if (field != null && samples.claim(field, place)) {
      Values.addDouble(samples, field, place, value);
    } else if (!isTime(target, ObservedTimes.ofNumber(value, samples.forms, received))
        && isKept(target, path)) {
      if (Double.isFinite(value)) {
        samples.addUnknown(
            unknown(path), place, Kind.DOUBLE, Double.doubleToRawLongBits(value), null);
      } else {
        String text = Double.toString(value);
        samples.refuseUnknown(
            unknown(path), place, QualityReason.SENSOR, text, text + PayloadFaults.NOT_MEASURED);
      }
    }
  }

  @Override
  public void put(String path, boolean value) throws PayloadException {
    String name = enter(path);
    int before = samples.count;
    try {
      truth(name, value);
      qualify(before);
    } catch (PayloadException e) {
      throw noted(e);
    }
  }

  private void truth(String path, boolean value) throws PayloadException {
    Target target = plain(profile.target(path));
    Field field = target instanceof Field first ? Meaning.ofBoolean(first) : null;
    if (field != null && samples.claim(field, place)) {
      Values.addBoolean(samples, field, place, value);
    } else if (target == Role.HISTORICAL) {
      samples.historical |= value;
    } else if (isKept(target, path)) {
      samples.addUnknown(unknown(path), place, value ? Kind.TRUE : Kind.FALSE, 0, null);
    }
  }

  @Override
  public void put(String path, String value) throws PayloadException {
    String name = enter(path);
    int before = samples.count;
    try {
      text(name, value);
      qualify(before);
    } catch (PayloadException e) {
      throw noted(e);
    }
  }

  private void text(String path, @Nullable String value) throws PayloadException {
    if (value == null) {
      return; // a field that was left out
    }
    Target found = profile.target(path);
    if (found instanceof Encoded encoded
        && EncodedValues.ofWord(encoded, path, value, place, profile, samples)) {
      return;
    }
    Target target = plain(found);
    Field field = target instanceof Field first ? Meaning.ofText(first, value) : null;
    if (field != null && samples.claim(field, place)) {
      Values.addString(samples, field, place, value);
      return;
    }
    if (LeafReader.namesDevice(path)) {
      samples.claim(value);
    }
    Long micros = target == Role.TIME ? ObservedTimes.ofText(value, samples.forms, received) : null;
    if (!isTime(target, micros == null ? Samples.NO_TIME : micros) && isKept(target, path)) {
      if (Numerals.isNonNumber(value)) {
        String what = PayloadFaults.quoted(value) + PayloadFaults.NOT_MEASURED;
        samples.refuseUnknown(unknown(path), place, QualityReason.SENSOR, value, what);
      } else {
        samples.addUnknown(unknown(path), place, Kind.STRING, 0, value);
      }
    }
  }

  @Override
  public void put(String path, byte[] value) throws PayloadException {
    String name = enter(path);
    int before = samples.count;
    try {
      bytes(name, value);
      qualify(before);
    } catch (PayloadException e) {
      throw noted(e);
    }
  }

  private void bytes(String path, byte @Nullable [] value) throws PayloadException {
    if (value == null) {
      return; // a field that was left out
    }
    Target found = profile.target(path);
    if (found instanceof Encoded encoded && encoded.layout() != null && !isBits(encoded)) {
      EncodedValues.ofBytes(encoded, path, value, place, profile, samples);
      return;
    }
    Target target = plain(found);
    Field field = target instanceof Field first ? Meaning.ofOther(first) : null;
    if (field != null && samples.claim(field, place)) {
      Values.addBytes(samples, field, place, value);
    } else if (isKept(target, path)) {
      samples.addUnknown(unknown(path), place, Kind.BYTES, 0, value);
    }
  }

  @Override
  public void unit(String of) {
    unit = of;
  }

  @Override
  public void bad(QualityReason reason) {
    bad = reason;
  }

  @Override
  public void refuse(String path, String what) throws PayloadException {
    String name = enter(path);
    try {
      samples.fault(PayloadFaults.at(PayloadFaults.plain(name), place, PayloadFaults.plain(what)));
    } catch (PayloadException e) {
      throw noted(e);
    }
  }

  @Override
  public void warn(String what) throws PayloadException {
    enter(null);
    samples.warn(PayloadFaults.plain(what));
  }

  @Override
  public void time(long micros) throws PayloadException {
    enter(null);
    try {
      observed(micros);
    } catch (PayloadException e) {
      throw noted(e);
    }
  }

  private void observed(long micros) throws PayloadException {
    if (micros < ObservedTimes.UNSET_MICROS || micros >= ObservedTimes.LATEST_MICROS) {
      samples.fault(
          PayloadFaults.at(
              "time", place, micros + " us is no time; give one from 2000 to 2100, since 1970"));
    } else {
      time = micros;
    }
  }

  @Override
  public void sample() throws PayloadException {
    enter(null);
    next();
  }

  private void next() {
    if (samples.count == from && time == Samples.NO_TIME) {
      return; // the one that was begun has nothing yet
    }
    samples.fillTime(from, time);
    from = samples.count;
    time = Samples.NO_TIME;
    samples.beginSample();
  }

  @Override
  public void historical() {
    if (!open) {
      throw new IllegalStateException("the message is over; say nothing after decode");
    }
    samples.historical = true;
  }

  @Override
  public void at(int byteOffset) {
    place = Math.max(PayloadFaults.NOWHERE, byteOffset);
  }

  /** Takes the time of the sample where the profile says that it stands in this path. */
  private boolean isTime(@Nullable Target target, long micros) {
    if (target != Role.TIME || micros == Samples.NO_TIME || time != Samples.NO_TIME) {
      return false;
    }
    time = micros;
    return true;
  }

  private static boolean isBits(Encoded shape) {
    return shape.encoding() == Encoding.BITS;
  }

  /** What a path means without its shape: a codec's values are single ones. */
  private static @Nullable Target plain(@Nullable Target target) {
    return target instanceof Shape shape ? plain(shape.inner()) : target;
  }

  /** Whether the profile keeps a path that it leads nowhere. */
  private boolean isKept(@Nullable Target target, String path) throws PayloadException {
    if (target == Role.IGNORE) {
      return false;
    }
    boolean isCap = target instanceof Role role && role.isCap();
    if (profile.unknown() == Unknown.REJECT && !isCap && target != Role.TIME) {
      throw PayloadFaults.unknown(path, place, profile);
    }
    return profile.unknown() != Unknown.DROP || isCap;
  }

  private String unknown(String path) throws PayloadException {
    return samples.claimUnknown(path, profile.isMetric(path), place);
  }
}
