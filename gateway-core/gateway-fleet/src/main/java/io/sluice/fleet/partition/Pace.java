package io.sluice.fleet.partition;

/**
 * How often a partition looks at all of its devices: as often as it is asked to, but for a
 * twentieth of the time of the thread at most, which all partitions here share, and once a minute
 * in any case. With few devices that is each time. Not thread-safe.
 */
final class Pace {
  private static final int PART = 20;
  private static final long MOST_MICROS = 60_000_000L;

  private long nextMicros = Long.MIN_VALUE;

  boolean isDue(long nowMicros) {
    // a clock that was set back makes nobody wait longer
    return nowMicros >= nextMicros || nextMicros - nowMicros > MOST_MICROS;
  }

  /**
   * It was done.
   *
   * @param tookMicros how long that took
   * @param partitions that do the same
   */
  void done(long nowMicros, long tookMicros, int partitions) {
    nextMicros = nowMicros + Math.min(MOST_MICROS, PART * tookMicros * Math.max(1, partitions));
  }
}
