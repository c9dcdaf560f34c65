package io.sluice.sim.audit.coverage;

import io.sluice.sim.device.Ranges;
import io.sluice.sim.device.Sample;
import io.sluice.sim.device.SimMetric;
import io.sluice.sim.fleet.FleetRun.Played;
import io.sluice.sim.scenario.DeviceGroup;
import io.sluice.sim.scenario.Scenario;
import io.sluice.sim.scenario.ScenarioFault;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which metrics of a device's samples are good, as bits in the order of its profile: what lies
 * within its range, of a time that is not in doubt.
 */
final class ValueQuality {
  /** A lone live sample that is later is doubted. */
  private static final long DOUBTED_MICROS = 298_000_000;

  private final Played played;
  private final DeviceGroup group;
  private final List<String> metrics;
  private final boolean mayBeLate;
  private final long all;

  ValueQuality(Scenario scenario, Played played) {
    this.played = played;
    this.group = played.device().spec().group();
    this.metrics =
        group.profile().id().equals("plc")
            ? List.of()
            : group.profile().metrics().stream().map(SimMetric::name).toList();
    this.mayBeLate =
        scenario.faults().stream().anyMatch(fault -> fault.kind() == ScenarioFault.Kind.LINK_DOWN);
    this.all = (1L << metrics.size()) - 1;
  }

  /** Metrics that may be good. */
  long may(int index) {
    return group.waveforms().isEmpty() ? all : inRange(index);
  }

  /**
   * Metrics that certainly are.
   *
   * @param lateness of the message, microseconds; null where nobody knows
   */
  long certain(int index, @Nullable Long lateness) {
    boolean isDoubted = lateness == null ? mayBeLate : lateness > DOUBTED_MICROS;
    return isDoubted ? 0 : may(index);
  }

  private long inRange(int index) {
    Sample sample =
        played
            .device()
            .sample(
                played.log().nAt(index),
                played.device().startMillis() * 1000 + played.log().millisAt(index) * 1000,
                played.log().kindAt(index));
    long good = 0;
    for (Sample.Field field : sample.fields()) {
      int at = metrics.indexOf(field.name());
      boolean isGood =
          !(field.value() instanceof Number number)
              || Ranges.hold(group.profile().id(), field.name(), number.doubleValue());
      good |= at >= 0 && isGood ? 1L << at : 0;
    }
    return good;
  }
}
