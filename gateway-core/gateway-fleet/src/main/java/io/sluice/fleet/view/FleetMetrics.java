package io.sluice.fleet.view;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.admin.metrics.CoverageMeters;
import io.sluice.fleet.device.DeviceWriter;
import io.sluice.fleet.gateway.GatewayBook;
import io.sluice.fleet.gateway.GatewayStatus;
import io.sluice.fleet.partition.LivePartitions;
import io.sluice.fleet.partition.PartitionBook;
import io.sluice.fleet.topic.Refusals;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * {@code /metrics} of a fleet process: its own work, coverage, and a few figures of each gateway.
 * Read at each scrape.
 */
final class FleetMetrics {
  private static final Map<String, String> COUNTED =
      Map.of(
          "records", "Records of devices that were counted",
          "duplicates", "Records that came before and count once",
          "waited", "Records that waited for their device to be told of",
          "unknown", "Records of devices that nobody told of, left out",
          "sessions.unknown", "Sessions of devices that nobody told of, left out or forgotten",
          "restored", "Changes of state that were read again, as a part was taken over");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final LivePartitions live;
  private final GatewayBook gateways;
  private final CoverageMeters coverage;
  private final Refusals refusals;
  private final MultiGauge silent =
      gauge("sluice.fleet.gateway.silent", "Whether a gateway has said nothing for 35 s: 1 or 0");
  private final MultiGauge lag =
      gauge("sluice.fleet.gateway.lag.seconds", "Age of the oldest record that an upstream lacks");
  private final MultiGauge fill =
      gauge("sluice.fleet.gateway.spool.fill.ratio", "How full a gateway's spool is, 0 to 1");
  private final MultiGauge hours =
      gauge("sluice.fleet.gateway.spool.left.hours", "Hours until a gateway's spool is full");

  FleetMetrics(
      String version,
      LivePartitions live,
      GatewayBook gateways,
      Instances instances,
      FleetCoverage coverage,
      Refusals refusals,
      @Nullable StoreSide store) {
    this.refusals = refusals;
    this.live = live;
    this.gateways = gateways;
    this.coverage = new CoverageMeters(coverage, registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    Gauge.builder("sluice.build.info", () -> 1)
        .description("1, with the version of the program")
        .tag("version", version)
        .register(registry);
    Gauge.builder("sluice.fleet.devices", live, each -> devices())
        .description("Devices of the parts that are here")
        .register(registry);
    partitions("here", live, each -> each.all().size());
    partitions("behind", instances, each -> each.behind().size());
    Gauge.builder("sluice.fleet.missing.ratio", coverage, each -> each.share().missingShare())
        .description("Share of all parts that no figure has now, 0 to 1")
        .register(registry);
    COUNTED.forEach((what, help) ->
        FunctionCounter.builder("sluice.fleet." + what, live, each -> each.counted(what))
            .description(help)
            .register(registry));
    if (store != null) {
      registry(store.devices());
    }
  }

  private <T> void partitions(String state, T of, ToDoubleFunction<T> count) {
    Gauge.builder("sluice.fleet.partitions", of, count)
        .description("Parts of the topics: here, and those of them that are behind")
        .tag("state", state)
        .register(registry);
  }

  private void registry(Supplier<DeviceWriter.Standing> devices) {
    Gauge.builder("sluice.fleet.registry.writer", devices, each -> each.get().isWriter() ? 1 : 0)
        .description("Whether this instance writes the registry to the bus, 1, or stands by, 0")
        .register(registry);
    Gauge.builder("sluice.fleet.registry.behind", devices, each -> each.get().behind())
        .description("Revisions of the registry that the bus lacks, at the instance that writes")
        .register(registry);
    FunctionCounter.builder("sluice.fleet.registry.written", devices, each -> each.get().written())
        .description("Values of devices that this instance has written to the bus")
        .register(registry);
  }

  private MultiGauge gauge(String name, String help) {
    return MultiGauge.builder(name).description(help).register(registry);
  }

  private int devices() {
    return live.all().stream().mapToInt(PartitionBook::size).sum();
  }

  void scrape(RoutingContext ctx) {
    ctx.response()
        .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        .end(text());
  }

  synchronized String text() {
    refusals.counts().forEach(this::poison);
    List<MultiGauge.Row<?>> silents = new ArrayList<>();
    List<MultiGauge.Row<?>> lags = new ArrayList<>();
    List<MultiGauge.Row<?>> fills = new ArrayList<>();
    List<MultiGauge.Row<?>> hoursLeft = new ArrayList<>();
    for (GatewayStatus each : gateways.all()) {
      Tags of = Tags.of("gateway", each.gateway());
      silents.add(MultiGauge.Row.of(of, gateways.isSilent(each) ? 1 : 0));
      lags.add(MultiGauge.Row.of(of, each.lagSeconds()));
      fills.add(MultiGauge.Row.of(of, each.spoolFill()));
      Double left = each.hoursLeft();
      if (left != null) {
        hoursLeft.add(MultiGauge.Row.of(of, left));
      }
    }
    silent.register(silents, true);
    lag.register(lags, true);
    fill.register(fills, true);
    hours.register(hoursLeft, true);
    coverage.update();
    return registry.scrape();
  }

  /** One series a topic and kind of what could not be used. */
  private void poison(Refusals.Count of) {
    FunctionCounter.builder("sluice.fleet.poison", of.count(), LongAdder::sum)
        .description("Values on the topics that could not be used, left out")
        .tag("topic", of.topic())
        .tag("kind", of.kind())
        .register(registry);
  }
}
