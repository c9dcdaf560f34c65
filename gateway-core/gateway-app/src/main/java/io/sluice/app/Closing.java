package io.sluice.app;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes parts in reverse order; one that fails does not keep the others open. */
final class Closing {
  private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

  private Closing() {}

  static void inReverse(List<? extends AutoCloseable> parts) {
    for (AutoCloseable part : parts.reversed()) {
      close(part);
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
      LOG.warn("closing {} failed", part.getClass().getSimpleName(), e);
    }
  }
}
