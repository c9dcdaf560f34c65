package io.sluice.app;

import io.sluice.api.GatewayTime;
import io.sluice.api.audit.AuditTrail;
import io.sluice.api.fleet.FleetConfiguration;
import io.sluice.api.fleet.FleetSettings;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.api.fleet.FleetStoreState;
import io.sluice.api.fleet.GatewayChannel;
import io.sluice.api.fleet.GatewayLeases.Run;
import io.sluice.api.health.Guarded;
import io.sluice.api.operator.AdminSettings;
import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.app.fleet.GatewayPlace;
import io.sluice.app.rollout.Rollout;
import io.sluice.cli.Version;
import io.sluice.engine.config.GatewayConfig;
import io.sluice.engine.fleet.FleetMember;
import io.sluice.engine.registry.Registry;
import io.sluice.store.postgres.FollowingStore;
import io.sluice.store.postgres.PostgresCommands;
import io.sluice.store.postgres.PostgresConfigurations;
import io.sluice.store.postgres.PostgresGateways;
import io.sluice.store.postgres.PostgresLink;
import io.sluice.store.postgres.PostgresSessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a gateway has of its fleet's store. Loaded where {@code fleet.store} is configured alone.
 */
final class FleetParts implements AutoCloseable {
  private static final String KERNEL = "/proc/sys/kernel/hostname";

  private static final String ROLLOUT = "rollout";
  private static final Logger LOG = LoggerFactory.getLogger(FleetParts.class);
  private static final int LONGEST_TURN_SECONDS = 5;

  private final GatewayConfig config;
  private final FleetSettings settings;
  private final PostgresLink link;
  private @Nullable FollowingStore registry;
  private boolean isSeedTold; // by the start, then by housekeeping

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

  /** Has the gateway's own store be a copy of the fleet's; see {@link #follow}. */
  RegistryStore over(RegistryStore local) {
    FollowingStore made = FollowingStore.over(local, link, settings);
    registry = made;
    return made;
  }

  /** Has the copy follow from now on: all who want to hear of changes are there. */
  void follow() {
    Objects.requireNonNull(registry, "opened before").follow();
  }

  /** How it stands with the store, and with the copy. */
  FleetStoreState state() {
    return Objects.requireNonNull(registry, "opened before").state();
  }

  /**
   * Applies device files: at once where that changes nothing of what the fleet shares, else as soon
   * as the store is there and the copy has caught up. Returns at once.
   *
   * @param seeding throws {@link StoreUnavailableException} where the store does not take it
   * @param housekeeping runs it then
   */
  @SuppressWarnings("FutureReturnValueIgnored") // it asks for its next turn itself
  void seed(Runnable seeding, ScheduledExecutorService housekeeping) {
    try {
      seeding.run();
    } catch (StoreUnavailableException e) {
      LOG.debug("device files wait: {}", e.getMessage());
      if (!isSeedTold) {
        isSeedTold = true;
        LOG.info("device files are applied once the fleet's store is there");
      }
      housekeeping.schedule(
          Guarded.task("fleet-seed", () -> seed(seeding, housekeeping)), 1, TimeUnit.SECONDS);
    }
  }

  /**
   * Joins the fleet with the gateway's sessions and commands; goes on without it where its store is
   * away.
   *
   * @throws IOException where another gateway runs with this id; the message names both
   */
  FleetMember join(Registry registry, GatewayTime time) throws IOException {
    String id = config.gateway().id();
    String host = host();
    AdminSettings admin = config.admin();
    FleetMember member =
        FleetMember.join(
            new FleetMember.Stores(
                new PostgresGateways(link.dataSource()),
                new PostgresSessions(link.dataSource()),
                new PostgresCommands(link.dataSource())),
            new Run(
                id,
                UUID.randomUUID(),
                GatewayPlace.of(host, config.gateway().data()),
                host,
                settings.region(),
                Version.current(),
                admin == null ? "" : host + ":" + admin.port()),
            registry,
            time);
    link.onAway(member::storeIsAway);
    link.listen(GatewayChannel.of(id), member::heard, member::storeIsBack);
    return member;
  }

  /** The name of this machine as it has it itself, without asking the network. */
  private static String host() throws IOException {
    return host(System.getenv("HOSTNAME"), Path.of("/etc/hostname"), Path.of(KERNEL));
  }

  /**
   * The first that is there and not empty.
   *
   * @param files whose first line has the name
   * @throws IOException where one of them cannot be read, or none has a name
   */
  static String host(@Nullable String environment, Path... files) throws IOException {
    if (environment != null && !environment.isBlank()) {
      return environment.strip();
    }
    for (Path file : files) {
      String name = Files.isReadable(file) ? Files.readString(file).strip() : "";
      if (!name.isEmpty()) {
        return name;
      }
    }
    throw new IOException(
        "this machine has no name, by which other gateways of the fleet could tell it; set the"
            + " environment variable HOSTNAME");
  }

  /**
   * Takes what the fleet pushes from now on, once the gateway takes messages.
   *
   * @param restart ends the process so that it is started again; null where that is not possible
   * @return ends it, after the turn that is under way
   */
  @SuppressWarnings("FutureReturnValueIgnored") // ends with its executor
  AutoCloseable takeConfigurations(
      Path file,
      GatewayOperations gateway,
      AuditTrail audit,
      GatewayTime time,
      @Nullable Runnable restart)
      throws IOException {
    Rollout taking =
        new Rollout(
            new Rollout.Box(
                config.gateway().id(),
                settings.region(),
                file,
                config.gateway().data(),
                isStartedAgain() ? restart : null),
            new PostgresConfigurations(link.dataSource()),
            gateway,
            audit,
            time);
    gateway.rollout(taking::view);
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

  /** Whether something starts the process again when it has ended. */
  private boolean isStartedAgain() {
    FleetConfiguration configuration = settings.configuration();
    return configuration != null
        && switch (configuration.restart()) {
          case ALWAYS -> true;
          case NEVER -> false;
          case AUTO -> System.getenv("NOTIFY_SOCKET") != null;
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
