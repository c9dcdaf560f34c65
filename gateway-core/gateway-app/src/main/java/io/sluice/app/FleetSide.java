package io.sluice.app;

import io.sluice.api.GatewayTime;
import io.sluice.api.audit.AuditTrail;
import io.sluice.api.fleet.FleetBusSettings;
import io.sluice.api.fleet.FleetSettings;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.api.store.RegistryStore;
import io.sluice.app.fleet.FleetReports;
import io.sluice.engine.config.GatewayConfig;
import io.sluice.engine.fleet.FleetMember;
import io.sluice.engine.registry.Registry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The gateway's side of its fleet, each part started where the configuration has it, and added to
 * what is closed at the end. Where the section {@code fleet} is missing, nothing of it is there.
 */
final class FleetSide {
  private final GatewayConfig config;
  private final Clock clock;
  private final List<AutoCloseable> started;
  private final @Nullable FleetParts store;

  private FleetSide(
      GatewayConfig config, Clock clock, List<AutoCloseable> started, @Nullable FleetParts store) {
    this.config = config;
    this.clock = clock;
    this.started = started;
    this.store = store;
  }

  /**
   * Begins to connect to the fleet's store. Does not wait for it.
   *
   * @param started what is closed at the end, in reverse order: each part is added as it starts
   */
  static FleetSide open(GatewayConfig config, Clock clock, List<AutoCloseable> started) {
    FleetStoreSettings settings = config.section(FleetSettings.class).store();
    FleetParts store = null;
    if (settings != null) {
      store = FleetParts.open(config, settings, clock);
      started.add(store);
    }
    return new FleetSide(config, clock, started, store);
  }

  /** What the gateway's own store becomes: a copy of the fleet's, where it has one. */
  UnaryOperator<RegistryStore> registry() {
    FleetParts shared = store;
    return shared == null ? UnaryOperator.identity() : shared::over;
  }

  /** Applies device files, as soon as the fleet's store takes what they have. Returns at once. */
  void seed(Runnable seeding, ScheduledExecutorService housekeeping) {
    FleetParts shared = store;
    if (shared == null) {
      seeding.run();
    } else {
      shared.seed(seeding, housekeeping);
    }
  }

  /**
   * Before the doors open: two gateways of one id never serve devices side by side.
   *
   * @return its sessions and commands; null where it has no store
   * @throws IOException where another gateway runs with this id; the message names both
   */
  @Nullable FleetMember join(Registry registry, GatewayOperations views, GatewayTime time)
      throws IOException {
    FleetParts shared = store;
    if (shared == null) {
      return null;
    }
    FleetMember joined = shared.join(registry, time);
    started.add(joined);
    views.membership(joined);
    return joined;
  }

  /**
   * Tells the fleet of this gateway, before the doors open, so that no session is missed, and until
   * after they have closed.
   *
   * @param admin address of the admin listener; null where there is none
   */
  void report(
      Registry registry,
      GatewayOperations views,
      Supplier<@Nullable String> admin,
      ScheduledExecutorService housekeeping) {
    FleetSettings settings = config.section(FleetSettings.class);
    FleetBusSettings bus = settings.bus();
    if (bus != null) {
      FleetReports.Parts parts =
          new FleetReports.Parts(
              config.gateway().id(), settings.region(), registry, views, admin, clock);
      FleetReports reports = FleetReports.start(bus, parts, housekeeping);
      started.add(reports);
      views.fleetBus(reports::view);
    }
  }

  /** Has the copy follow from now on: all who want to hear of changes are there. */
  void follow(GatewayOperations views) {
    FleetParts shared = store;
    if (shared != null) {
      views.fleetStore(shared::state);
      shared.follow();
    }
  }

  /**
   * Takes what the fleet pushes from now on, once the gateway takes messages.
   *
   * @param restart ends the process so that it is started again; null where that is not possible
   */
  void takeConfigurations(
      Path file,
      GatewayOperations views,
      AuditTrail audit,
      GatewayTime time,
      @Nullable Runnable restart)
      throws IOException {
    FleetParts shared = store;
    if (shared != null && shared.takesConfigurations()) {
      started.add(shared.takeConfigurations(file, views, audit, time, restart));
    }
  }
}
