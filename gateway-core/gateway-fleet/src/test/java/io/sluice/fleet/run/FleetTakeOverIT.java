package io.sluice.fleet.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.fleet.FleetBusSettings;
import io.sluice.fleet.config.FleetFile;
import io.sluice.fleet.partition.Topics;
import io.sluice.testkit.KafkaBroker;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two instances by a real broker: each answers for both, and one takes the other's parts over. */
class FleetTakeOverIT {
  private static final int PARTITIONS = 4;
  private static final int DEVICES = 12;
  private static final int MINUTES = 30;
  private static final long MINUTE = 60_000_000L;

  @TempDir Path directory;
  private KafkaBroker broker;
  private final List<Fleet> fleets = new ArrayList<>();
  private final List<Future<RecordMetadata>> sent = new ArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeEach
  void start() throws Exception {
    broker =
        new KafkaBroker(
            directory.resolve("kafka"),
            "127.0.0.1",
            Map.of(
                "transaction.state.log.replication.factor", "1",
                "transaction.state.log.min.isr", "1",
                "transaction.state.log.num.partitions", "4",
                "offsets.topic.num.partitions", "4",
                "group.initial.rebalance.delay.ms", "0"));
  }

  @AfterEach
  void stop() {
    fleets.forEach(Fleet::close);
    broker.close();
  }

  private void makeTopics() throws Exception {
    Topics topics = new Topics("sluice");
    List<NewTopic> all = new ArrayList<>();
    topics
        .byDevice()
        .forEach(name -> all.add(new NewTopic(name, Optional.of(PARTITIONS), Optional.empty())));
    all.add(new NewTopic(topics.gateways(), Optional.of(1), Optional.empty()));
    all.add(new NewTopic(topics.acknowledgements(), Optional.of(1), Optional.empty()));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
      admin.createTopics(all).all().get();
    }
  }

  private Fleet instance(String name) throws Exception {
    Path file = directory.resolve(name + ".yaml");
    Files.writeString(
        file,
        """
        fleet:
          bus: { bootstrap-servers: "%s" }
          state: ./%s
          commit: 100ms
          take-over: 6s
          peer-timeout: 1s
        admin: { port: 0 }
        """
            .formatted(broker.address(), name));
    FleetFile loaded =
        FleetFile.load(file, Map.of(), new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    FleetBusSettings bus = Objects.requireNonNull(Objects.requireNonNull(loaded).bus());
    Fleet fleet = Fleet.start(loaded, bus, "test", event -> {});
    fleets.add(fleet);
    return fleet;
  }

  private JsonNode get(Fleet fleet, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + fleet.address().getPort() + path);
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build();
    return JsonMapper.shared().readTree(http.send(request, BodyHandlers.ofString()).body());
  }

  private JsonNode coverage(Fleet fleet) throws Exception {
    return get(fleet, "/api/v1/coverage?window=1h");
  }

  private static void assertWhole(JsonNode coverage) {
    assertThat(coverage.at("/fleet/provisional").asBoolean(true)).as(coverage::toString).isFalse();
    assertThat(coverage.at("/groups/0/filled").asLong()).isEqualTo(DEVICES * MINUTES);
  }

  private void traffic() throws Exception {
    long now = System.currentTimeMillis() * 1_000;
    long end = Math.floorDiv(now, MINUTE) * MINUTE;
    long start = end - MINUTES * MINUTE;
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            // partitions that were made just now move on between attempts
            Map.of(
                "bootstrap.servers",
                broker.address(),
                "linger.ms",
                5,
                "enable.idempotence",
                false,
                "max.in.flight.requests.per.connection",
                1),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      send(
          producer,
          "sluice.fleet.gateways",
          "gw",
          """
          {"v":1,"kind":"status","gateway":"gw","region":"north","version":"1","run":"r",
          "started":%d,"at":%d,"stopped":true,"ready":true,"reasons":[],"sessions":3,
          "devices":{"registered":12},"accepted":7,"spool":{"records":5,"fill":0.25,
          "hoursLeft":7.5},"deadLetters":0,"upstreams":[{"name":"k","backlog":4,
          "lagSeconds":{"alarm":0.0,"telemetry":1.5}}]}\
          """
              .formatted(start, now));
      for (int d = 0; d < DEVICES; d++) {
        String id = "d" + d;
        send(
            producer,
            "sluice.fleet.devices",
            id,
            """
            {"v":1,"device":"%s","rev":%d,"at":%d,"profile":"meter","sector":"factory",
            "site":"a","interval":60000000,"metrics":["state"],"planned":true,
            "commissioned":true,"retired":false,"parent":null}\
            """
                .formatted(id, d + 1, start));
        for (int minute = 0; minute < MINUTES; minute++) {
          long time = start + minute * MINUTE;
          String record =
              """
              {"id":"gw-e1-t%d","gateway":"gw","device":"%s","sector":"factory","site":"a",
              "model":"meter","class":"telemetry","t":%d,"tsrc":"device","rx":%d,"seq":%d,
              "hist":false,"m":[{"n":"state","v":1,"u":null,"q":"good"}],"proto":"mqtt",
              "src":"t"}\
              """
                  .formatted(d * MINUTES + minute, id, time, time + 1_000, d * MINUTES + minute);
          send(producer, "sluice.telemetry", id, record);
          send(producer, "sluice.telemetry", id, record);
        }
      }
      for (Future<RecordMetadata> each : sent) {
        assertThat(each.get().hasOffset()).isTrue();
      }
    }
  }

  private void send(
      KafkaProducer<byte[], byte[]> producer, String topic, String key, String value) {
    sent.add(
        producer.send(
            new ProducerRecord<>(
                topic,
                key.getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8))));
  }

  @Test
  void aShareThatIsAwayIsSaidToBeAndTheFigureIsRightAgainOnceItIsTakenOver() throws Exception {
    Fleet a = instance("a");
    JsonNode before = get(a, "/health/ready");
    assertThat(before.path("ready").asBoolean()).isFalse();
    makeTopics();
    Fleet b = instance("b");
    traffic();

    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> {
          assertWhole(coverage(a));
          assertWhole(coverage(b));
          assertThat(get(a, "/api/v1/status").at("/fleet/instances").size()).isEqualTo(2);
        });
    JsonNode whole = coverage(a);
    assertThat(whole.at("/groups/0/due").asLong()).isGreaterThanOrEqualTo(DEVICES * MINUTES);
    assertThat(get(a, "/api/v1/devices?limit=5").at("/next").asString()).isEqualTo("d2");
    assertThat(get(b, "/api/v1/devices").at("/devices").size()).isEqualTo(DEVICES);
    assertThat(get(b, "/api/v1/devices").at("/devices/0/gateway").asString()).isEqualTo("gw");
    assertThat(get(a, "/api/v1/coverage/devices").at("/total").asLong()).isEqualTo(DEVICES);
    JsonNode gateway = get(a, "/api/v1/gateways").at("/gateways/0");
    assertThat(gateway.path("id").asString()).isEqualTo("gw");
    assertThat(gateway.path("hoursLeft").asDouble()).isEqualTo(7.5);
    assertThat(gateway.path("backlog").asLong()).isEqualTo(4);

    assertThat(get(b, "/api/v1/devices/d7").at("/device/site").asString()).isEqualTo("a");
    assertThat(get(a, "/api/v1/coverage?by=site&gateway=gw").at("/groups/0/filled").asLong())
        .isEqualTo(DEVICES * MINUTES);
    assertThat(get(a, "/api/v1/coverage?by=site&gateway=other").at("/groups").size()).isZero();

    b.close();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> coverage(a).at("/fleet/provisional").asBoolean());
    JsonNode part = coverage(a);
    assertThat(part.at("/fleet/missingShare").asDouble()).isBetween(0.01, 1.0);
    assertThat(part.at("/groups/0/filled").asLong()).isLessThanOrEqualTo(DEVICES * MINUTES);

    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertWhole(coverage(a)));
  }
}
