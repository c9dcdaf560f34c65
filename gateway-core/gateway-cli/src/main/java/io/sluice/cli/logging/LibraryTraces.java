package io.sluice.cli.logging;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Bounds what the loggers of libraries write with a stack trace, as a peer may provoke it: each of
 * them a line each second, which tells how many were left out. Thread-safe.
 */
final class LibraryTraces {
  private static final String OURS = "io.sluice.";
  private static final long EACH_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Loggers that are told apart; those beyond share one place. */
  private static final int MAX_LOGGERS = 256;

  private static final String OTHERS = "";

  private static final class Last {
    private long writtenNanos;
    private long omitted;

    private Last(long writtenNanos) {
      this.writtenNanos = writtenNanos;
    }
  }

  private final Map<String, Last> loggers = new ConcurrentHashMap<>();
  private final LongSupplier nanoTime;

  LibraryTraces(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * How many lines of this logger were left out before this one; -1 where this one is left out too.
   */
  long omittedBefore(String logger) {
    if (logger.startsWith(OURS)) {
      return 0; // whoever writes them has bounds of his own
    }
    long now = nanoTime.getAsLong();
    String place = loggers.size() < MAX_LOGGERS || loggers.containsKey(logger) ? logger : OTHERS;
    Last last = loggers.computeIfAbsent(place, any -> new Last(now - EACH_NANOS));
    synchronized (last) {
      if (now - last.writtenNanos < EACH_NANOS) {
        last.omitted++;
        return -1;
      }
      long omitted = last.omitted;
      last.omitted = 0;
      last.writtenNanos = now;
      return omitted;
    }
  }
}
