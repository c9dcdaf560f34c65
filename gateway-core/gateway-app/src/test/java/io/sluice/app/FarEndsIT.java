package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.sim.scenario.Scenario;
import io.sluice.testkit.KafkaBroker;
import io.sluice.testkit.Mosquitto;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The simulator's audit at a real Mosquitto and at a real Kafka. */
class FarEndsIT {
  private static final Path DRILL = Path.of("../../config/scenarios/emergency-drill.yaml");

  @TempDir Path directory;

  @Test
  void whatArrivesAtBrokersIsAuditedAsAnArchiveIs() throws Exception {
    Path brokers = Files.createDirectories(directory.resolve("brokers"));
    try (KafkaBroker kafka = new KafkaBroker(brokers.resolve("kafka"));
        Mosquitto mosquitto = new Mosquitto(brokers)) {
      Path config = new Setup(directory).config(mosquitto, kafka);
      Files.writeString(directory.resolve("devices.yaml"), Scenario.load(DRILL).devicesYaml());
      try (GatewayProcess gateway = GatewayProcess.start(config)) {
        audit(gateway, "--expect-mqtt", "mqtt://127.0.0.1:" + mosquitto.port);
        audit(gateway, "--expect-kafka", kafka.address());
      }
    }
  }

  private void audit(GatewayProcess gateway, String option, String farEnd) throws Exception {
    StringWriter out = new StringWriter();
    PrintWriter printer = new PrintWriter(out);
    Path report = directory.resolve(option);
    int exit =
        Main.commandLine()
            .setOut(printer)
            .setErr(printer)
            .execute(
                "sim",
                "run",
                "--scenario",
                DRILL.toString(),
                "--mqtt",
                "tcp://127.0.0.1:" + gateway.port("mqtt"),
                "--coap",
                "coap://127.0.0.1:" + gateway.port("coap"),
                "--duration",
                "14s",
                "--admin",
                "http://127.0.0.1:" + gateway.port("admin"),
                "--gateway-pid",
                "" + gateway.pid(),
                "--report",
                report.toString(),
                option,
                farEnd);
    assertThat(exit).as(out.toString()).isZero();
    assertThat(out.toString())
        .contains("audit: holds", "coverage: reported as it was", "alarms at the far end: ");
    assertThat(Files.readString(report.resolve("report.html"))).contains("emergency/depot");
    JsonNode json = GatewayProcess.JSON.readTree(Files.readString(report.resolve("report.json")));
    assertThat(json.at("/audit/lost").longValue()).isZero();
    assertThat(json.at("/audit/found").longValue()).isPositive();
  }
}
