package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.GatewayTime;
import io.sluice.cli.config.GatewayFiles;
import io.sluice.testkit.KafkaBroker;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a gateway of a fleet says of itself and its devices, as docs/fleet.md has it. */
class FleetReportsIT {
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final List<String> TOPICS =
      List.of("sluice.fleet.gateways", "sluice.fleet.presence");

  @TempDir Path directory;

  @Test
  void sessionsAndOutagesOfAGatewayAreOnTheBusAcrossItsRestart() throws Exception {
    Path file = new Setup(directory).config();
    try (KafkaBroker broker = new KafkaBroker(directory.resolve("kafka"))) {
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
        var made = TOPICS.stream().map(topic -> new NewTopic(topic, 1, (short) 1)).toList();
        admin.createTopics(made).all().get();
      }
      Files.writeString(
          file,
          Files.readString(file)
              + "fleet:\n  region: north\n  bus: { bootstrap-servers: \"%s\","
                  .formatted(broker.address())
              + " admin-address: \"edge-01.example:8080\" }\n");
      String run = firstRun(file, broker);
      JsonNode stopped = newest(broker).get("edge-01");
      assertThat(stopped.path("stopped").asBoolean()).isTrue();
      assertThat(stopped.path("run").asString()).isEqualTo(run);
      secondRun(file, broker, run);
    }
  }

  private String firstRun(Path file, KafkaBroker broker) throws Exception {
    try (Wiring gateway = start(file, Duration.ZERO)) {
      try (RawMqttDevice device =
          new RawMqttDevice(address(gateway.address("mqtt")), "meter-1", "secret-1")) {
        device.publish("telemetry", "{\"n\":1}");
        JsonNode live = found(broker, "meter-1", "contact", "live");
        assertThat(live.path("v").asInt()).isEqualTo(1);
        assertThat(live.path("device").asString()).isEqualTo("meter-1");
        assertThat(live.path("gateway").asString()).isEqualTo("edge-01");
        assertThat(live.path("since").asLong()).isPositive();
        assertThat(live.path("address").asString()).startsWith("127.0.0.1:");
        JsonNode status = found(broker, "edge-01", "kind", "status");
        assertThat(live.path("run").asString()).isEqualTo(status.path("run").asString());
        assertThat(status.path("region").asString()).isEqualTo("north");
        assertThat(status.path("admin").asString()).isEqualTo("edge-01.example:8080");
        assertThat(status.path("stopped").asBoolean()).isFalse();
        assertThat(status.path("devices").path("registered").asInt()).isEqualTo(5);
        assertThat(status.path("spool").path("lanes")).hasSize(3);
        assertThat(status.path("upstreams").path(0).path("name").asString()).isEqualTo("archive");
        assertThat(status.path("at").asLong())
            .isGreaterThanOrEqualTo(status.path("started").asLong());
      }
      found(broker, "meter-1", "contact", "ended");
      return newest(broker).get("meter-1").path("run").asString();
    }
  }

  private static void secondRun(Path file, KafkaBroker broker, String before) throws Exception {
    try (Wiring gateway = start(file, Duration.ofHours(1))) {
      await().atMost(LONG).until(() -> gateway.operations().fleetBus().published() > 1);
      await()
          .atMost(LONG)
          .untilAsserted(() -> {
            Map<String, JsonNode> newest = newest(broker);
            assertThat(newest).containsKey("edge-01#downtime");
            assertThat(newest.get("edge-01").path("run").asString()).isNotEqualTo(before);
            assertThat(newest.get("edge-01#downtime").path("outages")).hasSize(1);
          });
      JsonNode outage = newest(broker).get("edge-01#downtime").path("outages").path(0);
      assertThat(outage.path(1).asLong() - outage.path(0).asLong()).isGreaterThan(3_500_000_000L);
      await().atMost(LONG).until(() -> gateway.operations().fleetBus().connected());
    }
  }

  private static Wiring start(Path file, Duration later) throws Exception {
    StringWriter said = new StringWriter();
    GatewayFiles files = GatewayFiles.load(file, new PrintWriter(said, true));
    assertThat(files).as(said.toString()).isNotNull();
    Clock clock = Clock.offset(Clock.systemUTC(), later);
    return Wiring.start(files, new GatewayTime(clock, System::nanoTime));
  }

  private static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    return new InetSocketAddress(
        InetAddress.getLoopbackAddress(), Integer.parseInt(text.substring(colon + 1)));
  }

  private static JsonNode found(KafkaBroker broker, String key, String field, String value) {
    await()
        .atMost(LONG)
        .until(() -> {
          JsonNode found = newest(broker).get(key);
          return found != null && found.path(field).asString().equals(value);
        });
    return newest(broker).get(key);
  }

  private static Map<String, JsonNode> newest(KafkaBroker broker) {
    Map<String, JsonNode> newest = new HashMap<>();
    for (ConsumerRecord<String, String> each : broker.read(TOPICS.toArray(String[]::new))) {
      newest.put(each.key(), new JsonMapper().readTree(each.value()));
    }
    return newest;
  }
}
