package io.sluice.trial;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C. What is being started or waited for is given up at once; from {@link #tellOnly} on, who
 * plays looks for it, and ends in order. Thread-safe.
 */
final class Interruption {
  private final Thread player;
  private final CountDownLatch come = new CountDownLatch(1);
  private boolean isToldOnly; // guarded by this

  /**
   * @param player who is interrupted where it does not look
   */
  Interruption(Thread player) {
    this.player = player;
  }

  /** It comes. */
  synchronized void come() {
    come.countDown();
    if (!isToldOnly) {
      player.interrupt();
    }
  }

  private boolean hasCome() {
    return come.getCount() == 0;
  }

  /**
   * Whether it has come where the player did not look: whatever fails from then on fails because of
   * it.
   */
  synchronized boolean hasGivenUp() {
    return hasCome() && !isToldOnly;
  }

  /**
   * From here on the player looks for it.
   *
   * @throws InterruptedException where it has come before
   */
  synchronized void tellOnly() throws InterruptedException {
    if (hasCome()) {
      throw new InterruptedException("Ctrl-C");
    }
    isToldOnly = true;
  }

  /** Waits for it; whether it has come. */
  boolean await(long seconds) throws InterruptedException {
    return come.await(seconds, TimeUnit.SECONDS);
  }
}
