package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.testkit.Mosquitto;
import io.sluice.testkit.TcpRelay;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** An upstream is away while the fleet reports, and comes back. */
class OutageIT {
  private static final int TELEMETRY = 3_000;
  private static final int ALARMS = 20;

  @TempDir Path directory;

  @Test
  void everythingArrivesAfterAnOutageAlarmsFirst() throws Exception {
    Path broker = Files.createDirectories(directory.resolve("broker"));
    Setup setup = new Setup(directory);
    // the line is away, not the broker: whoever listens there has to listen before the gateway
    // comes
    try (Mosquitto mosquitto = new Mosquitto(broker);
        TcpRelay line = new TcpRelay(mosquitto.port)) {
      mosquitto.subscribe("%p");
      line.cut();
      Path config =
          setup.config(
              "{ name: cloud, type: mqtt, uri: tcp://127.0.0.1:"
                  + line.port
                  + ", topic: \"sluice/{class}/{device}\" }");
      everythingArrives(config, mosquitto, line);
    }
  }

  private static void everythingArrives(Path config, Mosquitto mosquitto, TcpRelay line)
      throws Exception {
    try (GatewayProcess gateway = GatewayProcess.start(config)) {
      load(gateway);
      assertThat(line(gateway, "cloud", "telemetry").get("queued").intValue()).isEqualTo(TELEMETRY);
      // The archive was never away: the one that is does not slow it.
      await().until(() -> line(gateway, "archive", "telemetry").get("queued").intValue() == 0);
      line.join();
      await()
          .atMost(Duration.ofSeconds(90))
          .until(() -> records(mosquitto).size() == TELEMETRY + ALARMS);
      assertEachArrivedOnceAlarmsFirst(records(mosquitto));
      await().until(() -> line(gateway, "cloud", "telemetry").get("queued").intValue() == 0);
      assertThat(gateway.get("/api/v1/ledger").get("balances").booleanValue()).isTrue();
    }
  }

  /** Telemetry first, the alarms last. */
  private static void load(GatewayProcess gateway) throws Exception {
    try (MqttClient device =
        new MqttClient(
            "tcp://127.0.0.1:" + gateway.port("mqtt"), "gas-1", new MemoryPersistence())) {
      MqttConnectOptions options = new MqttConnectOptions();
      options.setUserName("gas-1");
      options.setPassword("secret-1".toCharArray());
      // Paho wakes a publisher before it counts its message out of the window
      options.setMaxInflight(TELEMETRY + ALARMS);
      device.connect(options);
      for (int n = 0; n < TELEMETRY; n++) {
        device.publish("telemetry", json(n), 1, false);
      }
      for (int n = 0; n < ALARMS; n++) {
        device.publish("alarm", json(TELEMETRY + n), 1, false);
      }
      device.disconnect();
    }
  }

  private static byte[] json(int n) {
    return ("{\"gas\":1,\"n\":" + n + "}").getBytes(StandardCharsets.UTF_8);
  }

  private static List<JsonNode> records(Mosquitto mosquitto) {
    List<JsonNode> records = new ArrayList<>();
    for (String payload : mosquitto.received()) {
      if (payload.startsWith("{")) {
        JsonNode read = GatewayProcess.JSON.readTree(payload);
        // what the gateway says of the alarms is not the device's
        if (!read.path("proto").asString("").equals("gateway")) {
          records.add(read);
        }
      }
    }
    return records;
  }

  private static void assertEachArrivedOnceAlarmsFirst(List<JsonNode> records) {
    List<String> ids = records.stream().map(r -> r.get("id").stringValue()).toList();
    assertThat(new HashSet<>(ids)).hasSize(TELEMETRY + ALARMS);
    List<String> first =
        records.subList(0, ALARMS).stream().map(r -> r.get("class").stringValue()).toList();
    assertThat(first).containsOnly("alarm");
  }

  private static JsonNode line(GatewayProcess gateway, String upstream, String lane)
      throws Exception {
    for (JsonNode line : gateway.get("/api/v1/ledger").get("ledger")) {
      if (line.get("upstream").stringValue().equals(upstream)
          && line.get("lane").stringValue().equals(lane)) {
        return line;
      }
    }
    throw new AssertionError("the ledger has no line for " + upstream + " " + lane);
  }
}
