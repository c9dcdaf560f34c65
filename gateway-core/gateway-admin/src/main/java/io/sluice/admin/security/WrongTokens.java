package io.sluice.admin.security;

import io.sluice.api.AddressKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How long an address ({@link AddressKey}) that has shown wrong tokens has to wait: nothing for the
 * first five, then 1 s, doubled with each further one up to 5 minutes. While it waits, only tokens
 * that were right from there before are taken: a guess is not checked. Remembers the latest {@value
 * #MAX_ADDRESSES} addresses that were wrong, and as many right pairs of address and token.
 * Thread-safe.
 */
final class WrongTokens {
  static final int MAX_ADDRESSES = 10_000;
  private static final int FREE = 5;
  private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long MAX_NANOS = TimeUnit.MINUTES.toNanos(5);

  private record Failures(int count, long untilNanos) {}

  private record Right(AddressKey address, String user) {}

  private final LongSupplier nanoTime;
  private final Map<AddressKey, Failures> failures = new Latest<>();
  private final Map<Right, Boolean> rights = new Latest<>();

  /** The entries used last. */
  private static final class Latest<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1;

    private Latest() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > MAX_ADDRESSES;
    }
  }

  WrongTokens(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Whole seconds, rounded up; 0 where it may try. */
  synchronized long waitSeconds(AddressKey address) {
    Failures known = failures.get(address);
    long nanos =
        known == null || known.count() < FREE ? 0 : known.untilNanos() - nanoTime.getAsLong();
    return nanos <= 0 ? 0 : Math.ceilDiv(nanos, TimeUnit.SECONDS.toNanos(1));
  }

  synchronized void failed(AddressKey address) {
    Failures known = failures.get(address);
    int count = known == null ? 1 : known.count() + 1;
    long delay = Math.min(MAX_NANOS, FIRST_NANOS << Math.clamp(count - FREE, 0, 30));
    failures.put(address, new Failures(count, nanoTime.getAsLong() + delay));
  }

  /**
   * The user's token has been shown.
   *
   * @return false where the address has to wait, and the token was never right from there
   */
  synchronized boolean mayPass(AddressKey address, String user) {
    Right right = new Right(address, user);
    if (rights.get(right) == null) {
      if (waitSeconds(address) > 0) {
        return false;
      }
      rights.put(right, Boolean.TRUE);
    }
    return true;
  }
}
