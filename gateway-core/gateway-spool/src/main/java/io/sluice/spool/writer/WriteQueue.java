package io.sluice.spool.writer;

import io.sluice.api.Lane;
import io.sluice.spool.SpoolEntry;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.MpscArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the next group commit: a bounded queue a log, and a bound on the bytes of all.
 * Many threads offer, the writer takes. What does not fit is refused.
 */
final class WriteQueue {
  /** Most entries of one log that wait. */
  static final int ENTRIES_MAX = 32_768;

  /** Most bytes in one group commit, so that alarms that come meanwhile do not wait long. */
  private static final long GROUP_BYTES_MAX = 8 << 20;

  private static final int GROUP_ENTRIES_MAX = 16_384;

  /** So many waiting entries end the gathering: a sync costs little beside them. */
  private static final int GATHERED_ENTRIES = 256;

  private static final int ALARMS = Lane.ALARM.ordinal();

  private final List<MpscArrayQueue<SpoolEntry>> queues;
  private final long bytesMax;
  private final AtomicLong bytes = new AtomicLong();
  private volatile @Nullable Thread parked;

  /** The writer is parked to let more come: few entries wake it. */
  private volatile boolean gathering;

  WriteQueue(int logs, long bytesMax) {
    this.bytesMax = bytesMax;
    this.queues =
        java.util.stream.Stream.generate(() -> new MpscArrayQueue<SpoolEntry>(ENTRIES_MAX))
            .limit(logs)
            .toList();
  }

  boolean offer(int log, SpoolEntry entry) {
    long length = entry.body().length;
    long waiting = bytes.get();
    // An entry larger than the bound goes alone: else it could never be written.
    if (waiting > 0 && waiting + length > bytesMax) {
      return false;
    }
    // Before the offer: the writer may take it, and subtract, at once.
    bytes.addAndGet(length);
    if (!queues.get(log).offer(entry)) {
      bytes.addAndGet(-length);
      return false;
    }
    if (!gathering || isUrgent()) {
      wakeWriter();
    }
    return true;
  }

  void wakeWriter() {
    Thread thread = parked;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }

  /** Moves what waits for a log into the list, up to the bound of a group; how many bytes. */
  long drain(int log, List<SpoolEntry> into) {
    MpscArrayQueue<SpoolEntry> queue = queues.get(log);
    long taken = 0;
    SpoolEntry entry;
    while (taken < GROUP_BYTES_MAX
        && into.size() < GROUP_ENTRIES_MAX
        && (entry = queue.poll()) != null) {
      taken += entry.body().length;
      into.add(entry);
    }
    if (taken > 0) {
      bytes.addAndGet(-taken);
    }
    return taken;
  }

  boolean isEmpty() {
    for (int i = 0; i < queues.size(); i++) {
      if (!queues.get(i).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /** Whether an alarm waits, or enough for a group that is worth its sync. */
  boolean isUrgent() {
    return !queues.get(ALARMS).isEmpty() || size() >= GATHERED_ENTRIES;
  }

  /** Entries that wait, of all logs. */
  int size() {
    int size = 0;
    for (int i = 0; i < queues.size(); i++) {
      size += queues.get(i).size();
    }
    return size;
  }

  /** Parks the writer until the time is over, or it is woken, or what waits is urgent. */
  void gather(long nanos) {
    gathering = true;
    parked = Thread.currentThread();
    if (!isUrgent()) {
      LockSupport.parkNanos(this, nanos);
    }
    parked = null;
    gathering = false;
  }

  /** Parks the writer until something is offered, or it is woken, or the time is over. */
  void park(long nanos, java.util.function.BooleanSupplier hasOtherWork) {
    parked = Thread.currentThread();
    if (isEmpty() && !hasOtherWork.getAsBoolean()) {
      LockSupport.parkNanos(this, nanos);
    }
    parked = null;
  }
}
