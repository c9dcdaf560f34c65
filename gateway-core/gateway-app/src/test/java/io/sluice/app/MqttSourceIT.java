package io.sluice.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.testkit.Mosquitto;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The gateway is killed while its source is under load: what the broker had is in the archive. */
class MqttSourceIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int KILLED_AT = 100;

  @TempDir private Path directory;

  @Test
  void whatTheBrokerHadIsInTheArchiveThoughTheGatewayWasKilled() throws Exception {
    Path brokers = Files.createDirectories(directory.resolve("broker"));
    Setup setup = new Setup(directory);
    AtomicInteger published = new AtomicInteger();
    try (Mosquitto broker = new Mosquitto(brokers)) {
      Path config = setup.config();
      Files.writeString(
          config,
          """
          sources:
            - { name: plant, type: mqtt, uri: "tcp://127.0.0.1:%d", topics: [ "telemetry/+" ] }
          """
              .formatted(broker.port),
          StandardOpenOption.APPEND);
      Thread load;
      try (GatewayProcess gateway = GatewayProcess.start(config)) {
        await().atMost(PATIENCE).until(() -> endpoint(gateway).equals("connected"));
        load = Thread.ofVirtual().start(() -> publish(broker.port, published));
        await().atMost(PATIENCE).until(() -> published.get() >= KILLED_AT);
        gateway.kill();
      }
      load.join();
      try (GatewayProcess gateway = GatewayProcess.start(config)) {
        List<Long> all = LongStream.range(0, published.get()).boxed().toList();
        await()
            .atMost(PATIENCE)
            .untilAsserted(() -> assertThat(setup.archive().values("n")).containsAll(all));
        assertThat(gateway.get("/api/v1/ledger").get("balances").booleanValue()).isTrue();
      }
    }
  }

  private static String endpoint(GatewayProcess gateway) throws Exception {
    for (JsonNode each : gateway.get("/api/v1/status").get("endpoints")) {
      if (each.get("adapter").stringValue().equals("plant")) {
        return each.get("state").stringValue();
      }
    }
    return "none";
  }

  /** As fast as the broker acknowledges, also while the gateway is away. */
  private static void publish(int port, AtomicInteger published) {
    try (MqttClient device =
        new MqttClient("tcp://127.0.0.1:" + port, "meters", new MemoryPersistence())) {
      MqttConnectOptions options = new MqttConnectOptions();
      options.setMaxInflight(3 * KILLED_AT); // one that is answered may still be counted
      device.connect(options);
      for (int n = 0; n < 3 * KILLED_AT; n++) {
        device.publish("telemetry/meter-1", ("{\"n\":" + n + "}").getBytes(UTF_8), 1, false);
        published.set(n + 1);
      }
      device.disconnect();
    } catch (MqttException e) {
      throw new IllegalStateException("the broker stays", e);
    }
  }
}
