package io.sluice.engine.fleet;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of devices that are taken over again and again: two that have one id, each at a gateway of
 * its own. {@value #DEVICES_MAX} are watched at most, the latest. Thread-safe.
 */
final class SessionFights {
  private static final Logger LOG = LoggerFactory.getLogger(SessionFights.class);
  private static final int DEVICES_MAX = 1_000;

  /** So many in {@link #WINDOW_NANOS} are a fight. */
  static final int FIGHT = 5;

  private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long TOLD_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(10);

  private final String gateway;
  private final LongSupplier nanoTime;
  private final Map<String, Taken> devices = new LinkedHashMap<>();
  private long fights;

  private static final class Taken {
    long sinceNanos;
    long toldNanos;
    int times;
    boolean told;
  }

  SessionFights(String gateway, LongSupplier nanoTime) {
    this.gateway = gateway;
    this.nanoTime = nanoTime;
  }

  /** A device's session here has ended as it signed in at that gateway. */
  synchronized void takenOver(String device, String holder) {
    long now = nanoTime.getAsLong();
    Taken known = devices.remove(device);
    Taken taken = known == null ? new Taken() : known;
    if (known == null || now - taken.sinceNanos > WINDOW_NANOS) {
      taken.sinceNanos = now;
      taken.times = 0;
    }
    taken.times++;
    if (taken.times >= FIGHT && (!taken.told || now - taken.toldNanos > TOLD_AGAIN_NANOS)) {
      taken.told = true;
      taken.toldNanos = now;
      fights++;
      LOG.warn(
          "device {} signs in at the gateways {} and {} in turn, {} times in a minute: two devices"
              + " may have its id and credentials",
          device,
          gateway,
          holder,
          taken.times);
    }
    devices.put(device, taken);
    if (devices.size() > DEVICES_MAX) {
      devices.remove(devices.keySet().iterator().next());
    }
  }

  /** How often a fight was told of. */
  synchronized long told() {
    return fights;
  }
}
