package io.sluice.sim.fleet;

import io.sluice.sim.device.Hash;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.scenario.Scenario;
import io.sluice.sim.scenario.ScenarioFault;
import io.sluice.sim.scenario.ScenarioFault.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The faults that hit one device. A function of seed, time and a message's place in the run: the
 * same seed plays the same faults. Times are milliseconds since the run's start.
 */
final class DeviceFaults {
  private final List<ScenarioFault> faults = new ArrayList<>(0);
  private final long seed;

  DeviceFaults(Scenario scenario, DeviceSpec spec) {
    this.seed = spec.seed();
    for (int number = 0; number < scenario.faults().size(); number++) {
      ScenarioFault fault = scenario.faults().get(number);
      if (fault.hits(spec, number)) {
        faults.add(fault);
      }
    }
  }

  /** Those that begin at a moment: what touches the link, and what is handed in over it. */
  List<ScenarioFault> scheduled() {
    return faults.stream()
        .filter(fault -> fault.kind().strikesLink() || fault.kind() == Kind.HISTORY)
        .toList();
  }

  @Nullable ScenarioFault active(Kind kind, long millis) {
    for (ScenarioFault fault : faults) {
      if (fault.kind() == kind && fault.isOn(millis)) {
        return fault;
      }
    }
    return null;
  }

  boolean isSilent(long millis) {
    for (ScenarioFault fault : faults) {
      if (fault.kind().silences() && fault.isOn(millis)) {
        return true;
      }
    }
    return false;
  }

  /** How long until it begins next. */
  long nextBegin(ScenarioFault fault, long millis) {
    long until = fault.at().toMillis() - millis;
    Duration every = fault.every();
    if (until < 0 && every != null) {
      until += (-until / every.toMillis() + 1) * every.toMillis();
    }
    return Math.max(0, until);
  }

  /** How long it lasts for this device: after a storm each comes back at a moment of its own. */
  long lengthMillis(ScenarioFault fault) {
    Duration length = fault.length();
    long millis = length == null ? 0 : length.toMillis();
    return fault.kind() == Kind.STORM ? (long) (millis * Hash.unit(seed, 0x570)) : millis;
  }

  long skewMillis(long millis) {
    ScenarioFault skew = active(Kind.SKEW, millis);
    return skew == null ? 0 : skew.skew().toMillis();
  }

  long delayMillis(long n, long millis) {
    ScenarioFault slow = active(Kind.SLOW, millis);
    return slow == null
        ? 0
        : slow.delay().toMillis() + (long) (slow.jitter().toMillis() * Hash.unit(seed ^ 0x510, n));
  }

  /** The fault that spoils message n, or null. */
  @Nullable ScenarioFault spoiling(long n, long millis) {
    for (ScenarioFault fault : faults) {
      if (fault.kind().spoils() && isStruck(fault, n, millis)) {
        return fault;
      }
    }
    return null;
  }

  boolean strikes(Kind kind, long n, long millis) {
    ScenarioFault fault = active(kind, millis);
    return fault != null && isStruck(fault, n, millis);
  }

  private boolean isStruck(ScenarioFault fault, long n, long millis) {
    return fault.isOn(millis)
        && Hash.unit(seed ^ Hash.mix(0xC4A, fault.kind().ordinal()), n) < fault.chance();
  }
}
