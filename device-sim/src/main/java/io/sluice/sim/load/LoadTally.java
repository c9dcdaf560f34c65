package io.sluice.sim.load;

import org.HdrHistogram.Histogram;

/** What one event loop has seen; touched by that loop only. */
final class LoadTally {
  private static final long LONGEST_NANOS = 120_000_000_000L;
  Histogram latencyNanos = new Histogram(1_000, LONGEST_NANOS, 3);
  long sent;
  long acked;
  long errors;
  long retransmitted;
  long stalledWrites;
  String firstError = "";

  void acked(long startedNanos, long nowNanos) {
    acked++;
    latencyNanos.recordValue(Math.clamp(nowNanos - startedNanos, 1_000, LONGEST_NANOS));
  }

  void error(String what) {
    errors++;
    if (firstError.isEmpty()) {
      firstError = what;
    }
  }

  /** Forgets the warm-up. */
  void reset() {
    latencyNanos.reset();
    sent = 0;
    acked = 0;
    errors = 0;
    retransmitted = 0;
    stalledWrites = 0;
    firstError = "";
  }

  void addTo(LoadTally sum) {
    sum.latencyNanos.add(latencyNanos);
    sum.sent += sent;
    sum.acked += acked;
    sum.errors += errors;
    sum.retransmitted += retransmitted;
    sum.stalledWrites += stalledWrites;
    if (sum.firstError.isEmpty()) {
      sum.firstError = firstError;
    }
  }
}
