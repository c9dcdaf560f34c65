package io.sluice.app;

import io.sluice.api.admin.Operations.LaneView;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How long until the spool is full, by its growth over the last minutes. {@link #sample} is called
 * at a steady pace by one thread; {@link #hoursLeft} by any.
 */
final class SpoolOutlook {
  private static final int SAMPLES = 30;
  private static final double NANOS_PER_HOUR = 3.6e12;

  private final Supplier<List<LaneView>> lanes;
  private final LongSupplier nanoTime;
  private final long[] nanos = new long[SAMPLES];
  private final long[] bytes = new long[SAMPLES];
  private long taken;

  SpoolOutlook(Supplier<List<LaneView>> lanes, LongSupplier nanoTime) {
    this.lanes = lanes;
    this.nanoTime = nanoTime;
  }

  synchronized void sample() {
    int slot = (int) (taken++ % SAMPLES);
    nanos[slot] = nanoTime.getAsLong();
    bytes[slot] = lanes.get().stream().mapToLong(LaneView::bytes).sum();
  }

  /** Null while the spool does not grow, or too little is known. */
  synchronized @Nullable Double hoursLeft() {
    if (taken < 2) {
      return null;
    }
    int newest = (int) ((taken - 1) % SAMPLES);
    int oldest = taken <= SAMPLES ? 0 : (int) (taken % SAMPLES);
    long grown = bytes[newest] - bytes[oldest];
    double hours = (nanos[newest] - nanos[oldest]) / NANOS_PER_HOUR;
    if (grown <= 0 || hours <= 0) {
      return null;
    }
    long capacity = lanes.get().stream().mapToLong(LaneView::capacityBytes).sum();
    return Math.max(0, capacity - bytes[newest]) / (grown / hours);
  }
}
