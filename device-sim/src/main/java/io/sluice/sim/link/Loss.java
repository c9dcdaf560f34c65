package io.sluice.sim.link;

import io.sluice.sim.device.Hash;
import io.sluice.sim.figures.FleetCounters;
import java.util.concurrent.atomic.AtomicLong;

/** Which datagrams vanish on a device's link: drawn by its seed. Safe for use by any thread. */
final class Loss {
  private static final long SALT = 0x1055;

  /** TCP's least retransmission time-out on Linux; it doubles with each loss in a row. */
  private static final long RETRANSMISSION_MILLIS = 200;

  /** Losses in a row after which a connection is given up. */
  private static final int MOST_LOSSES = 7;

  private final long seed;
  private final FleetCounters counters;
  private final AtomicLong drawn = new AtomicLong();
  private volatile double chance;

  Loss(long seed, FleetCounters counters) {
    this.seed = seed ^ SALT;
    this.counters = counters;
  }

  void chance(double each) {
    chance = each;
  }

  boolean strikes() {
    if (chance <= 0 || Hash.unit(seed, drawn.getAndIncrement()) >= chance) {
      return false;
    }
    counters.vanished.increment();
    return true;
  }

  /**
   * How long what is sent or received over TCP now waits for its retransmissions; -1: so long that
   * the connection is given up.
   */
  long waitMillis() {
    int losses = 0;
    while (losses < MOST_LOSSES && strikes()) {
      losses++;
    }
    return losses == MOST_LOSSES ? -1 : RETRANSMISSION_MILLIS * ((1L << losses) - 1);
  }
}
