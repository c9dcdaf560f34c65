package io.sluice.app;

import io.sluice.api.audit.AuditTrail;
import io.sluice.api.fleet.FleetSettings;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.api.health.Guarded;
import io.sluice.api.operator.Operations;
import io.sluice.app.rollout.Rollout;
import io.sluice.engine.config.GatewayConfig;
import io.sluice.store.postgres.PostgresConfigurations;
import io.sluice.store.postgres.PostgresLink;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What a gateway has of its fleet's store. Loaded where {@code fleet.store} is configured alone.
 */
final class FleetParts implements AutoCloseable {
  private static final String ROLLOUT = "rollout";
  private static final int LONGEST_TURN_SECONDS = 5;

  private final GatewayConfig config;
  private final FleetSettings settings;
  private final PostgresLink link;

  private FleetParts(GatewayConfig config, FleetSettings settings, PostgresLink link) {
    this.config = config;
    this.settings = settings;
    this.link = link;
  }

  /** Begins to connect to the store. Does not wait for it. */
  static FleetParts open(GatewayConfig config, FleetStoreSettings store, Clock clock) {
    return new FleetParts(
        config,
        config.section(FleetSettings.class),
        PostgresLink.open(store, config.gateway().id(), clock));
  }

  /** The one way to the store that this gateway has. */
  PostgresLink link() {
    return link;
  }

  /**
   * Takes what the fleet pushes from now on, once the gateway takes messages.
   *
   * @return ends it, after the turn that is under way
   */
  @SuppressWarnings("FutureReturnValueIgnored") // ends with its executor
  AutoCloseable takeConfigurations(Path file, Operations gateway, AuditTrail audit)
      throws IOException {
    Rollout taking =
        new Rollout(
            new Rollout.Box(
                config.gateway().id(), settings.region(), file, config.gateway().data()),
            new PostgresConfigurations(link.dataSource()),
            gateway,
            audit,
            System::nanoTime);
    link.listen(PostgresConfigurations.CHANNEL, version -> taking.look(), taking::look);
    // it waits for the store, the disk and the reload: no other task waits with it
    ScheduledExecutorService turns =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name(ROLLOUT).factory());
    turns.scheduleWithFixedDelay(Guarded.task(ROLLOUT, taking), 1, 1, TimeUnit.SECONDS);
    return () -> {
      turns.shutdown();
      if (!turns.awaitTermination(LONGEST_TURN_SECONDS, TimeUnit.SECONDS)) {
        turns.shutdownNow();
      }
    };
  }

  boolean takesConfigurations() {
    return settings.takesConfiguration();
  }

  @Override
  public void close() {
    link.close();
  }
}
