package io.sluice.cli;

import io.sluice.api.health.Guarded;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes parts in reverse order; one that fails does not keep the others open. */
public final class Closing {
  private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

  private Closing() {}

  /** One after the other, the last first. */
  public static void inReverse(List<? extends AutoCloseable> parts) {
    for (AutoCloseable part : parts.reversed()) {
      close(part);
    }
  }

  /**
   * Closes parts that do not need each other, all at once, each on a thread of its own. One that
   * has not ended by then is left behind.
   */
  public static void sideBySide(List<? extends AutoCloseable> parts, Duration atMost) {
    CountDownLatch open = new CountDownLatch(parts.size());
    for (AutoCloseable part : parts) {
      Runnable closing =
          Guarded.task(
              "closing",
              () -> {
                try {
                  close(part);
                } finally {
                  open.countDown();
                }
              });
      Thread.ofPlatform().daemon().name("closing").start(closing);
    }
    try {
      if (!open.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("{} of {} parts did not close in {}", open.getCount(), parts.size(), atMost);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      LOG.warn("closing was interrupted");
    }
  }

  // A part may throw anything while it closes, and the others must be closed all the same.
  private static void close(AutoCloseable part) {
    try {
      part.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      LOG.warn("closing {} was interrupted", part.getClass().getSimpleName());
    } catch (Exception e) {
      LOG.warn("closing {} failed: {}", part.getClass().getSimpleName(), e.toString());
      LOG.debug("closing failed", e);
    }
  }
}
