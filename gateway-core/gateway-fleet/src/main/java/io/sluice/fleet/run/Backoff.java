package io.sluice.fleet.run;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Pauses between attempts, from a second on, each twice as long as the last. Not thread-safe. */
final class Backoff {
  static final long SECONDS_MAX = 30;

  private final CountDownLatch stop;
  private long seconds = 1;

  /**
   * @param stop ends a pause, and all that follow
   */
  Backoff(CountDownLatch stop) {
    this.stop = stop;
  }

  /** How long the next pause is. */
  long seconds() {
    return seconds;
  }

  /** It went well: the next pause is a short one. */
  void reset() {
    seconds = 1;
  }

  /** Waits; false where there is to be no further attempt. */
  boolean pause() throws InterruptedException {
    boolean isStopped = stop.await(seconds, TimeUnit.SECONDS);
    seconds = Math.min(SECONDS_MAX, 2 * seconds);
    return !isStopped;
  }
}
