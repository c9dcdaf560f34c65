package io.sluice.engine.forward;

import java.util.random.RandomGenerator;

/**
 * Exponential back-off with full jitter: each delay is drawn evenly from zero to a bound that
 * doubles, so that gateways which lost the same far end do not return in step. Not thread-safe.
 */
final class Backoff {
  private final RandomGenerator random;
  private final long minMillis;
  private final long maxMillis;
  private long boundMillis;

  Backoff(RandomGenerator random, long minMillis, long maxMillis) {
    this.random = random;
    this.minMillis = minMillis;
    this.maxMillis = maxMillis;
    this.boundMillis = minMillis;
  }

  long nextMillis() {
    long delay = random.nextLong(boundMillis + 1);
    boundMillis = Math.min(maxMillis, boundMillis * 2);
    return delay;
  }

  void reset() {
    boundMillis = minMillis;
  }
}
