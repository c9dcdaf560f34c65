package io.sluice.engine.registry;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.sluice.api.AddressKey;
import io.sluice.engine.limits.LimitSettings;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long an address has to wait before it may try a name again: nothing at first, then 1 s,
 * doubled with each further failure. By address and name together, so that nobody locks a device
 * out from elsewhere, nor the others behind the same address. Bounded: the pairs unused for longest
 * are forgotten first. Thread-safe.
 */
final class LoginDelays {
  private static final int MAX_PAIRS = 100_000;
  private static final long FIRST_DELAY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private record Pair(AddressKey address, String name) {}

  private record Failures(int count, long untilNanos) {}

  private final int free;
  private final long maxNanos;
  private final Ticker ticker;
  private final Cache<Pair, Failures> failures;

  LoginDelays(LimitSettings settings, Ticker ticker) {
    this.free = settings.failedLogins();
    this.maxNanos = settings.failedLoginDelayMax().toNanos();
    this.ticker = ticker;
    this.failures =
        Caffeine.newBuilder()
            .ticker(ticker)
            .executor(Runnable::run)
            .maximumSize(MAX_PAIRS)
            .expireAfterWrite(
                settings.failedLoginDelayMax().multipliedBy(2).plus(Duration.ofMinutes(1)))
            .build();
  }

  /** Nanoseconds that this address has yet to wait with this name; 0 where it may try. */
  long wait(InetSocketAddress from, String name) {
    Failures known = failures.getIfPresent(new Pair(AddressKey.of(from), name));
    return known == null || known.count() < free
        ? 0
        : Math.max(0, known.untilNanos() - ticker.read());
  }

  /** A credential was wrong. */
  void failed(InetSocketAddress from, String name) {
    failures
        .asMap()
        .merge(
            new Pair(AddressKey.of(from), name),
            new Failures(1, ticker.read() + delay(1)),
            (known, first) ->
                new Failures(known.count() + 1, ticker.read() + delay(known.count() + 1)));
  }

  private long delay(int count) {
    int doublings = Math.clamp(count - (long) free, 0, 30);
    return Math.min(maxNanos, FIRST_DELAY_NANOS << doublings);
  }

  /** A credential was right: the count begins anew. */
  void succeeded(InetSocketAddress from, String name) {
    failures.invalidate(new Pair(AddressKey.of(from), name));
  }
}
