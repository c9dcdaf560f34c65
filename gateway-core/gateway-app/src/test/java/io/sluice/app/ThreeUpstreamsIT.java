package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.testkit.KafkaBroker;
import io.sluice.testkit.Mosquitto;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
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
      Path config =
          setup.config(
              "{ name: cloud, type: mqtt, uri: tcp://127.0.0.1:"
                  + mosquitto.port
                  + ", topic: \"sluice/{class}/{device}\" }",
              "{ name: bus, type: kafka, bootstrap-servers: "
                  + kafka.address()
                  + ", topic: \"sluice.{class}\" }");
      try (GatewayProcess gateway = GatewayProcess.start(config)) {
        publish(gateway);
        await().until(() -> setup.archive().byId().size() == 4);
        Map<String, JsonNode> expected = setup.archive().byId();
        await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(() -> assertThat(received(mosquitto)).isEqualTo(expected));
        assertThat(consumed(kafka, expected.size())).isEqualTo(expected);
        assertThat(mosquitto.received())
            .anyMatch(line -> line.startsWith("sluice/telemetry/water-1 {"))
            .anyMatch(line -> line.startsWith("sluice/alarm/gas-1 {"));
        assertThat(gateway.get("/api/v1/ledger").get("balances").booleanValue()).isTrue();
      }
    }
  }

  private void publish(GatewayProcess gateway) throws Exception {
    String mqtt = Integer.toString(gateway.port("mqtt"));
    for (String version : List.of("mqttv311", "mqttv5")) {
      Tool.run(
              "mosquitto_pub",
              "-V",
              version,
              "-q",
              "1",
              "-p",
              mqtt,
              "-u",
              "meter-1",
              "-P",
              "secret-1",
              "-t",
              "telemetry",
              "-m",
              "{\"voltage\":229.5,\"energy\":1234.5}")
          .succeeded();
    }
    Tool.run(
            "mosquitto_pub",
            "-q",
            "2",
            "-p",
            mqtt,
            "-u",
            "gas-1",
            "-P",
            "secret-1",
            "-t",
            "alarm",
            "-m",
            "{\"gas\":88}")
        .succeeded();
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
    Map<String, JsonNode> records = new TreeMap<>();
    for (String line : mosquitto.received()) {
      String payload = line.substring(line.indexOf(' ') + 1);
      if (payload.startsWith("{")) {
        put(records, payload);
      }
    }
    return records;
  }

  private static Map<String, JsonNode> consumed(KafkaBroker kafka, int count) {
    Properties properties = new Properties();
    properties.setProperty("bootstrap.servers", kafka.address());
    properties.setProperty("group.id", "check");
    properties.setProperty("auto.offset.reset", "earliest");
    Map<String, JsonNode> records = new TreeMap<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of("sluice.telemetry", "sluice.alarm"));
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> {
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
              put(records, record.value());
              assertThat(record.key())
                  .isEqualTo(
                      GatewayProcess.JSON
                          .readTree(record.value().getBytes(StandardCharsets.UTF_8))
                          .get("device")
                          .stringValue());
            }
            return records.size() >= count;
          });
    }
    return records;
  }

  private static void put(Map<String, JsonNode> records, String json) {
    JsonNode record = GatewayProcess.JSON.readTree(json);
    records.put(record.get("id").stringValue(), record);
  }
}
