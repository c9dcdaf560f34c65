package io.sluice.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.sluice.sim.reference.BareCoapServer;
import io.sluice.sim.reference.BareMqttServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands as a user calls them. */
@Tag("slow")
class SimCommandTest {
  /** A device connects and sends in it, on a busy machine too. */
  private static final String SHORT = "3s";

  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int sim(String... args) {
    return new CommandLine(new SimCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args);
  }

  private JsonNode load(String... more) {
    String[] args = new String[more.length + 6];
    System.arraycopy(
        new String[] {"load", "--json", "--duration", "1s", "--warmup", "100ms"}, 0, args, 0, 6);
    System.arraycopy(more, 0, args, 6, more.length);
    int code = sim(args);
    assertThat(code).as(err.toString() + out).isZero();
    return new JsonMapper().readTree(out.toString());
  }

  private static Schema schema() throws Exception {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(
            Files.readString(Path.of("../config/schema/report.schema.json")), InputFormat.JSON);
  }

  @ParameterizedTest
  @CsvSource({"0,3.1.1", "1,3.1.1", "2,3.1.1", "1,5", "2,5"})
  void everyQosIsAcknowledgedWithoutError(String qos, String version) throws Exception {
    try (BareMqttServer server = BareMqttServer.start(0, 1)) {
      JsonNode result =
          load(
              "--mqtt",
              "mqtt://127.0.0.1:" + server.port(),
              "--connections",
              "5",
              "--qos",
              qos,
              "--version-mqtt",
              version,
              "--user",
              "u-{n:03}",
              "--password",
              "p-{id}");
      assertThat(result.path("acked").asLong()).isPositive();
      assertThat(result.path("errors").asLong()).isZero();
    }
  }

  @Test
  void openLoopMeasuresTheServersProcess() throws Exception {
    try (BareMqttServer server = BareMqttServer.start(0, 1)) {
      JsonNode result =
          load(
              "--mqtt",
              "mqtt://127.0.0.1:" + server.port(),
              "--connections",
              "7",
              "--rate",
              "1000",
              "--pid",
              Long.toString(ProcessHandle.current().pid()));
      assertThat(result.path("ackedPerSecond").asDouble()).isPositive();
      assertThat(result.path("serverCpuMicrosPerMessage").isNumber()).isTrue();
    }
  }

  @Test
  void mosquittoAcceptsTheHandMadeFrames() throws Exception {
    try (FleetRunTest.Mosquitto broker = FleetRunTest.Mosquitto.start(folder)) {
      JsonNode result =
          load("--mqtt", broker.uri().toString(), "--connections", "5", "--version-mqtt", "5");
      assertThat(result.path("acked").asLong()).isPositive();
      assertThat(result.path("errors").asLong()).isZero();
    }
  }

  @Test
  void coapEndpointsShareSockets() {
    try (BareCoapServer server = BareCoapServer.start(0, true)) {
      JsonNode result =
          load(
              "--coap",
              "coap://127.0.0.1:" + server.port(),
              "--endpoints",
              "20",
              "--sockets",
              "3",
              "--user",
              "load-{n:04}",
              "--password",
              "demo-{id}");
      assertThat(result.path("acked").asLong()).isPositive();
      assertThat(result.path("errors").asLong()).isZero();
    }
  }

  @Test
  void serverThatIsNotThereIsOneLine() {
    assertThat(sim("load", "--mqtt", "mqtt://127.0.0.1:1", "--connections", "2")).isEqualTo(1);
    assertThat(err.toString()).contains("2 of 2 connections failed").hasLineCount(1);
  }

  @Test
  void wrongSchemeIsBadUsage() {
    assertThat(sim("load", "--mqtt", "http://127.0.0.1:80")).isEqualTo(2);
    assertThat(err.toString()).contains("mqtt://");
  }

  @Test
  void auditThatDoesNotHoldExitsWithThreeAndLeavesAReport() throws Exception {
    Path scenario = folder.resolve("s.yaml");
    Files.writeString(scenario, "name: s\ngroups:\n  - { profile: cnc, interval: 20ms }\n");
    Path archive = Files.createDirectories(folder.resolve("archive"));
    try (BareMqttServer server = BareMqttServer.start(0, 1)) {
      int code =
          sim(
              "run",
              "--scenario",
              scenario.toString(),
              "--mqtt",
              "mqtt://127.0.0.1:" + server.port(),
              "--duration",
              SHORT,
              "--settle",
              "100ms",
              "--report",
              folder.resolve("report").toString(),
              "--expect-file",
              archive.toString());
      assertThat(code).as(err.toString()).isEqualTo(3);
    }
    JsonNode report =
        new JsonMapper().readTree(Files.readString(folder.resolve("report/report.json")));
    assertThat(report.path("holds").asBoolean(true)).isFalse();
    assertThat(schema().validate(report.toString(), InputFormat.JSON)).isEmpty();
    assertThat(report.path("verdict").asString()).isEqualTo("fails");
    assertThat(report.path("exitCode").asInt()).isEqualTo(3);
    assertThat(report.path("audit").path("byDevice").path("cnc-0001").path("lost").asLong())
        .isPositive();
    assertThat(report.path("audit").path("lost").asLong())
        .isPositive()
        .isEqualTo(report.path("fleet").path("acked").asLong());
  }

  @Test
  void aRunThatNobodyAnsweredIsNoSuccess() throws Exception {
    Path scenario = folder.resolve("s.yaml");
    Files.writeString(scenario, "name: s\ngroups:\n  - { profile: cnc, interval: 20ms }\n");
    int code =
        sim(
            "run",
            "--scenario",
            scenario.toString(),
            "--mqtt",
            "mqtt://127.0.0.1:1",
            "--duration",
            "1s",
            "--report",
            folder.resolve("report").toString());
    assertThat(code).isEqualTo(1);
    assertThat(out.toString()).contains("no device connected");
    JsonNode report =
        new JsonMapper().readTree(Files.readString(folder.resolve("report/report.json")));
    assertThat(schema().validate(report.toString(), InputFormat.JSON)).isEmpty();
    assertThat(report.path("verdict").asString()).isEqualTo("unknown");
    assertThat(report.path("exitCode").asInt()).isEqualTo(1);
    assertThat(report.path("silences").path(0).path("refused").asLong()).isPositive();
  }

  @Test
  void aGatewayThatIsGoneLeavesAGapAndAReport() throws Exception {
    Path scenario = folder.resolve("s.yaml");
    Files.writeString(scenario, "name: s\ngroups:\n  - { profile: cnc, interval: 20ms }\n");
    try (BareMqttServer server = BareMqttServer.start(0, 1)) {
      int code =
          sim(
              "run",
              "--scenario",
              scenario.toString(),
              "--mqtt",
              "mqtt://127.0.0.1:" + server.port(),
              "--duration",
              SHORT,
              "--gateway-pid",
              "999999999",
              "--report",
              folder.resolve("report").toString());
      assertThat(code).as(err.toString() + out).isZero();
    }
    JsonNode report =
        new JsonMapper().readTree(Files.readString(folder.resolve("report/report.json")));
    assertThat(report.path("course").path(0).path("gatewayBytes").asLong(-1)).isZero();
    assertThat(report.path("verdict").asString()).isEqualTo("holds");
  }

  @Test
  void scenarioWithoutItsServerIsBadUsage() throws Exception {
    Path scenario = folder.resolve("s.yaml");
    Files.writeString(scenario, "name: s\ngroups:\n  - { profile: cnc }\n");
    assertThat(sim("run", "--scenario", scenario.toString(), "--duration", "1s")).isEqualTo(2);
    assertThat(err.toString()).contains("--mqtt");
  }

  @Test
  void devicesPrintsTheRegistrySeed() throws Exception {
    Path scenario = folder.resolve("s.yaml");
    Files.writeString(
        scenario, "name: s\ngroups:\n  - { profile: cnc, id: \"c-{n}\", count: 2 }\n");
    assertThat(sim("devices", "--scenario", scenario.toString())).isZero();
    assertThat(out.toString()).contains("id: \"c-1\"").contains("id: \"c-2\"");
  }
}
