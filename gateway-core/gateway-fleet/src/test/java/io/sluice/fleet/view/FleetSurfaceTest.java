package io.sluice.fleet.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.config.Secret;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.engine.coverage.slot.Calendar;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.record.PoisonRecordException;
import io.sluice.fleet.ApiDocument;
import io.sluice.fleet.alarm.Acknowledgements;
import io.sluice.fleet.command.FleetCommandService;
import io.sluice.fleet.device.DeviceWriter;
import io.sluice.fleet.gateway.GatewayBook;
import io.sluice.fleet.partition.LivePartitions;
import io.sluice.fleet.topic.Refusals;
import io.sluice.store.postgres.PostgresLink;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a fleet process offers, and what its document says of that. */
class FleetSurfaceTest {
  /** Of every program: AdminRoutes has them. */
  private static final Set<String> OF_THE_FRAME =
      Set.of(
          "GET /health/live",
          "GET /health/ready",
          "GET /api/v1/notice",
          "GET /api/v1/me",
          "GET /api/v1/updates",
          "GET /api/v1/openapi.yaml");

  /** Between instances. */
  private static final String INTERNAL = "GET " + PartsResource.PATH;

  private record Alone(String self) implements Instances {
    @Override
    public Map<String, Set<Integer>> active() {
      return Map.of();
    }

    @Override
    public int partitions() {
      return 0;
    }

    @Override
    public Set<Integer> behind() {
      return Set.of();
    }
  }

  private final Clock clock = Clock.systemUTC();
  private final GatewayBook gateways = new GatewayBook(clock);
  private final Refusals refusals = new Refusals(() -> 0);

  private FleetSurface surface() {
    return surface(null);
  }

  private FleetSurface surface(@Nullable StoreSide store) {
    return new FleetSurface(
        "test",
        new LivePartitions(),
        gateways,
        new Acknowledgements(),
        (key, value) -> {},
        new Alone("127.0.0.1:1"),
        new Peers(PeerAccess.plain(null), Duration.ofSeconds(1)),
        refusals,
        Calendar.UTC,
        store,
        clock,
        () -> null);
  }

  private ApiDocument document() {
    return new ApiDocument(surface().description().text());
  }

  @Test
  void theDocumentHasEveryPathThatIsThereAndNoOther() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Router router = Router.router(vertx);
      surface().mount(vertx, router);
      Set<String> offered = new TreeSet<>(OF_THE_FRAME);
      router
          .getRoutes()
          .forEach(route -> {
            for (HttpMethod method : route.methods()) {
              offered.add(method.name() + " " + route.getPath().replaceAll(":\\w+", "{}"));
            }
          });
      assertThat(offered.remove(INTERNAL)).isTrue();
      assertThat(document().operations()).isEqualTo(offered);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  @Test
  void whatTheDocumentRefersToIsInIt() {
    assertThat(document().loose()).isEmpty();
    for (String path : Set.of("/api/v1/alarms", "/api/v1/coverage", "/api/v1/coverage/trend")) {
      assertThat(document().parameters("get", path)).as(path).contains("gateway");
    }
  }

  /** Names of the fleet's own metrics, in a text. */
  private static Set<String> names(Pattern pattern, String text) {
    Set<String> found = new TreeSet<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }

  /** With a store that nothing is asked of. */
  private String scrape(Supplier<DeviceWriter.Standing> devices) {
    FleetStoreSettings nowhere =
        new FleetStoreSettings("postgresql://127.0.0.1:1/none", "u", new Secret("p"), null, null);
    try (PostgresLink link = PostgresLink.open(nowhere, "test", clock)) {
      Profiles none = Profiles.load(List.of()).profiles();
      return surface(new StoreSide(new FleetCommandService(link, none), devices)).metrics().text();
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void everyMetricIsDocumentedAndHasHelpAndEveryOneThatIsNamedIsThere() throws Exception {
    long now = clock.millis() * 1_000;
    String status =
        """
        {"v":1,"kind":"status","gateway":"edge-1","region":null,"version":"1","run":"r",
        "started":%d,"at":%d,"stopped":false,"ready":true,"reasons":[],"sessions":0,
        "devices":{},"accepted":0,"spool":{"records":0,"fill":0.5,"hoursLeft":3.5},
        "deadLetters":0,"upstreams":[]}\
        """
            .formatted(now, now);
    gateways.take(utf8("edge-1"), utf8(status), now / 1_000);
    refusals.refuse(
        "sluice.telemetry",
        new PoisonRecordException(PoisonRecordException.Kind.NOT_JSON, "it is no JSON"));
    String scrape = scrape(() -> new DeviceWriter.Standing(true, 40, 2, 12, null));
    Set<String> there = names(Pattern.compile("(?m)^(sluice_fleet_\\w+)[ {]"), scrape);
    assertThat(scrape)
        .contains(
            "sluice_fleet_registry_behind 2.0",
            "sluice_fleet_registry_written_total 12.0",
            "sluice_fleet_registry_writer 1.0",
            "sluice_fleet_gateway_spool_left_hours{gateway=\"edge-1\"} 3.5");
    for (String name : there) {
      assertThat(scrape).containsPattern("# HELP " + name + " \\w+");
    }
    Path root = Path.of("../..");
    String page = Files.readString(root.resolve("docs/observability.md"));
    String section = page.substring(page.indexOf("## Metrics of the fleet's view"));
    assertThat(names(Pattern.compile("(?m)^\\| `(sluice_fleet_\\w+)`"), section)).isEqualTo(there);
    for (String file : Set.of("prometheus/sluice-fleet-rules.yml", "grafana/sluice-fleet.json")) {
      assertThat(there)
          .as(file)
          .containsAll(
              names(
                  Pattern.compile("\\b(sluice_fleet_\\w+)"),
                  Files.readString(root.resolve("config").resolve(file))));
    }
  }
}
