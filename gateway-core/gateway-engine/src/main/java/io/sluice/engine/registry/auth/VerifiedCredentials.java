package io.sluice.engine.registry.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.sluice.api.AddressKey;
import io.sluice.engine.registry.credential.PasswordHasher;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What was checked lately, so that a reconnecting fleet does not pay for the slow hash again, and
 * who failed lately. Keys are {@link PasswordHasher#fingerprint}s, which take in the stored hash: a
 * change of credentials needs no clearing. All maps are bounded. Thread-safe.
 */
final class VerifiedCredentials {
  private static final int MAX_VERIFIED = 200_000;
  private static final int MAX_WRONG = 10_000;
  private static final int MAX_ADDRESSES = 10_000;
  private static final int FAILURES_UNTIL_SUSPECT = 5;
  private static final Duration VERIFIED_FOR = Duration.ofHours(1);
  private static final Duration WRONG_FOR = Duration.ofMinutes(1);

  private final Cache<String, Boolean> verified;
  private final Cache<String, Boolean> wrong;
  private final Cache<AddressKey, AtomicInteger> failures;

  VerifiedCredentials(Ticker ticker) {
    this.verified = cache(ticker, MAX_VERIFIED, VERIFIED_FOR);
    this.wrong = cache(ticker, MAX_WRONG, WRONG_FOR);
    this.failures =
        Caffeine.newBuilder()
            .ticker(ticker)
            .executor(Runnable::run)
            .maximumSize(MAX_ADDRESSES)
            .expireAfterWrite(WRONG_FOR)
            .build();
  }

  private static Cache<String, Boolean> cache(Ticker ticker, int size, Duration time) {
    return Caffeine.newBuilder()
        .ticker(ticker)
        .executor(Runnable::run)
        .maximumSize(size)
        .expireAfterWrite(time)
        .build();
  }

  /** The verdict on this combination, null where it was not checked lately. */
  @Nullable Boolean verdict(String fingerprint) {
    return verified.getIfPresent(fingerprint) != null
        ? Boolean.TRUE
        : wrong.getIfPresent(fingerprint) != null ? Boolean.FALSE : null;
  }

  void remember(String fingerprint, boolean matches) {
    (matches ? verified : wrong).put(fingerprint, Boolean.TRUE);
  }

  void failed(InetSocketAddress from) {
    failures
        .asMap()
        .computeIfAbsent(AddressKey.of(from), any -> new AtomicInteger())
        .incrementAndGet();
  }

  boolean suspicious(InetSocketAddress from) {
    AtomicInteger count = failures.getIfPresent(AddressKey.of(from));
    return count != null && count.get() >= FAILURES_UNTIL_SUSPECT;
  }
}
