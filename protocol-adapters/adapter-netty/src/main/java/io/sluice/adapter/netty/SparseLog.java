package io.sluice.adapter.netty;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/**
 * Warnings that a peer can provoke: one each interval at most, with the count of those left out.
 * Thread-safe.
 */
public final class SparseLog {
  private final Logger log;
  private final String prefix;
  private final long intervalNanos;
  private final AtomicLong last;
  private final AtomicLong omitted = new AtomicLong();

  /**
   * One a second.
   *
   * @param protocol the first word of each line
   */
  public SparseLog(Logger log, String protocol) {
    this(log, protocol, Duration.ofSeconds(1));
  }

  /**
   * @param protocol the first word of each line
   * @param interval between two lines, at least
   */
  public SparseLog(Logger log, String protocol, Duration interval) {
    this.log = log;
    this.prefix = protocol;
    this.intervalNanos = interval.toNanos();
    this.last = new AtomicLong(System.nanoTime() - intervalNanos);
  }

  /** Warns of something that a peer has done. */
  public void warn(String where, String what) {
    if (isDue()) {
      log.warn("{}: {}: {}{}", prefix, where, what, omitted());
    }
  }

  /** Logs a fault of the gateway's own, with its stack trace. */
  public void error(String where, String what, Throwable fault) {
    if (isDue()) {
      log.error("{}: {}: {}{}", prefix, where, what, omitted(), fault);
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
