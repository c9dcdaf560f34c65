package io.sluice.upstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.adapter.testkit.Resending;
import io.sluice.adapter.testkit.TestBatch;
import io.sluice.api.MessageClass;
import io.sluice.api.upstream.Delivery;
import io.sluice.api.upstream.Upstream;
import io.sluice.testkit.FreePort;
import io.sluice.testkit.KafkaBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class KafkaUpstreamIT {
  @TempDir private static Path directory;
  private static KafkaBroker broker;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = new KafkaBroker(directory);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Test
  void recordsArriveKeyedByDeviceWithTheirHeaders() throws Exception {
    broker.makeTopics("keyed.event");
    try (Upstream upstream = upstream(broker.address(), "keyed.{class}", true)) {
      TestBatch batch = new TestBatch("r", 0, 1_000, 100, MessageClass.EVENT);
      Resending.sendAll(upstream, List.of(batch));
      List<ConsumerRecord<String, String>> records = read("keyed.event", 1_000);
      assertThat(records).extracting(r -> header(r, "id")).containsExactlyElementsOf(batch.ids());
      ConsumerRecord<String, String> seventh = records.get(7);
      assertThat(seventh.key()).isEqualTo("device-7");
      assertThat(seventh.value()).startsWith("{\"id\":\"r7\"");
      assertThat(header(seventh, "class")).isEqualTo("event");
      assertThat(header(seventh, "ce_specversion")).isEqualTo("1.0");
      assertThat(header(seventh, "ce_id")).isEqualTo("r7");
      assertThat(header(seventh, "ce_source")).isEqualTo("/edge-01/device-7");
      assertThat(header(seventh, "ce_type")).isEqualTo("io.sluice.event");
      assertThat(header(seventh, "ce_time")).isEqualTo("2026-03-01T12:00:00Z");
      assertThat(header(seventh, "content-type")).isEqualTo("application/json");
      assertThat(upstream.confirmations()).isEqualTo(1_000);
    }
  }

  @Test
  void recordThatIsTooLargeIsRefused() throws Exception {
    broker.makeTopics("large");
    try (Upstream upstream = upstream(broker.address(), "large", false)) {
      upstream.open();
      Delivery delivery =
          upstream
              .send(new TestBatch("r", 0, 1, 2 << 20, MessageClass.TELEMETRY))
              .get(60, TimeUnit.SECONDS);
      assertThat(delivery)
          .isInstanceOfSatisfying(
              Delivery.Parted.class,
              parted -> assertThat(parted.records().cause(0)).contains("max.request.size"));
    }
  }

  @Test
  void brokerThatComesBackAtAnotherAddressInMidStreamGetsEveryRecord() throws Exception {
    int other = FreePort.next();
    String either = broker.address() + ",127.0.0.1:" + other;
    try (Upstream upstream = upstream(either, "restart", false)) {
      List<TestBatch> batches = TestBatch.inRow(200);
      Set<String> ids = new HashSet<>();
      batches.forEach(batch -> ids.addAll(batch.ids()));
      CompletableFuture<Void> sending = Resending.inBackground(upstream, batches);
      org.awaitility.Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> upstream.confirmations() > 1_000);
      broker.stop();
      broker.startAgain(other, Map.of());
      sending.get(90, TimeUnit.SECONDS);
      Set<String> arrived = new HashSet<>();
      read("restart", 100_000).forEach(record -> arrived.add(header(record, "id")));
      assertThat(arrived).isEqualTo(ids);
    }
  }

  @Test
  void clusterThatIsNotThereIsSaid() throws Exception {
    try (Upstream upstream = upstream("127.0.0.1:1", "none", false)) {
      assertThatThrownBy(upstream::open)
          .isInstanceOf(IOException.class)
          .hasMessage("Kafka: 127.0.0.1:1: Connection refused");
    }
  }

  private static Upstream upstream(String address, String topic, boolean cloudEvents) {
    KafkaSettings settings =
        new KafkaSettings(
            address,
            topic,
            KafkaSettings.Compression.LZ4,
            Duration.ofMillis(2),
            Duration.ofSeconds(20),
            cloudEvents,
            KafkaSettings.Timestamp.OBSERVED,
            Map.of());
    assertThat(settings.problems()).isEmpty();
    return new KafkaUpstreamFactory().create("edge-01", "bus", settings);
  }

  private static List<ConsumerRecord<String, String>> read(String topic, int least) {
    List<ConsumerRecord<String, String>> records = broker.read(topic);
    assertThat(records).hasSizeGreaterThanOrEqualTo(least);
    return records;
  }

  private static String header(ConsumerRecord<String, String> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
