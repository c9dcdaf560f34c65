package io.sluice.engine.ingest;

import io.sluice.api.operator.Operations.LatencyHistogram;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A histogram of durations from 0.1 ms to 10 s. Written by one thread, read by any: a reader may
 * see a count a moment before the sum.
 */
final class LatencyCounts {
  private static final double[] UPPER_BOUNDS_SECONDS = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
  };
  private static final long[] UPPER_BOUNDS_NANOS = nanos();

  /** One slot a bound, one above them, and last the sum in nanoseconds. */
  private final AtomicLongArray slots = new AtomicLongArray(UPPER_BOUNDS_SECONDS.length + 2);

  void record(long nanos) {
    int slot = 0;
    while (slot < UPPER_BOUNDS_NANOS.length && nanos > UPPER_BOUNDS_NANOS[slot]) {
      slot++;
    }
    add(slot, 1);
    add(slots.length() - 1, nanos);
  }

  private void add(int slot, long delta) {
    slots.setOpaque(slot, slots.getPlain(slot) + delta);
  }

  LatencyHistogram snapshot() {
    long[] counts = new long[UPPER_BOUNDS_SECONDS.length + 1];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = slots.getOpaque(i);
    }
    return new LatencyHistogram(
        UPPER_BOUNDS_SECONDS.clone(), counts, slots.getOpaque(slots.length() - 1) / 1e9);
  }

  private static long[] nanos() {
    long[] bounds = new long[UPPER_BOUNDS_SECONDS.length];
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = Math.round(UPPER_BOUNDS_SECONDS[i] * 1e9);
    }
    return bounds;
  }
}
