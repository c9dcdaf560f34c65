package io.sluice.app.fleet;

import io.sluice.api.fleet.FleetBusSettings;
import io.sluice.api.fleet.FleetTopics;
import io.sluice.api.health.Guarded;
import io.sluice.api.operator.Operations;
import io.sluice.api.operator.Operations.FleetBusView;
import io.sluice.engine.registry.Registry;
import io.sluice.upstream.kafka.FleetBus;
import java.time.Clock;
import java.util.Arrays;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells the fleet of this gateway: who is in contact by it, how it is, and when it took no data.
 * Never holds up the gateway: with the bus away, the newest of each waits. Thread-safe.
 */
public final class FleetReports implements AutoCloseable {
  private static final long STATUS_SECONDS = 10;

  /** What is live is said again: a word that got lost, or that another gateway overtook. */
  private static final long AGAIN_SECONDS = 600;

  private final FleetBus bus;
  private final String gateway;
  private final FleetBus.Table gateways;
  private final FleetBus.Table presence;
  private final GatewayReport report;
  private final Registry registry;
  private byte[] lastDowntime = new byte[0];
  private volatile boolean isStopped;

  /**
   * What the reports are made of.
   *
   * @param region null where the configuration names none
   * @param admin address of the admin listener; null where there is none
   */
  public record Parts(
      String gateway,
      @Nullable String region,
      Registry registry,
      Operations operations,
      Supplier<@Nullable String> admin,
      Clock clock) {}

  private FleetReports(FleetBusSettings settings, Parts parts) {
    Origin origin = Origin.now(parts.gateway(), parts.region());
    JsonMapper json = new JsonMapper();
    DevicePresence devices = new DevicePresence(origin, parts.registry(), parts.clock(), json);
    String own = settings.adminAddress();
    this.gateway = parts.gateway();
    this.registry = parts.registry();
    this.report =
        new GatewayReport(
            origin,
            parts.operations(),
            () -> own != null ? own : parts.admin().get(),
            parts.clock(),
            json);
    this.bus = new FleetBus(parts.gateway(), settings);
    this.gateways = bus.table(FleetTopics.GATEWAYS, this::ofGateway);
    this.presence = bus.table(FleetTopics.PRESENCE, devices::value);
    devices.follow(presence::changed);
  }

  /**
   * Begins to tell.
   *
   * @param housekeeping by whose threads what is due from time to time is begun; ends first
   */
  @SuppressWarnings("FutureReturnValueIgnored") // ends with its executor
  public static FleetReports start(
      FleetBusSettings settings, Parts parts, ScheduledExecutorService housekeeping) {
    FleetReports reports = new FleetReports(settings, parts);
    reports.bus.start();
    housekeeping.scheduleWithFixedDelay(
        Guarded.task("fleet-status", reports::tell), 0, STATUS_SECONDS, TimeUnit.SECONDS);
    housekeeping.scheduleWithFixedDelay(
        Guarded.task(
            "fleet-presence",
            () -> reports.registry.presence().forEachLive(reports.presence::changed)),
        AGAIN_SECONDS,
        AGAIN_SECONDS,
        TimeUnit.SECONDS);
    return reports;
  }

  /** How the bus stands. */
  public FleetBusView view() {
    FleetBus.Standing standing = bus.standing();
    return new FleetBusView(
        standing.connected(), standing.detail(), standing.waiting(), standing.published());
  }

  private void tell() {
    gateways.changed(gateway);
    byte[] downtime = report.downtime();
    if (!Arrays.equals(downtime, lastDowntime)) {
      lastDowntime = downtime;
      gateways.changed(gateway + FleetTopics.DOWNTIME);
    }
  }

  private byte[] ofGateway(String key) {
    if (!key.equals(gateway)) {
      return report.downtime();
    }
    return isStopped ? report.stopped() : report.status();
  }

  /** Says that the gateway stops, where the bus is there. */
  @Override
  public void close() {
    isStopped = true;
    gateways.changed(gateway);
    bus.close();
  }
}
