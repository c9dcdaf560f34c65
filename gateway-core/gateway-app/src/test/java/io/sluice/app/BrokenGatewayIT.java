package io.sluice.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.sluice.api.GatewayTime;
import io.sluice.api.operator.Operations.LedgerLine;
import io.sluice.api.upstream.UpstreamFactory;
import io.sluice.cli.config.GatewayFiles;
import io.sluice.sim.audit.Audit;
import io.sluice.sim.audit.AuditResult;
import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.link.Endpoints;
import io.sluice.sim.scenario.Scenario;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The simulator's audit against gateways with a fault: each has to be caught, the honest one not.
 */
class BrokenGatewayIT {
  private static final String SCENARIO =
      """
      name: busy
      seed: 5
      sites:
        - { id: plant-a, sector: factory }
        - { id: north, sector: farm }
      groups:
        - { profile: energy-meter, count: 60, id: "meter-{n:02}", site: plant-a, interval: 20ms, form: json }
        - { profile: soil-probe, count: 40, id: "soil-{n:02}", site: north, interval: 20ms, form: json }
      """;

  @TempDir Path directory;

  private Path scenarioFile;
  private Scenario scenario;
  private Wiring gateway;

  @BeforeEach
  void start() throws Exception {
    scenarioFile = Files.writeString(directory.resolve("scenario.yaml"), SCENARIO);
    scenario = Scenario.load(scenarioFile);
    Files.writeString(directory.resolve("devices.yaml"), scenario.devicesYaml());
    Path config =
        Files.writeString(
            directory.resolve("sluice.yaml"),
            """
            gateway: { id: broken, data: ./var }
            listeners:
              mqtt: { host: 127.0.0.1, port: 0 }
            admin: { port: 0 }
            profiles: [ %s ]
            devices: [ devices.yaml ]
            upstreams:
              - { name: honest, type: file, directory: ./honest }
              - { name: losing, type: broken, directory: ./losing, fault: loses }
              - { name: doubling, type: broken, directory: ./doubling, fault: doubles }
            """
                .formatted(Path.of("../../config/profiles").toAbsolutePath().normalize()));
    Thread thread = Thread.currentThread();
    ClassLoader usual = thread.getContextClassLoader();
    try (URLClassLoader withBroken = withBrokenUpstream(usual)) {
      thread.setContextClassLoader(withBroken);
      StringWriter faults = new StringWriter();
      GatewayFiles files = GatewayFiles.load(config, new PrintWriter(faults));
      assertThat(files).as(faults.toString()).isNotNull();
      gateway = Wiring.start(files, GatewayTime.system());
    } finally {
      thread.setContextClassLoader(usual);
    }
  }

  /** Only here: every other test is to find the upstreams that are shipped. */
  private URLClassLoader withBrokenUpstream(ClassLoader usual) throws IOException {
    Path services = Files.createDirectories(directory.resolve("classes/META-INF/services"));
    Files.writeString(
        services.resolve(UpstreamFactory.class.getName()), BrokenUpstream.Factory.class.getName());
    return new URLClassLoader(new URL[] {directory.resolve("classes").toUri().toURL()}, usual);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private AuditResult audit(FleetRun run, String upstream) throws IOException {
    return Audit.of(run, directory.resolve(upstream));
  }

  @Test
  void oneInTenThousandThatIsLostOrDoubledIsFound() throws Exception {
    URI mqtt = URI.create("tcp://" + gateway.address("mqtt"));
    try (FleetRun run = FleetRun.start(scenario, new Endpoints(mqtt, null))) {
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> run.snapshot().acked() > BrokenUpstream.ONE_IN + 100);
      run.stop();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() ->
              gateway.operations().ledger().stream().mapToLong(LedgerLine::queued).sum() == 0);
      AuditResult honest = audit(run, "honest");
      assertThat(honest.holds()).as(honest.text()).isTrue();
      AuditResult losing = audit(run, "losing");
      assertThat(losing.holds()).isFalse();
      assertThat(losing.lost()).isEqualTo(losing.sent() / BrokenUpstream.ONE_IN);
      AuditResult doubling = audit(run, "doubling");
      assertThat(doubling.holds()).isFalse();
      assertThat(doubling.duplicated()).isEqualTo(doubling.sent() / BrokenUpstream.ONE_IN);
    }
  }

  private int simRun(String admin, String settle, StringWriter out) {
    PrintWriter printer = new PrintWriter(out);
    return Main.commandLine()
        .setOut(printer)
        .setErr(printer)
        .execute(
            "sim",
            "run",
            "--scenario",
            scenarioFile.toString(),
            "--mqtt",
            "tcp://" + gateway.address("mqtt"),
            "--duration",
            "4s",
            "--settle",
            settle,
            "--expect-file",
            directory.resolve("honest").toString(),
            "--admin",
            admin);
  }

  @Test
  void aDeviceThatIsCountedTwiceIsFound() throws Exception {
    String admin = "http://" + gateway.address("admin");
    StringWriter honest = new StringWriter();
    assertThat(simRun(admin, "60s", honest)).as(honest.toString()).isZero();
    assertThat(honest.toString()).contains("audit: holds", "coverage: reported as it was");
    HttpServer lying = lying(admin);
    try {
      StringWriter out = new StringWriter();
      String address = "http://127.0.0.1:" + lying.getAddress().getPort();
      assertThat(simRun(address, "15s", out)).isEqualTo(3); // when that is over
      assertThat(out.toString())
          .contains(
              "audit: holds", "coverage: NOT AS IT WAS", "61 devices are counted, 60 there are");
    } finally {
      lying.stop(0);
    }
  }

  /** The gateway's API, except that one device of plant-a counts twice. */
  private static HttpServer lying(String honest) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.createContext(
        "/",
        exchange -> {
          byte[] bytes = lie(fetch(honest + exchange.getRequestURI())).getBytes(UTF_8);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static String lie(String honest) {
    if (!honest.startsWith("{")) {
      return honest; // the metrics
    }
    JsonNode body = GatewayProcess.JSON.readTree(honest);
    for (JsonNode site : body.path("sites")) {
      if (site.path("site").asString("").equals("plant-a")) {
        long devices = site.get("devices").longValue();
        ((ObjectNode) site)
            .put("devices", devices + 1)
            .put("filled", site.get("filled").longValue() * (devices + 1) / devices);
      }
    }
    return body.toString();
  }

  private static String fetch(String uri) throws IOException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
