package io.sluice.engine.fleet;

import io.sluice.api.fleet.GatewayLeases;
import io.sluice.api.fleet.GatewayLeases.GatewayRow;
import io.sluice.api.fleet.GatewayLeases.Held;
import io.sluice.api.fleet.GatewayLeases.HeldByAnother;
import io.sluice.api.fleet.GatewayLeases.Run;
import io.sluice.api.health.Health;
import io.sluice.api.store.StoreUnavailableException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This gateway's id in the fleet, held by a lease. The lease goes by the database's clock, and here
 * by a timer that nobody sets: what the box's clock shows changes nothing, and is only compared and
 * told. {@link #start}, {@link #beat} and {@link #close} by one thread at a time; the others are
 * thread-safe.
 */
final class GatewayLease implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayLease.class);

  static final Duration LEASE = Duration.ofSeconds(30);
  static final Duration BEAT = Duration.ofSeconds(10);

  /** While a run before may still have the id. */
  static final Duration BEAT_WAITING = Duration.ofSeconds(2);

  /** The lease ends here so much before it ends for others. */
  static final Duration MARGIN = Duration.ofSeconds(5);

  /** From here on a difference of the clocks is told; from half of it on it is no more. */
  static final long OFFSET_TOLD_MILLIS = 10_000;

  /** An answer that took longer says too little of the time. */
  private static final long ROUND_TRIP_MAX_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final String ID = "fleet: gateway id";
  private static final String CLOCK = "fleet: clock";

  private final GatewayLeases leases;
  private final Run run;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private boolean everHeld;
  private volatile boolean isWaiting;
  private @Nullable Long waitsSinceNanos;
  private boolean offsetTold;
  private volatile long heldUntilNanos;
  private volatile boolean held;

  /** Greater each time that the id was held anew after it was not. */
  private final AtomicLong term = new AtomicLong();

  private volatile @Nullable Long offsetMillis;
  private volatile @Nullable GatewayRow other;

  /**
   * @param nanoTime as {@link System#nanoTime}
   */
  GatewayLease(GatewayLeases leases, Run run, Clock clock, LongSupplier nanoTime) {
    this.leases = leases;
    this.run = run;
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  /**
   * Takes the id; goes on without it where the database is away, and where this box itself had it
   * before the machine was started again, until that lease is over.
   *
   * @throws IOException where another gateway runs with it; the message names both
   */
  void start() throws IOException {
    if (!beat()) {
      GatewayRow by = other;
      if (by != null && !isWaiting) {
        Health.ofProcess().ready(ID);
        throw new IOException(clash(by));
      }
    }
  }

  /**
   * Renews the lease.
   *
   * @return whether it is held
   */
  boolean beat() {
    long sent = nanoTime.getAsLong();
    long clockMillis = clock.millis();
    try {
      switch (leases.hold(run, LEASE, !everHeld, offsetMillis)) {
        case Held now -> held(sent, clockMillis, now.databaseMicros());
        case HeldByAnother now -> lost(now.other());
      }
    } catch (StoreUnavailableException e) {
      LOG.debug("the lease of {} was not renewed: {}", run.id(), e.getMessage()); // the store tells
    }
    return isHeld();
  }

  private void held(long sentNanos, long clockMillis, long databaseMicros) {
    long now = nanoTime.getAsLong();
    if (!isHeld()) {
      term.incrementAndGet();
    }
    heldUntilNanos = sentNanos + LEASE.minus(MARGIN).toNanos();
    held = true;
    everHeld = true;
    isWaiting = false;
    if (other != null) {
      other = null;
      Health.ofProcess().ready(ID);
      LOG.info("gateway id {} is this gateway's now", run.id());
    }
    long took = now - sentNanos;
    if (took <= ROUND_TRIP_MAX_NANOS) {
      compare(clockMillis + TimeUnit.NANOSECONDS.toMillis(took / 2) - databaseMicros / 1_000);
    }
  }

  private void lost(GatewayRow by) {
    held = false;
    if (mayBeBefore(by)) {
      return;
    }
    boolean isNew = other == null || !other.instance().equals(by.instance());
    other = by;
    if (isNew) {
      LOG.error("{}", clash(by));
      Health.ofProcess().notReady(ID, clash(by));
    }
  }

  /**
   * Whether another run of this box may be one that ended with the machine: the same box after
   * another boot. One that has the id for longer than a lease runs: it is a copy of the box.
   */
  private boolean mayBeBefore(GatewayRow by) {
    if (everHeld || !run.isOfSameBox(by.place())) {
      isWaiting = false;
      return false;
    }
    long now = nanoTime.getAsLong();
    Long since = waitsSinceNanos;
    if (since == null) {
      isWaiting = true;
      since = now;
      waitsSinceNanos = since;
      LOG.info(
          "gateway id {} was this box's before it was started again (instance {}); the lease of"
              + " that ends within {} s, until then this gateway takes no part in the fleet",
          run.id(),
          by.instance(),
          LEASE.toSeconds());
    }
    isWaiting = isWaiting && now - since <= LEASE.toNanos();
    return isWaiting;
  }

  /** How long to wait until the next {@link #beat}. */
  Duration pause() {
    return isWaiting ? BEAT_WAITING : BEAT;
  }

  private String clash(GatewayRow by) {
    return "two gateways have the id %s: this one on %s (instance %s), and one on %s (%s, instance %s, started %s, heard of %s); give one of them another gateway.id, or stop it"
        .formatted(
            run.id(),
            run.host(),
            run.instance(),
            by.host(),
            by.place(),
            by.instance(),
            instant(by.startedMicros()),
            instant(by.seenMicros()));
  }

  private static Instant instant(long micros) {
    return Instant.ofEpochMilli(micros / 1_000);
  }

  private void compare(long offset) {
    offsetMillis = offset;
    long size = Math.abs(offset);
    if (size >= OFFSET_TOLD_MILLIS && !offsetTold) {
      offsetTold = true;
      String text =
          "this box's clock is "
              + Duration.ofMillis(size)
              + (offset > 0 ? " ahead of" : " behind")
              + " PostgreSQL's: leases, sessions and commands of the fleet go by PostgreSQL's, the"
              + " times in records by this one; set it (timedatectl set-ntp true)";
      LOG.warn("{}", text);
      Health.ofProcess().warn(CLOCK, text);
    } else if (size < OFFSET_TOLD_MILLIS / 2 && offsetTold) {
      offsetTold = false;
      Health.ofProcess().over(CLOCK);
      LOG.info("this box's clock agrees with PostgreSQL's again");
    }
  }

  /** Whether no other gateway may have the id. */
  boolean isHeld() {
    return held && nanoTime.getAsLong() - heldUntilNanos < 0;
  }

  long term() {
    return term.get();
  }

  /** The box's clock less the database's as measured last, milliseconds, or null. */
  @Nullable Long offsetMillis() {
    return offsetMillis;
  }

  /** Who has the id instead, or null. */
  @Nullable GatewayRow other() {
    return other;
  }

  /** Gives the id back, for whoever comes next. */
  @Override
  public void close() {
    if (isHeld()) {
      try {
        leases.release(run);
      } catch (StoreUnavailableException e) {
        LOG.debug("the lease of {} ends by itself: {}", run.id(), e.getMessage());
      }
    }
    held = false;
    Health.ofProcess().ready(ID);
    Health.ofProcess().over(CLOCK);
  }
}
