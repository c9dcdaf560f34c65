package io.sluice.sim.device;

import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.device.Waveform.Moment;
import io.sluice.sim.scenario.DeviceGroup;
import io.sluice.sim.scenario.DeviceGroup.AlarmPlan;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Firmware;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a device has to say at any time: a pure function, so that the audit can ask again. Safe for
 * use by any thread.
 */
public final class SimDevice {
  private static final String POINT = "point";
  private static final long ALARM_SALT = 0x5A11A23L;
  private final DeviceSpec spec;
  private final long startMicros;
  private final long originMicros;
  private final long intervalMicros;
  private final long firstTickMicros;
  private final List<SimMetric> metrics;

  /**
   * @param startMicros when the run began, microseconds since the epoch
   */
  public SimDevice(DeviceSpec spec, long startMicros) {
    this(spec, startMicros, startMicros);
  }

  /**
   * The same in a world that has another time.
   *
   * @param originMicros what time it is there when the run begins, microseconds since the epoch
   */
  public SimDevice(DeviceSpec spec, long startMicros, long originMicros) {
    this.spec = spec;
    this.startMicros = startMicros;
    this.originMicros = originMicros;
    this.intervalMicros = Math.max(1, spec.group().interval().toNanos() / 1_000);
    this.firstTickMicros = (long) (intervalMicros * Hash.unit(spec.seed(), -1));
    this.metrics = metrics(spec.group());
  }

  /** When the run began, milliseconds since the epoch. */
  public long startMillis() {
    return startMicros / 1_000;
  }

  public DeviceSpec spec() {
    return spec;
  }

  /** The message with counter n, if it is measured then and of that kind. */
  public Sample sample(long n, long micros, Kind kind) {
    Firmware firmware = spec.group().firmware();
    if (firmware != null && (kind == Kind.STATE || kind == Kind.DEATH)) {
      return new Sample(n, micros, kind, firmware.life(spec, kind == Kind.STATE));
    }
    if (kind == Kind.WRITTEN) {
      return new Sample(n, micros, kind, List.of());
    }
    Sample measured = measured(n, micros, kind);
    return firmware == null ? measured : firmware.said(spec, measured, index(n));
  }

  private Sample measured(long n, long micros, Kind kind) {
    List<Field> fields = new ArrayList<>(metrics.size() + 8);
    AlarmPlan alarms = spec.group().alarms();
    boolean hasPoints = kind.isAlarm() && alarms != null && alarms.points() > 1;
    if (kind.isAlarm() && alarms != null) {
      fields.add(new Field("active", null, kind.raises()));
      fields.add(new Field("alarmName", null, alarmName(alarms)));
      fields.add(new Field("cause", null, alarms.cause()));
      fields.add(new Field("severity", null, alarms.severity()));
      fields.add(new Field("urgency", null, kind.raises() ? "Immediate" : "Past"));
      fields.add(new Field("certainty", null, "Observed"));
      fields.add(new Field("status", null, alarms.status(kind)));
      if (hasPoints) {
        fields.add(new Field(POINT, null, kind == Kind.SECOND_RAISED ? "2" : "1"));
      }
    }
    Moment moment =
        new Moment(originMicros + elapsedMicros(micros), originMicros, index(n), spec.siteSeed());
    for (int i = 0; i < metrics.size(); i++) {
      SimMetric metric = metrics.get(i);
      if (hasPoints && metric.name().equals(POINT)) {
        continue;
      }
      fields.add(
          new Field(
              metric.name(), metric.unit(), metric.valueAt(Hash.mix(spec.seed(), i), moment)));
    }
    return new Sample(n, micros, kind, fields);
  }

  /**
   * Place of a message in the run, from 0: what chance goes by, so that it is the same each time.
   */
  public long index(long n) {
    return n - startMicros / 1_000;
  }

  /**
   * On the device's grid, so that a message that is sent a moment later than the last time says the
   * same.
   */
  private long elapsedMicros(long micros) {
    double tick = Math.rint((double) (micros - startMicros - firstTickMicros) / intervalMicros);
    return firstTickMicros + ((long) tick) * intervalMicros;
  }

  /** Whether chance has it that an alarm is raised with message n. */
  public boolean alarmStrikes(long n) {
    AlarmPlan alarms = spec.group().alarms();
    return alarms != null && Hash.unit(spec.seed() ^ ALARM_SALT, index(n)) < alarms.chance();
  }

  /**
   * What its alarm is called: its cause. Where a metric has that name, it is called otherwise, as
   * what a server's rules say of a metric is an alarm of the metric's name.
   */
  public String alarmName(AlarmPlan alarms) {
    boolean isTaken = metrics.stream().anyMatch(metric -> metric.name().equals(alarms.cause()));
    return isTaken ? alarms.cause() + "-alarm" : alarms.cause();
  }

  private static List<SimMetric> metrics(DeviceGroup group) {
    Map<String, SimMetric> byName = new LinkedHashMap<>();
    group.profile().metrics().forEach(metric -> byName.put(metric.name(), metric));
    group
        .waveforms()
        .forEach((name, waveform) ->
            byName.put(name, byName.getOrDefault(name, SimProfiles.extra(name)).with(waveform)));
    return List.copyOf(byName.values());
  }
}
