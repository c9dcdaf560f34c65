package io.sluice.spool.writer;

import io.sluice.api.health.Guarded;
import io.sluice.spool.cursor.CursorReader;
import io.sluice.spool.segment.DiscardedSegments;
import io.sluice.spool.segment.SegmentPool;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done for the spool in the background: cursors saved, segments deleted and prepared. */
final class SpoolMaintenance {
  /** What else is written from time to time. */
  interface Upkeep {
    void run() throws IOException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(SpoolMaintenance.class);
  private static final Guarded FAULTS = Guarded.of("spool-keeper");
  private static final long SAVE_MILLIS = 500;
  private static final long STOP_SECONDS = 5;
  private static final int KEEPS_AFTER_FAILURE = 60;

  private final List<SegmentPool> pools;
  private final List<CursorReader> readers;
  private final DiscardedSegments discarded;
  private final Upkeep upkeep;

  // Of the keeper's thread: by reader, why it was not saved.
  private final Map<String, String> faults = new HashMap<>();
  private int keepsToWait;

  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("spool-keeper").factory());

  SpoolMaintenance(
      List<SegmentPool> pools,
      DiscardedSegments discarded,
      List<CursorReader> readers,
      Upkeep upkeep) {
    this.upkeep = upkeep;
    this.pools = pools;
    this.discarded = discarded;
    this.readers = readers;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // ends with the executor; faults are logged within
  void start() {
    Runnable delete = Guarded.task("spool-delete", discarded::deleteAll);
    discarded.onAdded(() -> executor.execute(delete));
    executor.scheduleWithFixedDelay(
        Guarded.task("spool-keeper", this::keep), SAVE_MILLIS, SAVE_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Saves what has moved, prepares what is missing. */
  void keep() {
    for (CursorReader reader : readers) {
      tell(reader.name(), save(reader));
    }
    discarded.deleteAll();
    tell("plain segments", settle());
    if (keepsToWait > 0) {
      keepsToWait--;
      return;
    }
    try {
      for (SegmentPool pool : pools) {
        pool.fill();
      }
    } catch (IOException e) {
      // What space is left is for records: it is not taken, and given back, twice a second.
      keepsToWait = KEEPS_AFTER_FAILURE;
      LOG.warn("spool: no segment can be prepared: {}", e.getMessage());
    }
  }

  private @Nullable String settle() {
    try {
      upkeep.run();
      return null;
    } catch (IOException e) {
      return e.getMessage() == null ? e.toString() : e.getMessage();
    }
  }

  private static @Nullable String save(CursorReader reader) {
    try {
      reader.save();
      return null;
    } catch (IOException e) {
      return e.getMessage() == null ? e.toString() : e.getMessage();
    } catch (RuntimeException e) { // one reader's fault must not keep the others from being saved
      FAULTS.caught(e);
      return e.toString();
    }
  }

  /** Once when it begins, and when it is over. */
  private void tell(String name, @Nullable String fault) {
    String before = fault == null ? faults.remove(name) : faults.put(name, fault);
    if (fault != null && !fault.equals(before)) {
      LOG.error("spool: cursors of {} cannot be saved: {}", name, fault);
    } else if (fault == null && before != null) {
      LOG.info("spool: cursors of {} are saved again", name);
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
