package io.sluice.sim.fleet;

import io.sluice.sim.device.Hash;
import io.sluice.sim.device.Kind;
import io.sluice.sim.device.SimDevice;
import io.sluice.sim.scenario.DeviceGroup.AlarmPlan;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** When a device raises its alarm, and when it clears it. Confined to the device's event loop. */
final class AlarmCycle {
  private final SimDevice device;
  private final @Nullable AlarmPlan plan;

  /** What follows an alarm, one message each time. */
  private final Queue<Kind> pending = new ArrayDeque<>(2);

  private boolean isRaised;
  private long clearAtMillis;
  private long dueMillis = Long.MAX_VALUE;

  /**
   * @param startMillis the run's; a scheduled alarm comes first after half to all of its time
   */
  AlarmCycle(SimDevice device, long startMillis) {
    this.device = device;
    this.plan = device.spec().group().alarms();
    if (plan != null && plan.every() != null) {
      double share = 0.5 + 0.5 * Hash.unit(device.spec().seed(), -2);
      dueMillis = startMillis + (long) (plan.every().toMillis() * share);
    }
  }

  /**
   * What has to be sent now, or null.
   *
   * @param nextN the counter that a message would get
   */
  @Nullable Kind next(long nowMillis, long nextN) {
    if (plan == null) {
      return null;
    }
    Kind more = pending.poll();
    if (more != null) {
      return more;
    }
    if (isRaised) {
      isRaised = nowMillis < clearAtMillis;
      return isRaised ? null : Kind.ALARM_CLEARED;
    }
    isRaised = nowMillis >= dueMillis || device.alarmStrikes(nextN);
    if (!isRaised) {
      return null;
    }
    clearAtMillis = nowMillis + plan.clearAfter().toMillis();
    if (plan.every() != null) {
      dueMillis = nowMillis + plan.every().toMillis();
    }
    if (plan.points() > 1) {
      pending.add(Kind.SECOND_RAISED);
    }
    if (plan.becomesActual()) {
      pending.add(Kind.ALARM_ACTUAL);
    }
    return Kind.ALARM_RAISED;
  }
}
