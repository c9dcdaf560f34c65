package io.sluice.spool.segment;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Segments that are given up and whose files are not yet away. The writer adds, the keeper deletes,
 * in that order: of several that go none may come back after a power cut before one that does not.
 * Deleting a file takes an old disk as long as many syncs; the writer does it itself only where
 * more than {@value #WAITING_MAX} wait, so that the disk's bound holds.
 */
public final class DiscardedSegments {
  private static final Logger LOG = LoggerFactory.getLogger(DiscardedSegments.class);
  public static final int WAITING_MAX = 4;

  private final List<SegmentPool> pools;
  private final Deque<Segment> waiting = new ArrayDeque<>();

  /** Held while a file goes, so that those behind it wait. Taken before that of {@code waiting}. */
  private final ReentrantLock deleting = new ReentrantLock();

  private volatile Runnable wakeKeeper = () -> {};

  /**
   * @param pools by size; may grow while logs are opened
   */
  public DiscardedSegments(List<SegmentPool> pools) {
    this.pools = pools;
  }

  /** Has this run whenever there is something to delete; it must not block. */
  public void onAdded(Runnable action) {
    wakeKeeper = action;
  }

  /** Writer thread. */
  void add(Segment segment) throws IOException {
    int count;
    synchronized (waiting) {
      waiting.add(segment);
      count = waiting.size();
    }
    if (count > WAITING_MAX) {
      deleteOldest();
    } else {
      wakeKeeper.run();
    }
  }

  /** Deletes what waits. What cannot be deleted stays until the next start, which finds it. */
  public void deleteAll() {
    boolean isLeft = true;
    while (isLeft) {
      try {
        isLeft = deleteOldest();
      } catch (IOException e) {
        LOG.error("spool: a segment is not deleted: {}", e.getMessage());
      }
    }
  }

  private boolean deleteOldest() throws IOException {
    deleting.lock();
    try {
      Segment oldest = poll();
      if (oldest != null) {
        oldest.discard(pools);
      }
      return oldest != null;
    } finally {
      deleting.unlock();
    }
  }

  private @Nullable Segment poll() {
    synchronized (waiting) {
      return waiting.poll();
    }
  }
}
