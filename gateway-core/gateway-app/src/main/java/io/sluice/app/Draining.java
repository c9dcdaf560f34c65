package io.sluice.app;

import io.sluice.api.adapter.Drain;
import io.sluice.api.operator.DrainService;
import io.sluice.api.operator.DrainSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Empties this gateway of sessions. Upstreams go on with what the spool holds; nothing of it
 * outlives the process. Thread-safe.
 */
final class Draining implements DrainService {
  private static final Logger LOG = LoggerFactory.getLogger(Draining.class);

  private record Order(Drain drain, long sinceMicros, long untilMicros) {}

  private final Adapters adapters;
  private final Supplier<DrainSettings> settings;
  private final Clock clock;
  private final LongSupplier queued;
  private volatile @Nullable Order order;

  /**
   * @param settings that hold when a drain begins
   * @param queued records that some upstream lacks
   */
  Draining(Adapters adapters, Supplier<DrainSettings> settings, Clock clock, LongSupplier queued) {
    this.adapters = adapters;
    this.settings = settings;
    this.clock = clock;
    this.queued = queued;
  }

  /** What adapters ask for each new session. Never blocks. */
  @Nullable Drain drain() {
    Order current = order;
    return current == null ? null : current.drain();
  }

  @Override
  public synchronized Standing start(
      @Nullable Duration spread, @Nullable String serverReference, boolean isForGood) {
    DrainSettings configured = settings.get();
    Drain drain =
        new Drain(
            serverReference == null ? configured.serverReference() : serverReference,
            isForGood,
            spread == null ? configured.spread() : spread);
    long now = clock.millis() * 1_000;
    Order given = new Order(drain, now, now + drain.spread().toMillis() * 1_000);
    order = given;
    LOG.info(
        "draining: no new sessions; {} that are open end within {} s",
        adapters.sessions(),
        drain.spread().toSeconds());
    adapters.drain(drain);
    return standing(given);
  }

  @Override
  public synchronized void stop() {
    if (order != null) {
      order = null;
      adapters.resume();
      LOG.info("the drain is called off: sessions are taken again");
    }
  }

  @Override
  public @Nullable Standing standing() {
    Order current = order;
    return current == null ? null : standing(current);
  }

  private Standing standing(Order current) {
    return new Standing(
        current.sinceMicros(),
        current.untilMicros(),
        current.drain().serverReference(),
        current.drain().isForGood(),
        adapters.sessions(),
        queued.getAsLong());
  }
}
