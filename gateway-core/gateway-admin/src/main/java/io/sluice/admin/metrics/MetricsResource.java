package io.sluice.admin.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.sluice.api.fleet.FleetStoreState;
import io.sluice.api.fleet.MembershipState;
import io.sluice.api.operator.AlarmService;
import io.sluice.api.operator.ConfigurationService;
import io.sluice.api.operator.DrainService;
import io.sluice.api.operator.Operations;
import io.sluice.api.operator.Operations.CertificateView;
import io.sluice.api.operator.Operations.EndpointView;
import io.sluice.api.operator.Operations.FleetBusView;
import io.sluice.api.operator.Operations.LaneView;
import io.sluice.api.operator.Operations.LedgerLine;
import io.sluice.api.operator.Operations.ListenerView;
import io.sluice.api.operator.Operations.Status;
import io.sluice.api.operator.Operations.Traffic;
import io.sluice.api.operator.Operations.UpstreamView;
import io.sluice.api.operator.RolloutView;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/**
 * {@code /metrics}: the figures of CONTRACT in the Prometheus text format. Values are read from the
 * views at each scrape; no label is ever a device id, so the number of series is bounded by the
 * configuration.
 */
public final class MetricsResource {
  private final Operations operations;
  private final Clock clock;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** The last value of each series: what its meter reads. Guarded by this. */
  private final Map<String, double[]> values = new HashMap<>();

  private final CoverageMeters coverage;

  public MetricsResource(Operations operations) {
    this(operations, Clock.systemUTC());
  }

  public MetricsResource(Operations operations, Clock clock) {
    this.operations = operations;
    this.clock = clock;
    this.coverage = new CoverageMeters(operations.coverage(), registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    bindGcMetrics();
    registry
        .getPrometheusRegistry()
        .register(new AcceptLatencyCollector(() -> operations.traffic().latency()));
  }

  @SuppressWarnings("resource") // lives as long as the process
  private void bindGcMetrics() {
    new JvmGcMetrics().bindTo(registry);
  }

  public void scrape(RoutingContext ctx) {
    ctx.response()
        .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        .end(text());
  }

  private synchronized String text() {
    update();
    return registry.scrape();
  }

  /** All series as they are now. */
  public synchronized MetricSnapshots snapshots() {
    update();
    return registry.getPrometheusRegistry().scrape();
  }

  private void update() {
    status(operations.status());
    Traffic traffic = operations.traffic();
    traffic(traffic);
    limits(traffic);
    operations.ledger().forEach(this::ledger);
    operations.upstreams().forEach(this::upstream);
    long now = clock.millis();
    operations.certificates().forEach(view -> certificate(view, now));
    operations.faults().forEach((task, n) -> counter("sluice.faults", n, "task", task));
    coverage.update();
    AlarmService.Counts alarms = operations.alarms().counts();
    gauge("sluice.alarms", alarms.active(), "state", "active");
    gauge("sluice.alarms", alarms.acknowledged(), "state", "acknowledged");
    operations
        .alarms()
        .severities()
        .forEach((severity, n) -> gauge("sluice.alarms.open", n, "severity", severity));
    AlarmService.Figures figures = operations.alarms().figures();
    figures.leftOut().forEach((bound, n) -> counter("sluice.alarms.left.out", n, "bound", bound));
    counter("sluice.alarm.states.unknown", operations.alarms().unknownStates());
    figures.posts().forEach((result, n) -> counter("sluice.webhook.posts", n, "result", result));
    gauge("sluice.webhook.undelivered", figures.undelivered());
    FleetStoreState store = operations.fleetStore();
    if (store != null) {
      boolean isConnected = store.connection() == FleetStoreState.Connection.CONNECTED;
      gauge("sluice.fleet.store.connected", isConnected ? 1 : 0);
      gauge("sluice.fleet.store.revision", store.revision());
      gauge("sluice.fleet.store.behind", store.behind());
    }
    MembershipState member = operations.membership();
    if (member != null) {
      membership(member);
    }
    FleetBusView bus = operations.fleetBus();
    if (bus != null) {
      gauge("sluice.fleet.bus.connected", bus.connected() ? 1 : 0);
      gauge("sluice.fleet.bus.waiting", bus.waiting());
      counter("sluice.fleet.bus.published", bus.published());
    }
  }

  private void membership(MembershipState member) {
    gauge("sluice.fleet.id.held", member.isIdHeld() ? 1 : 0);
    Long offset = member.clockOffsetMillis();
    if (offset != null) {
      gauge("sluice.fleet.clock.offset.seconds", offset / 1_000.0);
    }
    counter("sluice.fleet.sessions.taken.over", member.sessionsTakenOver());
    counter("sluice.fleet.commands.taken", member.commandsTaken());
    gauge("sluice.fleet.commands.unreported", member.commandsUnreported());
  }

  private void status(Status status) {
    Map<String, Integer> connections = new HashMap<>();
    for (ListenerView listener : status.listeners()) {
      connections.merge(listener.protocol(), listener.connections(), Integer::sum);
    }
    connections.forEach((protocol, n) -> gauge("sluice.connections", n, "protocol", protocol));
    for (EndpointView endpoint : status.endpoints()) {
      gauge(
          "sluice.endpoint.up",
          endpoint.up() ? 1 : 0,
          "adapter",
          endpoint.adapter(),
          "endpoint",
          endpoint.address());
    }
    for (LaneView lane : status.lanes()) {
      String name = lane.lane().jsonName();
      gauge("sluice.spool.records", lane.records(), "lane", name);
      gauge("sluice.spool.bytes", lane.bytes(), "lane", name);
      gauge("sluice.spool.capacity.bytes", lane.capacityBytes(), "lane", name);
      gauge("sluice.spool.oldest.seconds", lane.oldestSeconds(), "lane", name);
    }
    Double hoursLeft = status.spoolHoursLeft();
    gauge(
        "sluice.spool.hours.left",
        hoursLeft == null ? (Double) Double.POSITIVE_INFINITY : hoursLeft);
    gauge("sluice.dead.letters", status.deadLetters());
    status.devices().forEach((state, n) -> gauge("sluice.devices", n, "state", state));
    DrainService.Standing draining = status.draining();
    gauge("sluice.draining", draining == null ? 0 : 1);
    gauge("sluice.drain.sessions", draining == null ? 0 : draining.sessions());
    ConfigurationService.Standing configuration = status.configuration();
    if (configuration != null) {
      gauge("sluice.configuration.version", configuration.version());
      gauge("sluice.configuration.restart.keys", configuration.restart().size());
      reloads("applied", configuration.applied());
      reloads("unchanged", configuration.unchanged());
      reloads("refused", configuration.refused());
    }
    RolloutView rollout = status.rollout();
    if (rollout != null) {
      gauge("sluice.config.version", rollout.holds());
      for (String state : RolloutView.STATES) {
        gauge("sluice.config.rollout.state", rollout.state().equals(state) ? 1 : 0, "state", state);
      }
    }
  }

  private void reloads(String result, long count) {
    counter("sluice.configuration.reloads", count, "result", result);
  }

  private void traffic(Traffic traffic) {
    traffic
        .accepted()
        .forEach((protocol, classes) ->
            classes.forEach((c, n) ->
                counter(
                    "sluice.messages.accepted", n, "protocol", protocol, "class", c.jsonName())));
    traffic
        .rejected()
        .forEach((protocol, reasons) ->
            reasons.forEach((r, n) ->
                counter("sluice.messages.rejected", n, "protocol", protocol, "reason", r.label())));
    traffic
        .faultyFields()
        .forEach((protocol, reasons) ->
            reasons.forEach((r, n) ->
                counter("sluice.fields.faulty", n, "protocol", protocol, "reason", r.name())));
    traffic
        .repeated()
        .forEach((protocol, n) -> counter("sluice.messages.repeated", n, "protocol", protocol));
    traffic
        .handshakes()
        .forEach((protocol, faults) ->
            faults.forEach((fault, n) ->
                counter(
                    "sluice.handshakes.failed", n, "protocol", protocol, "reason", fault.label())));
  }

  private void limits(Traffic traffic) {
    traffic
        .limited()
        .forEach((protocol, limits) ->
            limits.forEach((limit, n) ->
                counter("sluice.limited", n, "protocol", protocol, "limit", limit.label())));
  }

  private void ledger(LedgerLine line) {
    String lane = line.lane().jsonName();
    counter("sluice.forwarded", line.delivered(), "upstream", line.upstream(), "lane", lane);
    // 0 from the start on: a counter that begins with its first drop hides it from increase()
    LedgerLine.REASONS.stream()
        .filter(reason -> !line.dropped().containsKey(reason))
        .forEach(reason -> dropped(line, lane, reason, 0));
    line.dropped().forEach((reason, n) -> dropped(line, lane, reason, n));
  }

  private void dropped(LedgerLine line, String lane, String reason, long count) {
    counter("sluice.dropped", count, "upstream", line.upstream(), "lane", lane, "reason", reason);
  }

  private void upstream(UpstreamView view) {
    view.lagSeconds()
        .forEach((lane, lag) ->
            gauge(
                "sluice.forward.lag.seconds",
                lag,
                "upstream",
                view.name(),
                "lane",
                lane.jsonName()));
    gauge(
        "sluice.upstream.connected",
        view.state().equals("connected") ? 1 : 0,
        "upstream",
        view.name());
    gauge("sluice.upstream.backlog.records", view.backlogRecords(), "upstream", view.name());
    counter("sluice.upstream.reconnects", view.reconnects(), "upstream", view.name());
    gauge(
        "sluice.upstream.missing.destinations",
        view.missingDestinations().size(),
        "upstream",
        view.name());
  }

  private void certificate(CertificateView view, long nowMillis) {
    gauge(
        "sluice." + view.kind() + ".expiry.seconds",
        Math.floorDiv(view.expiryMicros() / 1_000 - nowMillis, 1_000L),
        "place",
        view.place());
  }

  private void gauge(String name, Number value, String... tags) {
    cell(
            name,
            tags,
            cell ->
                Gauge.builder(name, cell, c -> c[0])
                    .description(MetricHelp.of(name))
                    .tags(tags)
                    .register(registry))[0] =
        value.doubleValue();
  }

  private void counter(String name, Number value, String... tags) {
    cell(
            name,
            tags,
            cell ->
                FunctionCounter.builder(name, cell, c -> c[0])
                    .description(MetricHelp.of(name))
                    .tags(tags)
                    .register(registry))[0] =
        value.doubleValue();
  }

  private double[] cell(
      String name, String[] tags, java.util.function.Consumer<double[]> registration) {
    return values.computeIfAbsent(
        name + Tags.of(tags),
        key -> {
          double[] cell = new double[1];
          registration.accept(cell);
          return cell;
        });
  }
}
