package io.sluice.upstream.kafka;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.TestBatch;
import io.sluice.api.MessageClass;
import io.sluice.api.upstream.Delivery;
import io.sluice.api.upstream.OutboundBatch;
import io.sluice.api.upstream.Upstream;
import io.sluice.testkit.KafkaBroker;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a real cluster says no to, and whether the operator is told why. */
@Timeout(180)
class KafkaCausesIT {
  @TempDir private static Path directory;
  private static KafkaBroker broker;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = new KafkaBroker(directory.resolve("one"));
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Test
  void advertisedNameThatCannotBeResolvedIsNamed() throws Exception {
    try (KafkaBroker elsewhere =
        new KafkaBroker(directory.resolve("two"), "no-such-host.invalid", Map.of())) {
      try (Upstream upstream = upstream(elsewhere.port, "t", Map.of())) {
        assertThatThrownBy(upstream::open)
            .isInstanceOf(IOException.class)
            .hasMessage(
                "Kafka: 127.0.0.1:%d: it answers, and names brokers that cannot be reached"
                        .formatted(elsewhere.port)
                    + " (no-such-host.invalid:%d: unknown host); mend advertised.listeners there,"
                        .formatted(elsewhere.port)
                    + " or the way to them");
      }
    }
  }

  @Test
  void clientWithTlsAtAPlainListenerIsToldSo() {
    try (Upstream upstream = upstream(broker.port, "t", Map.of("security.protocol", "SSL"))) {
      assertThatThrownBy(upstream::open)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("at the TLS handshake; does its listener speak TLS");
    }
  }

  @Test
  void topicThatWasDeletedIsNamedWhereTheTimeRunsOut() throws Exception {
    Map<String, String> quick = Map.of("delivery.timeout.ms", "3000", "request.timeout.ms", "2000");
    try (KafkaBroker strict =
            new KafkaBroker(
                directory.resolve("strict"),
                "127.0.0.1",
                Map.of("auto.create.topics.enable", "false"));
        Admin admin = Admin.create(Map.of("bootstrap.servers", strict.address()));
        Upstream upstream = upstream(strict.port, "given", quick)) {
      admin.createTopics(List.of(new NewTopic("given", 1, (short) 1))).all().get(30, SECONDS);
      upstream.open();
      deliver(upstream, new TestBatch("r", 0, 1));
      admin.deleteTopics(List.of("given")).all().get(30, SECONDS);
      AtomicInteger next = new AtomicInteger(1);
      // the broker hears of it from the controller, a moment after who asked for it
      Delivery delivery =
          await()
              .atMost(Duration.ofSeconds(60))
              .until(
                  () ->
                      upstream.send(new TestBatch("r", next.getAndIncrement(), 1)).get(60, SECONDS),
                  each -> !(each instanceof Delivery.Delivered));
      assertThat(delivery)
          .isInstanceOfSatisfying(
              Delivery.Parted.class,
              parted ->
                  assertThat(parted.records().cause(0) + parted.ended()).contains("UNKNOWN_TOPIC"));
    }
  }

  @Test
  void timestampIsTheMomentOfObservation() throws Exception {
    try (Upstream upstream = upstream(broker.port, "observed", Map.of())) {
      upstream.open();
      deliver(upstream, new TestBatch("r", 0, 1));
    }
    ConsumerRecord<String, String> record = broker.read("observed").get(0);
    assertThat(record.timestampType()).isEqualTo(TimestampType.CREATE_TIME);
    assertThat(record.timestamp()).isEqualTo(1_772_366_400_000L);
  }

  @Test
  void timestampThatNoBrokerTakesIsTheMomentOfSending() throws Exception {
    try (Upstream upstream = upstream(broker.port, "ahead", Map.of())) {
      upstream.open();
      long before = System.currentTimeMillis();
      deliver(upstream, at(before * 1_000 + Duration.ofDays(1).toNanos() / 1_000));
      deliver(upstream, at(-1));
      assertThat(broker.read("ahead"))
          .hasSize(2)
          .allMatch(r -> r.timestamp() >= before && r.timestamp() <= System.currentTimeMillis());
    }
  }

  private static OutboundBatch at(long micros) {
    TestBatch batch = new TestBatch("r", 0, 1);
    return (OutboundBatch)
        Proxy.newProxyInstance(
            KafkaCausesIT.class.getClassLoader(),
            new Class<?>[] {OutboundBatch.class},
            (proxy, method, arguments) ->
                method.getName().equals("timeMicros")
                    ? (Object) micros
                    : method.invoke(batch, arguments));
  }

  @Test
  void manyNewTopicsAreMadeTogether() throws Exception {
    try (Upstream upstream = upstream(broker.port, "many.{device}.{class}", Map.of())) {
      upstream.open();
      String[] topics = new String[10];
      for (int i = 0; i < topics.length; i++) {
        topics[i] = "many.device-" + i + ".event";
      }
      deliver(upstream, new TestBatch("r", 0, 10, 10, MessageClass.EVENT));
      // each once, but for what was sent again as its topic was late
      assertThat(broker.read(topics).stream().map(r -> r.topic() + " " + r.value()).distinct())
          .hasSize(10);
      assertThat(broker.read(topics)).extracting(ConsumerRecord::topic).contains(topics);
    }
  }

  /** A broker that takes its time has a new topic after the upstream's patience has ended. */
  private static void deliver(Upstream upstream, OutboundBatch batch) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> upstream.send(batch).get(60, SECONDS), new Delivery.Delivered()::equals);
  }

  private static Upstream upstream(int port, String topic, Map<String, String> properties) {
    KafkaSettings settings =
        new KafkaSettings(
            "127.0.0.1:" + port,
            topic,
            KafkaSettings.Compression.LZ4,
            Duration.ofMillis(2),
            Duration.ofSeconds(20),
            true,
            KafkaSettings.Timestamp.OBSERVED,
            properties);
    assertThat(settings.problems()).isEmpty();
    return new KafkaUpstreamFactory().create("edge-01", "bus", settings);
  }
}
