package io.sluice.codec.script;

import io.sluice.api.DeviceId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Devices whose message had a script cut off, for a while. At most {@link #MOST}; beyond that the
 * one that was added first is forgotten. Confined to one thread.
 */
final class Penalties {
  /** How long a device's messages are not read. */
  static final Duration PAUSE = Duration.ofSeconds(10);

  private static final int MOST = 1_024;

  private record Penalty(long sinceNanos, String why) {}

  private final LongSupplier nanoClock;
  private final Map<DeviceId, Penalty> held = new LinkedHashMap<>();

  Penalties(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Why the device's message is not read, or null: it is. */
  @Nullable String of(DeviceId device) {
    Penalty penalty = held.isEmpty() ? null : held.get(device);
    if (penalty == null) {
      return null;
    }
    if (nanoClock.getAsLong() - penalty.sinceNanos > PAUSE.toNanos()) {
      held.remove(device);
      return null;
    }
    return "the script is not run for this device yet, since at an earlier message it was cut off: "
        + penalty.why;
  }

  /** Notes that a device's message had the script cut off; returns what its sender is told. */
  String add(DeviceId device, String why) {
    if (held.size() >= MOST) {
      held.remove(held.keySet().iterator().next());
    }
    held.put(device, new Penalty(nanoClock.getAsLong(), why));
    return why + "; it is not run for this device for " + PAUSE.toSeconds() + " s";
  }
}
