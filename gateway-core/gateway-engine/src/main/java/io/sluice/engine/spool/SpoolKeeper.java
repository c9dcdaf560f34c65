package io.sluice.engine.spool;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done for the spool in the background: cursors saved, segments prepared. */
final class SpoolKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(SpoolKeeper.class);
  private static final long SAVE_MILLIS = 500;
  private static final long STOP_SECONDS = 5;

  private final SegmentPool pool;
  private final List<CursorReader> readers;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("spool-keeper").factory());

  SpoolKeeper(SegmentPool pool, List<CursorReader> readers) {
    this.pool = pool;
    this.readers = readers;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // ends with the executor; faults are logged within
  void start() {
    executor.scheduleWithFixedDelay(this::keep, SAVE_MILLIS, SAVE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void keep() {
    for (CursorReader reader : readers) {
      try {
        reader.save();
      } catch (IOException e) {
        LOG.error("spool: cursors of {} cannot be saved: {}", reader.name(), e.getMessage());
      }
    }
    try {
      pool.fill();
    } catch (IOException e) {
      LOG.warn("spool: no segment can be prepared: {}", e.getMessage());
    }
  }

  void stop() {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("spool: background work did not end within {} s", STOP_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
