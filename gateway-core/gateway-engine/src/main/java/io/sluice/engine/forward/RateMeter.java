package io.sluice.engine.forward;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Events per second over the last ten seconds, in one-second buckets. Thread-safe. */
final class RateMeter {
  private static final int WINDOW_SECONDS = 10;

  private final LongSupplier nanoTime;
  private final long startNanos;
  private final long[] counts = new long[WINDOW_SECONDS + 1];
  private long second;

  RateMeter(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.startNanos = nanoTime.getAsLong();
  }

  synchronized void add(long events) {
    advance();
    counts[index(second)] += events;
  }

  /** The running second is left out, unless there is no full one yet. */
  synchronized double perSecond() {
    advance();
    long full = Math.min(second, WINDOW_SECONDS);
    if (full == 0) {
      return counts[index(second)];
    }
    long sum = 0;
    for (long s = second - full; s < second; s++) {
      sum += counts[index(s)];
    }
    return (double) sum / full;
  }

  private void advance() {
    long now = TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong() - startNanos);
    for (long s = Math.max(second + 1, now - WINDOW_SECONDS); s <= now; s++) {
      counts[index(s)] = 0;
    }
    second = Math.max(second, now);
  }

  private static int index(long second) {
    return (int) (second % (WINDOW_SECONDS + 1));
  }
}
