package io.sluice.adapter.mqtt;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/**
 * Warnings that a peer can provoke: one each interval at most, with the count of those left out.
 */
final class SparseLog {
  private final Logger log;
  private final long intervalNanos;
  private final AtomicLong last;
  private final AtomicLong omitted = new AtomicLong();

  /** One a second. */
  SparseLog(Logger log) {
    this(log, Duration.ofSeconds(1));
  }

  SparseLog(Logger log, Duration interval) {
    this.log = log;
    this.intervalNanos = interval.toNanos();
    this.last = new AtomicLong(System.nanoTime() - intervalNanos);
  }

  /** Any thread. */
  void warn(String where, String what) {
    long now = System.nanoTime();
    long before = last.get();
    if (now - before < intervalNanos || !last.compareAndSet(before, now)) {
      omitted.incrementAndGet();
      return;
    }
    long more = omitted.getAndSet(0);
    log.warn("mqtt: {}: {}{}", where, what, more == 0 ? "" : " (and " + more + " like it before)");
  }
}
