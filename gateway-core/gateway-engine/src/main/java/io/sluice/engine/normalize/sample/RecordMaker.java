package io.sluice.engine.normalize.sample;

import io.sluice.api.Cap;
import io.sluice.api.Device;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.QualityReason;
import io.sluice.api.TimeSource;
import io.sluice.engine.normalize.profile.AlarmRule;
import io.sluice.engine.normalize.profile.CapWords;
import io.sluice.engine.normalize.profile.Metric;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Target.Field;
import io.sluice.engine.record.RecordFormat;
import io.sluice.engine.record.RecordWriter;
import io.sluice.spool.TermDictionary;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Judges what a codec took out of a payload and writes the record: time, history, quality, class.
 *
 * <p>The record's time is that of its newest value, and the gateway's where a value has none. It is
 * historical where the device says so ({@code "hist": true}), or where it carries several times,
 * all of them more than five minutes old. A message of one old time is no history but a clock that
 * is off: its values are uncertain. Used by one thread.
 */
public final class RecordMaker {
  private static final Cap UNKNOWN = new Cap("Unknown", "Unknown", "Unknown", "Actual");

  private final RecordWriter writer;
  private final ClockFloor floor;
  private final Distinct distinct = new Distinct();
  private String topic = "";
  private String codec = "";
  private String source = "";

  private long time;
  private TimeSource timeSource = TimeSource.SERVER;
  private boolean historical;
  private long earliestGood;
  private long latestGood;
  private boolean clockSet;

  /**
   * @param dictionary by which records name by number; null where each is to be readable alone
   */
  public RecordMaker(ClockFloor floor, @Nullable TermDictionary dictionary) {
    this.floor = floor;
    this.writer = dictionary == null ? new RecordWriter() : new RecordWriter(dictionary);
  }

  public Normalized make(
      Samples samples,
      Profile profile,
      Device device,
      String gatewayId,
      MessageClass published,
      String protocol,
      String topic,
      String codec,
      long receivedMicros) {
    AlarmRule rule = RuleCheck.firstThatHolds(profile, samples);
    MessageClass messageClass = rule == null ? published : MessageClass.ALARM;
    distinct.apart(messageClass == MessageClass.ALARM, !profile.alarms().isEmpty());
    distinct.spacing(profile.spacingMicros());
    judgeTime(samples, receivedMicros);
    writer
        .begin(messageClass, time, timeSource, receivedMicros, historical)
        .identity(
            device.id().value(),
            device.sector(),
            device.site(),
            device.profile(),
            gatewayId,
            protocol,
            source(topic, codec));
    for (int i = 0; i < samples.count; i++) {
      write(samples, i);
    }
    if (messageClass == MessageClass.ALARM) {
      if (published != MessageClass.ALARM) {
        writer.ruled();
      }
      writer.cap(cap(samples, profile, rule));
    }
    return new Normalized(messageClass, writer.finish(), samples.faults());
  }

  /**
   * The record's time is that of its newest value. Each value's own time is judged alone: a value
   * without time beside it makes an old one no better.
   */
  private void judgeTime(Samples samples, long received) {
    settle(samples, received);
    long newest = samples.count == 0 ? samples.time : Samples.NO_TIME;
    long timed = Samples.NO_TIME;
    boolean several = false;
    boolean untimed = samples.count == 0 && samples.time == Samples.NO_TIME;
    for (int i = 0; i < samples.count; i++) {
      long each = samples.times[i];
      if (each == Samples.NO_TIME) {
        untimed = true;
      } else {
        several |= timed != Samples.NO_TIME && timed != each;
        timed = each;
        newest = Math.max(newest, each);
      }
    }
    if (untimed) {
      time = received;
      timeSource = TimeSource.SERVER;
    } else {
      time = newest;
      timeSource = samples.relativeTime ? TimeSource.GATEWAY : TimeSource.DEVICE;
    }
    clockSet = floor.isSet(received);
    if (!clockSet) {
      // the gateway's clock says nothing: a device's that may be right is taken for right
      historical = samples.historical;
      return;
    }
    boolean late = newest < received - ObservedTimes.MAX_DEVIATION_MICROS;
    historical = samples.historical || (several && late && !untimed);
    latestGood = received + ObservedTimes.MAX_DEVIATION_MICROS;
    boolean history = historical || several || samples.history;
    earliestGood = history ? Long.MIN_VALUE : received - ObservedTimes.MAX_DEVIATION_MICROS;
  }

  /**
   * Times of a clock that was never set keep their differences, the newest at receipt, where there
   * are several; one alone is none. Then no name comes twice with one time.
   */
  private void settle(Samples samples, long received) {
    long newestUnset = Long.MIN_VALUE;
    boolean severalUnset = false;
    boolean set = false;
    for (int i = 0; i < samples.count; i++) {
      long each = samples.times[i];
      if (each != Samples.NO_TIME && each < ObservedTimes.EARLIEST_MICROS) {
        severalUnset |= newestUnset != Long.MIN_VALUE && newestUnset != each;
        newestUnset = Math.max(newestUnset, each);
      } else {
        set |= each != Samples.NO_TIME;
      }
    }
    if (newestUnset != Long.MIN_VALUE) {
      boolean shifted = severalUnset && !set;
      for (int i = 0; i < samples.count; i++) {
        long each = samples.times[i];
        if (each != Samples.NO_TIME && each < ObservedTimes.EARLIEST_MICROS) {
          samples.times[i] = shifted ? each - newestUnset + received : Samples.NO_TIME;
        }
      }
      samples.relativeTime |= shifted;
    }
    if (samples.time != Samples.NO_TIME && samples.time < ObservedTimes.EARLIEST_MICROS) {
      samples.time = Samples.NO_TIME;
    }
    if (samples.begun > 1) {
      distinct.settle(samples, received);
    }
  }

  /** The rule's classification, over it what the payload says; of back-fill the urgency is past. */
  private Cap cap(Samples samples, Profile profile, @Nullable AlarmRule rule) {
    Cap base = rule == null ? UNKNOWN : rule.cap();
    CapWords said = CapWords.in(profile.alarmFields().cap(), name -> lastOf(samples, name));
    Cap cap = said.over(base);
    return historical && said.urgency() == null
        ? new Cap(cap.severity(), "Past", cap.certainty(), cap.status())
        : cap;
  }

  private static @Nullable Object lastOf(Samples samples, String name) {
    for (int i = samples.count - 1; i >= 0; i--) {
      if (samples.nameOf(i).equals(name)) {
        return switch (samples.kinds[i]) {
          case STRING -> samples.objects[i];
          case TRUE -> true;
          default -> null;
        };
      }
    }
    return null;
  }

  private void write(Samples samples, int index) {
    long own = samples.times[index];
    boolean doubted = isDoubted(own);
    Quality quality = doubted ? Quality.UNCERTAIN : Quality.GOOD;
    QualityReason reason = doubted ? QualityReason.CLOCK : null;
    if (samples.bad[index] != null) {
      quality = Quality.BAD;
      reason = samples.bad[index];
    }
    long ownTime = own == time ? RecordFormat.NO_TIME : own;
    Field field = samples.fields[index];
    if (field != null) {
      Metric metric = field.metric();
      writer.measurement(metric.nameUtf8(), metric.unitUtf8(), quality, reason, ownTime);
    } else {
      String unit = samples.units[index];
      writer.measurement(samples.names[index], unit, quality, reason, ownTime);
    }
    value(samples, index);
  }

  private boolean isDoubted(long own) {
    if (!clockSet) {
      return own == Samples.NO_TIME || !floor.isSet(own);
    }
    return own != Samples.NO_TIME && (own < earliestGood || own > latestGood);
  }

  private void value(Samples samples, int index) {
    switch (samples.kinds[index]) {
      case LONG -> writer.value(samples.bits[index]);
      case DOUBLE -> writer.value(Double.longBitsToDouble(samples.bits[index]));
      case TRUE -> writer.value(true);
      case FALSE -> writer.value(false);
      case STRING -> writer.value((String) Objects.requireNonNull(samples.objects[index]));
      case BYTES -> writer.value((byte[]) Objects.requireNonNull(samples.objects[index]));
    }
  }

  private String source(String topic, String codec) {
    if (!this.topic.equals(topic) || !this.codec.equals(codec)) {
      this.topic = topic;
      this.codec = codec;
      this.source = topic + ';' + codec;
    }
    return source;
  }
}
