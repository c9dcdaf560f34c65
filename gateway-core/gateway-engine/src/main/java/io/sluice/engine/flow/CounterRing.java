package io.sluice.engine.flow;

/**
 * Samples of a few counters, the oldest overwritten: rates over a time gone by at the cost of two
 * look-ups. Not thread-safe.
 */
final class CounterRing {
  private static final double NANOS_PER_SECOND = 1e9;

  private final long[] nanos;
  private final long[][] counters;
  private long taken;

  CounterRing(int samples, int counters) {
    this.nanos = new long[samples];
    this.counters = new long[samples][counters];
  }

  /** The values are copied. */
  void add(long nanoTime, long[] values) {
    int slot = slot(taken++);
    nanos[slot] = nanoTime;
    System.arraycopy(values, 0, counters[slot], 0, values.length);
  }

  /**
   * Growth per second, over the shortest time between two samples, one of them the newest, that is
   * at least so long; over all there is where that is shorter; 0 where there is none.
   */
  double perSecond(int counter, long windowNanos) {
    if (taken < 2) {
      return 0;
    }
    int newest = slot(taken - 1);
    int from = newest;
    for (long sample = taken - 2; sample >= Math.max(0, taken - nanos.length); sample--) {
      from = slot(sample);
      if (nanos[newest] - nanos[from] >= windowNanos) {
        break;
      }
    }
    double seconds = (nanos[newest] - nanos[from]) / NANOS_PER_SECOND;
    return seconds <= 0 ? 0 : (counters[newest][counter] - counters[from][counter]) / seconds;
  }

  /** Between the oldest sample that is kept and the newest. */
  long spanNanos() {
    return taken < 2 ? 0 : nanos[slot(taken - 1)] - nanos[slot(Math.max(0, taken - nanos.length))];
  }

  private int slot(long sample) {
    return (int) (sample % nanos.length);
  }
}
