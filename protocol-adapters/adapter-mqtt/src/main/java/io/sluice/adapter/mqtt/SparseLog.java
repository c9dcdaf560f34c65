package io.sluice.adapter.mqtt;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/** Warnings that a peer can provoke: one a second at the most, with the count of those left out. */
final class SparseLog {
  private static final long INTERVAL_NANOS = 1_000_000_000L;

  private final Logger log;
  private final AtomicLong last = new AtomicLong(System.nanoTime() - INTERVAL_NANOS);
  private final AtomicLong omitted = new AtomicLong();

  SparseLog(Logger log) {
    this.log = log;
  }

  /** Any thread. */
  void warn(String where, String what) {
    long now = System.nanoTime();
    long before = last.get();
    if (now - before < INTERVAL_NANOS || !last.compareAndSet(before, now)) {
      omitted.incrementAndGet();
      return;
    }
    long more = omitted.getAndSet(0);
    log.warn("mqtt: {}: {}{}", where, what, more == 0 ? "" : " (and " + more + " like it before)");
  }
}
