package io.sluice.spool.writer;

import io.sluice.api.Lane;
import io.sluice.api.health.Guarded;
import io.sluice.spool.SpoolEntry;
import io.sluice.spool.cursor.CursorReader;
import io.sluice.spool.segment.LogAppender;
import io.sluice.spool.segment.SegmentLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that writes: takes what waits, alarms first, writes and syncs it a log at a time, and
 * completes the entries. Batches grow by themselves under load. While entries trickle in, small
 * groups are begun 1.5 ms apart, for a sync costs the processor as much as several entries; the
 * first after a pause goes at once, and so does an alarm with all that waits then.
 */
final class SpoolWriter {
  private static final Logger LOG = LoggerFactory.getLogger(SpoolWriter.class);
  private static final int FIRST_BUFFER_BYTES = 64 << 10;
  private static final int BUFFER_BYTES_MAX = 1 << 20;
  private static final long UPKEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long STOP_MILLIS = 10_000;

  /** Least time from the begin of a small group to that of the next, where gathering is of use. */
  private static final long GATHER_NANOS = TimeUnit.MICROSECONDS.toNanos(1_500);

  /** In which those come that only waited for the last group's acknowledgements. */
  private static final long BURST_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

  /** Faults that no callback's guard took, each within 10 s of the last: then the writer ends. */
  private static final int FAULTS_MAX = 100;

  private static final long FAULTS_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** About 5 s. */
  private static final int UPKEEPS_UNTRIED_MAX = 25;

  private final List<SegmentLog> logs;
  private final WriteQueue queue;
  private final Retention retention;
  private final List<CursorReader> readers;
  private final Thread thread;

  /** As large as a group needed, up to a bound: an idle gateway needs little. */
  private ByteBuffer buffer = ByteBuffer.allocateDirect(FIRST_BUFFER_BYTES);

  private final List<SpoolEntry> group = new ArrayList<>();

  /** Entries of the group that were told what became of them. */
  private int completed;

  private final Guarded fault = Guarded.of("spool-writer");

  private final Shortages shortages;

  /** Per log: why its last write failed, null where it did not. */
  private final AtomicReferenceArray<@Nullable String> troubles;

  /** Turns of {@link #upkeep} since a log in trouble was tried. */
  private final int[] upkeepsUntried;

  private volatile @Nullable String ended;
  private volatile boolean stopping;
  private volatile Runnable afterBatch = () -> {};
  private final GroupCommitDelay gathering = new GroupCommitDelay();
  private long lastUpkeepNanos = System.nanoTime();
  private long groupBeganNanos = System.nanoTime() - GATHER_NANOS;

  /** Told once while it lasts. Of the writer thread. */
  private @Nullable String upkeepFault;

  SpoolWriter(
      List<SegmentLog> logs, WriteQueue queue, Retention retention, List<CursorReader> readers) {
    this.logs = logs;
    this.queue = queue;
    this.retention = retention;
    this.readers = readers;
    this.shortages = new Shortages(logs);
    this.troubles = new AtomicReferenceArray<>(logs.size());
    this.upkeepsUntried = new int[logs.size()];
    this.thread = Thread.ofPlatform().name("spool-writer").unstarted(this::runToTheEnd);
  }

  void start() {
    thread.start();
  }

  void afterBatch(Runnable action) {
    afterBatch = action;
  }

  boolean isRefusing(int log) {
    return stopping || shortages.isRefusing(log);
  }

  Shortages shortages() {
    return shortages;
  }

  /** Of one log; null while it takes what comes. */
  @Nullable String fault(int log) {
    return ended == null ? troubles.get(log) : ended;
  }

  /** Of the first log that has any, alarms before all. */
  @Nullable String fault() {
    String first = ended;
    for (int log = 0; first == null && log < logs.size(); log++) {
      first = troubles.get(log);
    }
    return first;
  }

  /** Writes what is queued, then ends. */
  void stop() {
    stopping = true;
    queue.wakeWriter();
    if (thread.getState() == Thread.State.NEW) {
      runToTheEnd();
      return;
    }
    boolean interrupted = false;
    try {
      thread.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (thread.isAlive()) {
      LOG.error("spool: the writer did not end within {} ms", STOP_MILLIS);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // The thread's top: whatever goes wrong must not leave producers without answer.
  @SuppressWarnings("CatchingUnchecked")
  private void runToTheEnd() {
    int faults = 0;
    long lastNanos = System.nanoTime();
    boolean isDone = false;
    while (!isDone) {
      try {
        run();
        isDone = true;
      } catch (RuntimeException | Error e) {
        faults = System.nanoTime() - lastNanos > FAULTS_NANOS ? 1 : faults + 1;
        lastNanos = System.nanoTime();
        isDone = faults >= FAULTS_MAX;
        if (isDone) {
          ended = "the spool's writer ended: " + e;
          fault.ended(e);
          stopping = true;
        } else {
          fault.caught(e);
        }
        failGroup("internal fault: " + e);
      }
    }
    failAll();
  }

  /** Those of the group that have no answer yet. */
  private void failGroup(String cause) {
    while (completed < group.size()) {
      failed(group.get(completed), cause);
    }
    group.clear();
    tellAll(Lane.ALARM.ordinal()); // of which log it was is not known here
  }

  private void failAll() {
    for (int log = 0; log < logs.size(); log++) {
      completed = 0;
      queue.drain(log, group);
      while (!group.isEmpty()) {
        failGroup("the spool is closed");
        completed = 0;
        queue.drain(log, group);
      }
    }
  }

  private void run() {
    while (true) {
      gather();
      boolean wrote = turn();
      if (System.nanoTime() - lastUpkeepNanos > UPKEEP_NANOS) {
        upkeep();
      }
      if (!wrote) {
        if (stopping && queue.isEmpty()) {
          return;
        }
        queue.park(UPKEEP_NANOS, () -> stopping);
      }
    }
  }

  /** Lets more come where the last group was begun just now, and more do come. */
  private void gather() {
    if (queue.isEmpty()) {
      return;
    }
    long left = groupBeganNanos + GATHER_NANOS - System.nanoTime();
    if (left > BURST_NANOS + BURST_NANOS / 2 && gathering.isWorthwhile()) {
      if (gathering.isWatched()) {
        queue.gather(BURST_NANOS);
        int burst = queue.size();
        queue.gather(left - BURST_NANOS);
        if (!queue.isUrgent()) {
          gathering.ended(burst, queue.size() - burst);
        }
      } else {
        queue.gather(left);
      }
    }
    groupBeganNanos = System.nanoTime();
  }

  /** Writes one group of each log that has any waiting. */
  boolean turn() {
    boolean wrote = false;
    for (int log = 0; log < logs.size(); log++) {
      completed = 0;
      long bodyBytes = queue.drain(log, group);
      if (!group.isEmpty()) {
        makeBuffer(bodyBytes);
        writeGroup(log);
        group.clear();
        wrote = true;
        // At once: what is on disk does not wait for the other logs' syncs.
        tellAll(log);
      }
    }
    return wrote;
  }

  private void tellAll(int log) {
    try {
      afterBatch.run();
    } catch (RuntimeException | Error e) {
      fault.caught(e);
    }
    for (CursorReader reader : readers) {
      reader.wake(log);
    }
  }

  private void makeBuffer(long bodyBytes) {
    int wanted = (int) Math.min(bodyBytes, BUFFER_BYTES_MAX);
    if (buffer.capacity() < wanted) {
      int withFrames = Integer.highestOneBit(wanted) << 1;
      buffer = ByteBuffer.allocateDirect(Math.min(withFrames, BUFFER_BYTES_MAX));
    }
  }

  private void writeGroup(int log) {
    int done = 0;
    String cause = null;
    boolean isFull = false;
    while (done < group.size() && cause == null) {
      List<SpoolEntry> rest = done == 0 ? group : group.subList(done, group.size());
      makeRoom(log);
      LogAppender.Commit commit = logs.get(log).appender().commit(rest, buffer);
      for (int i = 0; i < commit.count(); i++) {
        stored(rest.get(i), commit.firstSequence() + i);
      }
      done += commit.count();
      cause = commit.cause();
      if (cause != null && commit.count() > 0) {
        // The log may have become full in the middle: there may be room now.
        cause = null;
      }
      isFull = commit.isFull();
      if (cause != null && isFull) {
        makeRoom(log);
        cause = logs.get(log).appender().isBlocked() ? cause : null;
      }
    }
    judge(log, cause, isFull);
    for (int i = done; i < group.size(); i++) {
      failed(group.get(i), String.valueOf(cause));
    }
  }

  /** One entry's callback may fail; the others are told all the same, each once. */
  private void stored(SpoolEntry entry, long sequence) {
    completed++;
    try {
      entry.stored(sequence);
    } catch (RuntimeException | Error e) {
      fault.caught(e);
    }
  }

  private void failed(SpoolEntry entry, String cause) {
    completed++;
    try {
      entry.failed(cause);
    } catch (RuntimeException | Error e) {
      fault.caught(e);
    }
  }

  private void judge(int log, @Nullable String cause, boolean isFull) {
    upkeepsUntried[log] = 0;
    String before = troubles.get(log);
    String name = logs.get(log).shape().name();
    if (cause == null || isFull) {
      if (cause == null && before != null) {
        LOG.info("spool: the disk takes records of the {} lane again", name);
        troubles.set(log, null);
      }
    } else {
      if (before == null) {
        LOG.error(
            "spool: {}; nothing of the {} lane is acknowledged until the disk takes it",
            cause,
            name);
      }
      troubles.set(log, cause);
    }
    refuseWhileBlocked(log);
  }

  /**
   * So that a lane whose devices are silent does not stay in trouble when the disk is well again.
   */
  private void probe(int log) {
    if (troubles.get(log) == null || ++upkeepsUntried[log] < UPKEEPS_UNTRIED_MAX) {
      return;
    }
    upkeepsUntried[log] = 0;
    try {
      logs.get(log).appender().probe();
      judge(log, null, false);
    } catch (IOException e) {
      troubles.set(log, messageOf(e));
    }
  }

  private static String messageOf(IOException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private void makeRoom(int log) {
    try {
      if (logs.get(log).appender().isBlocked()) {
        long dropped = retention.makeRoom(log);
        if (dropped > 0) {
          shortages.drops(log, dropped);
        }
      }
    } catch (IOException e) {
      LOG.error("spool: no room can be made: {}", e.getMessage());
    }
  }

  private void refuseWhileBlocked(int log) {
    makeRoom(log);
    shortages.refuses(log, logs.get(log).appender().isBlocked());
    shortages.look(log);
  }

  /** Deletes what is done with, and tries what was in trouble. */
  void upkeep() {
    lastUpkeepNanos = System.nanoTime();
    String fault = null;
    for (int log = 0; log < logs.size(); log++) {
      try {
        upkeep(log);
      } catch (IOException e) {
        fault = messageOf(e);
      }
    }
    if (fault != null && !fault.equals(upkeepFault)) {
      LOG.error("spool: segments cannot be deleted or cut off: {}", fault);
    }
    upkeepFault = fault;
  }

  private void upkeep(int log) throws IOException {
    probe(log);
    logs.get(log).appender().cutOffFailed();
    retention.discardConsumed(log);
    if (log == Lane.TELEMETRY.ordinal()) {
      retention.discardExpired();
    }
    if (shortages.isAtBound(log)) {
      refuseWhileBlocked(log);
    }
  }
}
