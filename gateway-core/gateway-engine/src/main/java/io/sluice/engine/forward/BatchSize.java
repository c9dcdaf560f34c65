package io.sluice.engine.forward;

import java.util.concurrent.TimeUnit;

/**
 * How many records a batch may have so that an alarm, which queues behind the batches under way,
 * does not wait long: where verdicts take more than a target above the shortest yet seen (the far
 * end's own delay), batches shrink; where they take less than half of it, they grow. Not
 * thread-safe.
 */
final class BatchSize {
  private static final long TARGET_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
  private static final int LEAST_RECORDS = 16;

  private final int maxRecords;
  private int records;
  private long shortestNanos = Long.MAX_VALUE;

  BatchSize(int maxRecords) {
    this.maxRecords = maxRecords;
    restart();
  }

  int records() {
    return records;
  }

  /** The configured bound; alarms go by it alone. */
  int most() {
    return maxRecords;
  }

  /** For a new connection: begins small. */
  void restart() {
    records = Math.clamp(maxRecords / 8, Math.min(LEAST_RECORDS, maxRecords), maxRecords);
    shortestNanos = Long.MAX_VALUE;
  }

  /** A batch of so many records had its verdict after so long. */
  void observe(int count, long nanos) {
    shortestNanos = Math.min(shortestNanos, nanos);
    long above = nanos - shortestNanos;
    if (above > TARGET_NANOS) {
      records = Math.max(Math.min(LEAST_RECORDS, maxRecords), records / 2);
    } else if (above < TARGET_NANOS / 2 && count >= records) {
      records = Math.min(maxRecords, records * 2);
    }
  }
}
