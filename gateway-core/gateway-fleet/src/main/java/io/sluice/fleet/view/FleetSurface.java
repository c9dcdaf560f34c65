package io.sluice.fleet.view;

import io.sluice.admin.AdminSurface;
import io.sluice.admin.http.Answers;
import io.sluice.admin.http.PathParameter;
import io.sluice.admin.http.Query;
import io.sluice.admin.http.Workers;
import io.sluice.admin.resource.AlarmResource;
import io.sluice.admin.resource.ApiDescription;
import io.sluice.admin.resource.CommandResource;
import io.sluice.admin.resource.CoverageResource;
import io.sluice.admin.resource.Updates;
import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.CoverageService.Filter;
import io.sluice.api.operator.CoverageService.Share;
import io.sluice.api.operator.CoverageService.Window;
import io.sluice.engine.coverage.slot.Calendar;
import io.sluice.fleet.alarm.Acknowledgements;
import io.sluice.fleet.alarm.FleetAlarms;
import io.sluice.fleet.command.FleetCommandService;
import io.sluice.fleet.command.NoCommands;
import io.sluice.fleet.gateway.GatewayBook;
import io.sluice.fleet.partition.FleetDevice;
import io.sluice.fleet.partition.LivePartitions;
import io.sluice.fleet.topic.Refusals;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The paths of a fleet process: those of a gateway that make sense for many, and its own. */
public final class FleetSurface implements AdminSurface {
  private static final int PAGE = 100;
  private static final int PAGE_MAX = 1_000;

  private final String version;
  private final long startedMicros;
  private final GatewayBook gateways;
  private final Clock clock;
  private final Supplier<@Nullable String> problem;
  private final Instances instances;
  private final PartsResource parts;
  private final FleetCoverage coverage;
  private final FleetAlarms alarms;
  private final FleetMetrics metrics;
  private final @Nullable FleetCommandService commands;

  /**
   * @param refusals what came on topics and was left out
   * @param store null where the configuration names none
   * @param problem why the process is not ready, or null
   */
  public FleetSurface(
      String version,
      LivePartitions live,
      GatewayBook gateways,
      Acknowledgements acts,
      FleetAlarms.Writer writer,
      Instances instances,
      Peers peers,
      Refusals refusals,
      Calendar calendar,
      @Nullable StoreSide store,
      Clock clock,
      Supplier<@Nullable String> problem) {
    this.version = version;
    this.startedMicros = clock.millis() * 1_000;
    this.gateways = gateways;
    this.clock = clock;
    this.problem = problem;
    this.instances = instances;
    PartAnswers answers = new PartAnswers(calendar);
    this.parts = new PartsResource(live, instances, answers);
    Gathering gathering = new Gathering(live, instances, peers, answers, gateways);
    this.coverage = new FleetCoverage(gathering, gateways, calendar, clock);
    this.alarms = new FleetAlarms(() -> alarms(gathering, clock), acts, writer, clock);
    this.commands = store == null ? null : store.commands();
    this.metrics = new FleetMetrics(version, live, gateways, instances, coverage, refusals, store);
  }

  private static List<AlarmView> alarms(Gathering gathering, Clock clock) {
    PartQuestion question =
        PartQuestion.of(PartQuestion.What.ALARMS, clock.millis() * 1_000, Window.HOUR, Filter.ALL);
    return gathering.ask(question).parts().stream()
        .flatMap(part -> ((List<?>) part).stream())
        .map(AlarmView.class::cast)
        .toList();
  }

  @Override
  public ApiDescription.Of description() {
    return ApiDescription.Of.FLEET;
  }

  FleetMetrics metrics() {
    return metrics;
  }

  @Override
  public Readiness readiness() {
    String why = problem.get();
    return new Readiness(why == null, why);
  }

  @Override
  public Updates updates(Vertx vertx) {
    return new Updates(vertx, this::status, alarms, coverage);
  }

  @Override
  public void mount(Vertx vertx, Router router) {
    router
        .get("/api/v1/status")
        .handler(Query.takes())
        .handler(Workers.blocking(ctx -> Answers.json(ctx, 200, status())));
    router.get("/api/v1/gateways").handler(Query.takes()).handler(Workers.blocking(this::gateways));
    router
        .get("/api/v1/devices")
        .handler(Query.takes("sector", "site", "profile", "gateway", "after", "limit"))
        .handler(Workers.blocking(this::devices));
    router
        .get("/api/v1/devices/:id")
        .handler(Query.takes())
        .handler(Workers.blocking(this::device));
    commandResource(commands).mount(router);
    new CoverageResource(coverage).mount(router);
    new AlarmResource(alarms).mount(router);
    parts.mount(vertx, router);
    router.get("/metrics").handler(Workers.blocking(metrics::scrape));
  }

  private static CommandResource commandResource(@Nullable FleetCommandService commands) {
    return commands == null
        ? new CommandResource(new NoCommands(), any -> true)
        : new CommandResource(commands, commands::isKnown);
  }

  /**
   * @param fleet which tells it from a gateway's
   */
  private record Status(
      String gateway,
      String version,
      long startedMicros,
      boolean ready,
      @Nullable String notReadyReason,
      Fleet fleet) {}

  /**
   * @param self this instance, as the others reach it
   * @param instances those that have parts, with how many
   */
  private record Fleet(
      String self, Map<String, Integer> instances, Share share, List<String> gateways) {}

  private Status status() {
    String why = problem.get();
    Map<String, Integer> sizes = new LinkedHashMap<>();
    instances.active().forEach((instance, own) -> sizes.put(instance, own.size()));
    return new Status(
        "fleet",
        version,
        startedMicros,
        why == null,
        why,
        new Fleet(
            instances.self(),
            sizes,
            coverage.share(),
            gateways.all().stream().map(each -> each.gateway()).toList()));
  }

  private void gateways(RoutingContext ctx) {
    long now = clock.millis() * 1_000;
    List<FleetGateway> all =
        gateways.all().stream()
            .map(each -> FleetGateway.of(each, gateways.isSilent(each), now))
            .toList();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("gateways", all);
    answer.put("total", all.size());
    answer.put("silent", gateways.silent());
    Answers.json(ctx, 200, answer);
  }

  /** As a gateway shows a device, and at which gateway it is. */
  private static Map<String, Object> view(FleetDevice device) {
    Map<String, Object> registered = new LinkedHashMap<>();
    registered.put("id", device.id());
    registered.put("profile", device.profile());
    registered.put("sector", device.sector());
    registered.put("site", device.site());
    Double interval = device.interval();
    registered.put("interval", interval == null ? null : Duration.ofNanos((long) (interval * 1e9)));
    registered.put("parent", device.parent());
    registered.put("planned", device.planned());
    registered.put("commissioned", device.commissioned());
    registered.put("retired", device.retired());
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("device", registered);
    view.put("connected", device.connected());
    view.put("lastSeenMicros", device.lastSeenMicros());
    view.put("gateway", device.gateway());
    return view;
  }

  private void device(RoutingContext ctx) {
    String id = PathParameter.text(ctx, "id");
    FleetDevice found =
        coverage.registered(PartQuestion.registered(clock.millis() * 1_000, id)).parts().stream()
            .flatMap(part -> ((List<?>) part).stream())
            .map(FleetDevice.class::cast)
            .findFirst()
            .orElse(null);
    if (found == null) {
      Answers.error(ctx, 404, "no part of the fleet that answers has the device " + id);
    } else {
      Answers.json(ctx, 200, view(found));
    }
  }

  private void devices(RoutingContext ctx) {
    int limit = Query.limit(ctx, PAGE, PAGE_MAX);
    Filter filter =
        new Filter(
            Query.text(ctx, "sector"),
            Query.text(ctx, "site"),
            Query.text(ctx, "profile"),
            null,
            Query.text(ctx, "gateway"));
    // one more than is asked for tells whether another page follows
    Gathering.Gathered gathered =
        coverage.registered(
            PartQuestion.rows(
                PartQuestion.What.DEVICES,
                clock.millis() * 1_000,
                Window.HOUR,
                filter,
                false,
                limit + 1,
                Query.text(ctx, "after")));
    List<FleetDevice> found =
        gathered.parts().stream()
            .flatMap(part -> ((List<?>) part).stream())
            .map(FleetDevice.class::cast)
            .sorted(Comparator.comparing(FleetDevice::id))
            .limit(limit + 1L)
            .toList();
    List<FleetDevice> page = found.subList(0, Math.min(limit, found.size()));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("devices", page.stream().map(FleetSurface::view).toList());
    answer.put("next", found.size() <= limit ? null : page.getLast().id());
    answer.put("fleet", gathered.share());
    Answers.json(ctx, 200, answer);
  }
}
