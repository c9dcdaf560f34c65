package io.sluice.engine.registry.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.sluice.api.AddressKey;
import io.sluice.engine.limits.LimitSettings;
import io.sluice.engine.registry.auth.KnownPlaces.Place;
import io.sluice.engine.registry.credential.Digests;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long an address has to wait before it may try a name again: nothing at first, then 1 s,
 * doubled with each further failure. By address and name together, so that nobody locks a device
 * out from elsewhere, nor the others behind the same address.
 *
 * <p>A second count has the failures of a name from all addresses together, for who has many. From
 * {@value #NAME_FACTOR} times as many on, the name takes one password at a time from addresses
 * where it was never right, first each second, at last each {@value #NAME_MAX_SECONDS} s. Where it
 * was right before, this count does not apply.
 *
 * <p>Bounded: what was unused for longest is forgotten first. Thread-safe.
 */
public final class LoginDelays {
  static final int NAME_FACTOR = 10;
  static final int NAME_MAX_SECONDS = 10;
  private static final int MAX_PAIRS = 100_000;
  private static final int MAX_NAMES = 100_000;
  private static final int MAX_NAME_CHARS = 128;
  private static final Duration NAME_FORGOTTEN = Duration.ofMinutes(10);
  private static final long FIRST_DELAY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private record Failures(int count, long untilNanos) {}

  private final int free;
  private final int nameFree;
  private final long maxNanos;
  private final long nameMaxNanos;
  private final Ticker ticker;
  private final KnownPlaces places;
  private final Cache<Place, Failures> failures;
  private final Cache<String, Failures> names;

  public LoginDelays(LimitSettings settings, Ticker ticker, KnownPlaces places) {
    this.free = settings.failedLogins();
    this.nameFree = free * NAME_FACTOR;
    this.maxNanos = settings.failedLoginDelayMax().toNanos();
    this.nameMaxNanos = Math.min(maxNanos, TimeUnit.SECONDS.toNanos(NAME_MAX_SECONDS));
    this.ticker = ticker;
    this.places = places;
    this.failures =
        Caffeine.newBuilder()
            .ticker(ticker)
            .executor(Runnable::run)
            .maximumSize(MAX_PAIRS)
            .expireAfterWrite(
                settings.failedLoginDelayMax().multipliedBy(2).plus(Duration.ofMinutes(1)))
            .build();
    this.names =
        Caffeine.newBuilder()
            .ticker(ticker)
            .executor(Runnable::run)
            .maximumSize(MAX_NAMES)
            .expireAfterWrite(NAME_FORGOTTEN)
            .build();
  }

  /** A name that no device can have is kept by its digest, or one peer could fill the memory. */
  private static Place place(InetSocketAddress from, String name) {
    return new Place(
        AddressKey.of(from), name.length() <= MAX_NAME_CHARS ? name : Digests.sha256Hex(name));
  }

  /** Nanoseconds that this address has yet to wait with this name; 0 where it may try. */
  long wait(InetSocketAddress from, String name) {
    Place place = place(from, name);
    Failures known = failures.getIfPresent(place);
    long own = known == null || known.count() < free ? 0 : left(known);
    if (own > 0) {
      return own;
    }
    Failures all = names.getIfPresent(place.name());
    return all == null || all.count() < nameFree || places.knows(place) ? 0 : left(all);
  }

  private long left(Failures known) {
    return Math.max(0, known.untilNanos() - ticker.read());
  }

  /**
   * As {@link #wait}, before a check that takes its time: where the name takes one password at a
   * time, this is the one, and others wait already while it is checked.
   */
  long take(InetSocketAddress from, String name) {
    long wait = wait(from, name);
    Place place = place(from, name);
    Failures all = names.getIfPresent(place.name());
    if (wait > 0 || all == null || all.count() < nameFree || places.knows(place)) {
      return wait;
    }
    long now = ticker.read();
    Failures taken = new Failures(all.count(), now + nameDelay(all.count()));
    return names.asMap().replace(place.name(), all, taken) ? 0 : nameDelay(all.count());
  }

  /** A credential was wrong. */
  void failed(InetSocketAddress from, String name) {
    Place place = place(from, name);
    long now = ticker.read();
    failures
        .asMap()
        .merge(
            place,
            new Failures(1, now + delay(1)),
            (known, first) -> new Failures(known.count() + 1, now + delay(known.count() + 1)));
    if (!name.isEmpty()) {
      names
          .asMap()
          .merge(
              place.name(),
              new Failures(1, now),
              (all, first) -> new Failures(all.count() + 1, now + nameDelay(all.count() + 1)));
    }
  }

  private long delay(int count) {
    int doublings = Math.clamp(count - (long) free, 0, 30);
    return Math.min(maxNanos, FIRST_DELAY_NANOS << doublings);
  }

  private long nameDelay(int count) {
    int doublings = Math.clamp((count - nameFree) / nameFree, 0, 30);
    return Math.min(nameMaxNanos, FIRST_DELAY_NANOS << doublings);
  }

  /**
   * Whether the name's password was right at this address, in this life of the gateway or before.
   */
  boolean wasRight(InetSocketAddress from, String name) {
    return places.knows(place(from, name));
  }

  /** A credential was right: the address's count begins anew. */
  void succeeded(InetSocketAddress from, String name) {
    Place place = place(from, name);
    failures.invalidate(place);
    if (!name.isEmpty()) {
      places.right(place);
    }
  }
}
