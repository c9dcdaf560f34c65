package io.sluice.sim.load;

/**
 * One sender of a load run. The k-th message of an open-loop peer is due at a time that does not
 * depend on the answers to the earlier ones, and its latency counts from there: that is what makes
 * coordinated omission impossible.
 */
interface LoadPeer {
  /** Sends what is due and fits the window. On the peer's event loop. */
  void pump(long nowNanos);

  /** From now on; the first message is due at the given time, the next ones a period apart. */
  void go(long firstDueNanos, long periodNanos);

  /** Sends no more; answers still count. */
  void stop();

  /** Whether an answer may still come. */
  boolean isWaiting();

  /** Takes down what has no answer, and what was due and never sent; after {@link #stop}. */
  void conclude(long nowNanos);

  void close();
}
