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
    if (isDue()) {
      log.warn("mqtt: {}: {}{}", where, what, omitted());
    }
  }

  /** The same for a fault of the gateway's own, with its stack trace. Any thread. */
  void error(String where, String what, Throwable fault) {
    if (isDue()) {
      log.error("mqtt: {}: {}{}", where, what, omitted(), fault);
    }
  }

  private boolean isDue() {
    long now = System.nanoTime();
    long before = last.get();
    boolean isDue = now - before >= intervalNanos && last.compareAndSet(before, now);
    if (!isDue) {
      omitted.incrementAndGet();
    }
    return isDue;
  }

  private String omitted() {
    long more = omitted.getAndSet(0);
    return more == 0 ? "" : " (and " + more + " like it before)";
  }
}
