package io.sluice.admin;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How long an address that has shown wrong tokens has to wait: nothing for the first five, then 1
 * s, doubled with each further one up to 5 minutes. Remembers the latest {@value #MAX_ADDRESSES}
 * addresses. Thread-safe.
 */
final class WrongTokens {
  static final int MAX_ADDRESSES = 10_000;
  private static final int FREE = 5;
  private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long MAX_NANOS = TimeUnit.MINUTES.toNanos(5);

  private record Failures(int count, long untilNanos) {}

  private final LongSupplier nanoTime;
  private final Map<String, Failures> failures =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
          return size() > MAX_ADDRESSES;
        }
      };

  WrongTokens(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Whole seconds, rounded up; 0 where it may try. */
  synchronized long waitSeconds(String address) {
    Failures known = failures.get(address);
    long nanos =
        known == null || known.count() < FREE ? 0 : known.untilNanos() - nanoTime.getAsLong();
    return nanos <= 0 ? 0 : Math.ceilDiv(nanos, TimeUnit.SECONDS.toNanos(1));
  }

  synchronized void failed(String address) {
    Failures known = failures.get(address);
    int count = known == null ? 1 : known.count() + 1;
    long delay = Math.min(MAX_NANOS, FIRST_NANOS << Math.clamp(count - FREE, 0, 30));
    failures.put(address, new Failures(count, nanoTime.getAsLong() + delay));
  }
}
