package io.sluice.engine.limits;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * A token bucket without a timer: the generic cell rate algorithm (ITU-T I.371, virtual
 * scheduling). One word of state, one compare-and-set a take. Thread-safe; full at first.
 */
final class TokenBucket {
  /**
   * The word lies in the bucket itself: with many devices each step to another object is a miss.
   */
  private static final AtomicLongFieldUpdater<TokenBucket> FULL_AT =
      AtomicLongFieldUpdater.newUpdater(TokenBucket.class, "fullAtNanos");

  private final double nanosPerToken;
  private final long burstNanos;

  /** When the bucket will be full again, by {@link System#nanoTime}. */
  private volatile long fullAtNanos;

  /**
   * @param tokensPerSecond more than 0
   * @param burst tokens that it holds when full, at least 1
   */
  TokenBucket(double tokensPerSecond, double burst, long nowNanos) {
    this.nanosPerToken = 1e9 / tokensPerSecond;
    this.burstNanos = (long) (nanosPerToken * burst);
    this.fullAtNanos = nowNanos;
  }

  /**
   * Takes tokens where there are enough. More than the burst are taken from a full bucket all the
   * same, which then owes them: else one large message could never pass.
   *
   * @return 0 where they were taken, else the nanoseconds until there will be enough
   */
  long take(double tokens, long nowNanos) {
    long cost = (long) (tokens * nanosPerToken);
    while (true) {
      long fullAt = fullAtNanos;
      long base = fullAt - nowNanos > 0 ? fullAt : nowNanos;
      long wait = base - nowNanos + Math.min(cost, burstNanos) - burstNanos;
      if (wait > 0) {
        return wait;
      }
      if (FULL_AT.compareAndSet(this, fullAt, base + cost)) {
        return 0;
      }
    }
  }

  /** Gives back what was taken for something that another limit then refused. */
  void giveBack(double tokens) {
    FULL_AT.addAndGet(this, -(long) (tokens * nanosPerToken));
  }

  /** Whether nothing is missing: then a new bucket is as good. */
  boolean isFull(long nowNanos) {
    return fullAtNanos - nowNanos <= 0;
  }
}
