package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.testkit.KafkaBroker;
import io.sluice.testkit.Mosquitto;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The same records in files, a real Mosquitto and a real Kafka, record by record. */
class ThreeUpstreamsIT {
  @TempDir Path directory;

  @Test
  void filesMosquittoAndKafkaGetTheSameRecords() throws Exception {
    Path brokers = Files.createDirectories(directory.resolve("brokers"));
    try (KafkaBroker kafka = new KafkaBroker(brokers.resolve("kafka"));
        Mosquitto mosquitto = new Mosquitto(brokers)) {
      mosquitto.subscribe("%t %p");
      Setup setup = new Setup(directory);
      Path config = setup.config(mosquitto, kafka);
      try (GatewayProcess gateway = GatewayProcess.start(config)) {
        publish(gateway);
        // four messages, and what the gateway says of the alarm that one of them raised
        await().until(() -> setup.archive().byId().size() == 5);
        Map<String, JsonNode> expected = setup.archive().byId();
        await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(() -> {
              assertThat(received(mosquitto)).isEqualTo(expected);
              assertThat(consumed(kafka)).isEqualTo(expected);
            });
        assertThat(mosquitto.received())
            .anyMatch(line -> line.startsWith("sluice/telemetry/water-1 {"))
            .anyMatch(line -> line.startsWith("sluice/alarm/gas-1 {"));
        assertThat(gateway.get("/api/v1/ledger").get("balances").booleanValue()).isTrue();
      }
    }
  }

  private void publish(GatewayProcess gateway) throws Exception {
    for (String version : List.of("mqttv311", "mqttv5")) {
      String payload = "{\"voltage\":229.5,\"energy\":1234.5}";
      Tool.publish(gateway, "meter-1", "secret-1", "telemetry", payload, "-V", version).succeeded();
    }
    Tool.publish(gateway, "gas-1", "secret-1", "alarm", "{\"gas\":88}", "-q", "2").succeeded();
    Path payload = directory.resolve("payload");
    Files.writeString(payload, "{\"volume\":12.5,\"note\":\"" + "x".repeat(100_000) + "\"}");
    Tool.run(
            "coap-client-notls",
            "-m",
            "post",
            "-t",
            "json",
            "-b",
            "1024",
            "-B",
            "20",
            "-f",
            payload.toString(),
            "coap://127.0.0.1:" + gateway.port("coap") + "/telemetry?d=water-1&k=" + Setup.TOKEN)
        .succeeded();
  }

  private static Map<String, JsonNode> received(Mosquitto mosquitto) {
    return byId(
        mosquitto.received().stream()
            .map(line -> line.substring(line.indexOf(' ') + 1))
            .filter(payload -> payload.startsWith("{")));
  }

  private static Map<String, JsonNode> consumed(KafkaBroker kafka) {
    List<ConsumerRecord<String, String>> records = kafka.read("sluice.telemetry", "sluice.alarm");
    assertThat(records)
        .allSatisfy(record ->
            assertThat(record.key())
                .isEqualTo(
                    GatewayProcess.JSON.readTree(record.value()).get("device").stringValue()));
    return byId(records.stream().map(ConsumerRecord::value));
  }

  private static Map<String, JsonNode> byId(Stream<String> json) {
    Map<String, JsonNode> records = new TreeMap<>();
    json.map(GatewayProcess.JSON::readTree)
        .forEach(record -> records.put(record.get("id").stringValue(), record));
    return records;
  }
}
