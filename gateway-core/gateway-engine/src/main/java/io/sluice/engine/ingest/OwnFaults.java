package io.sluice.engine.ingest;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports faults of the gateway's own that a peer may be able to provoke: one a minute with its
 * stack trace at the most, and the count of those left out. Thread-safe.
 */
final class OwnFaults {
  private static final Logger LOG = LoggerFactory.getLogger(OwnFaults.class);
  private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final AtomicLong last = new AtomicLong(System.nanoTime() - INTERVAL_NANOS);
  private final AtomicLong omitted = new AtomicLong();

  void report(String what, Throwable fault) {
    long now = System.nanoTime();
    long before = last.get();
    if (now - before < INTERVAL_NANOS || !last.compareAndSet(before, now)) {
      omitted.incrementAndGet();
      return;
    }
    long more = omitted.getAndSet(0);
    LOG.error("ingest: {}{}", what, more == 0 ? "" : " (and " + more + " before)", fault);
  }
}
