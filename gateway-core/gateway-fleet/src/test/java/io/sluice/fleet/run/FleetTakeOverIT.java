package io.sluice.fleet.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.Authority;
import io.sluice.api.tls.ClientTls;
import io.sluice.fleet.FleetParts;
import io.sluice.fleet.config.FleetFile;
import io.sluice.fleet.partition.Topics;
import io.sluice.testkit.KafkaBroker;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
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

/**
 * Two instances by a real broker, each of which asks the other by mutual TLS: what is missing is
 * said while anything is, and the figure is the true one whenever it is said to be whole.
 */
class FleetTakeOverIT {
  private static final int PARTITIONS = 4;
  private static final int DEVICES = 12;
  private static final int MINUTES = 30;
  private static final long MINUTE = 60_000_000L;

  /** Under load a start, a re-balance and a restore take many times as long as alone. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final Topics TOPICS = new Topics("sluice");

  @TempDir Path directory;
  private KafkaBroker broker;
  private Authority.Signed certificate;
  private Authority authority;
  private HttpClient http;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<Future<RecordMetadata>> sent = new ArrayList<>();
  private final long start =
      Math.floorDiv(System.currentTimeMillis() * 1_000, MINUTE) * MINUTE - MINUTES * MINUTE;

  /** Of which each device has sent all. */
  private volatile int minutes;

  /** Whether all that was sent has been counted once already. */
  private volatile boolean isSteady;

  @BeforeEach
  void start() throws Exception {
    authority = Authority.create(Files.createDirectory(directory.resolve("pki")));
    certificate = authority.peer();
    http =
        HttpClient.newBuilder()
            .sslContext(
                ClientTls.context(
                    authority.certificate(), certificate.certificate(), certificate.key()))
            .build();
    broker =
        FleetParts.broker(
            directory.resolve("kafka"),
            Map.of("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000"));
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    broker.close();
  }

  /** The first broker of the list is none: the second is taken. */
  private Path configuration(String name, String prefix) throws Exception {
    return Files.writeString(
        directory.resolve(name + ".yaml"),
        """
        fleet:
          bus: { bootstrap-servers: "127.0.0.1:1,%s", topic-prefix: %s }
          state: ./%s
          commit: 100ms
          take-over: 6s
          peer-timeout: 15s
        admin:
          port: 0
          tls: { certificate: "%s", key: "%s", client-ca: "%s" }
          clients: [ { subject: CN=localhost, role: viewer } ]
        """
            .formatted(
                broker.address(),
                prefix,
                name,
                certificate.certificate(),
                certificate.key(),
                authority.certificate()));
  }

  /** An instance in this process; its port. */
  private int instance(String name, String prefix) throws Exception {
    FleetFile loaded = FleetParts.file(configuration(name, prefix));
    Fleet fleet = Fleet.start(loaded, Objects.requireNonNull(loaded.bus()), "test", event -> {});
    open.add(fleet);
    return fleet.address().getPort();
  }

  private FleetProcess process(String name) throws Exception {
    Path log = directory.resolve(name + ".log");
    FleetProcess own = FleetProcess.start(configuration(name, "sluice"), log);
    open.add(own);
    return own;
  }

  private JsonNode get(int port, String path) throws Exception {
    URI uri = URI.create("https://127.0.0.1:" + port + path);
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build();
    return JsonMapper.shared().readTree(http.send(request, BodyHandlers.ofString()).body());
  }

  private JsonNode coverage(int port) throws Exception {
    return get(port, "/api/v1/coverage?window=1h");
  }

  private String whyNotReady(int port) throws Exception {
    return get(port, "/health/ready").toString();
  }

  /** Never more than was sent, and where nothing is under way the very figure. */
  private boolean isWhole(int port) throws Exception {
    JsonNode coverage = coverage(port);
    long filled = coverage.at("/groups/0/filled").asLong();
    long received = coverage.at("/groups/0/received").asLong();
    long all = (long) DEVICES * minutes;
    assertThat(filled).as(coverage::toString).isLessThanOrEqualTo(all);
    assertThat(received).as(coverage::toString).isLessThanOrEqualTo(all);
    boolean isWhole = !coverage.at("/fleet/provisional").asBoolean(true);
    if (isWhole && isSteady) {
      assertThat(filled).as(coverage::toString).isEqualTo(all);
      assertThat(received).as(coverage::toString).isEqualTo(all);
    }
    return isWhole && filled == all && received == all;
  }

  private void awaitWhole(int port) {
    await().atMost(PATIENCE).until(() -> isWhole(port));
    isSteady = true;
  }

  private void awaitProvisional(int port) {
    await().atMost(PATIENCE).until(() -> coverage(port).at("/fleet/provisional").asBoolean());
  }

  private double metric(int port, String name) throws Exception {
    URI uri = URI.create("https://127.0.0.1:" + port + "/metrics");
    String all = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    return all.lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .sum();
  }

  /** More of it while instances are killed. */
  private void trafficMeanwhile(int from, int to) {
    try {
      traffic(from, to);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Each device's records of those minutes, each twice. */
  private void traffic(int from, int to) throws Exception {
    long now = System.currentTimeMillis() * 1_000;
    isSteady = false;
    minutes = to;
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
        for (int minute = from; minute < to; minute++) {
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
      sent.clear();
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
  void whatIsMissingIsSaidAndTheFigureIsTheTrueOneWheneverItIsWhole() throws Exception {
    int a = instance("a", "sluice");
    assertThat(get(a, "/health/ready").path("ready").asBoolean(true)).isFalse();
    await().atMost(PATIENCE).until(() -> whyNotReady(a).contains("sluice fleet init"));
    FleetParts.makeTopics(broker, TOPICS, PARTITIONS);
    FleetProcess b = process("b");
    traffic(0, MINUTES / 2);
    await()
        .atMost(PATIENCE)
        .until(() -> get(a, "/api/v1/status").at("/fleet/instances").size() == 2);
    awaitWhole(a);
    awaitWhole(b.port());
    answersForAll(a, b.port());

    // in the middle of its transactions
    Future<?> meanwhile = CompletableFuture.runAsync(() -> trafficMeanwhile(MINUTES / 2, MINUTES));
    await().atMost(PATIENCE).until(() -> minutes == MINUTES);
    long killed = System.nanoTime();
    b.kill();
    awaitProvisional(a);
    meanwhile.get();
    awaitWhole(a);
    System.out.printf("whole after a kill: %.1f s%n", (System.nanoTime() - killed) / 1e9);
    assertThat(metric(a, "sluice_fleet_restored_total"))
        .as("the standby restores the tail alone")
        .isLessThan(DEVICES * MINUTES);
    assertThat(Files.readString(b.log())).doesNotContain("\tat ");

    // its state is lost
    FleetProcess again = process("c");
    await()
        .atMost(PATIENCE)
        .until(() -> get(a, "/api/v1/status").at("/fleet/instances").size() == 2);
    awaitWhole(again.port());
    awaitWhole(a);

    broker.stop();
    await().atMost(PATIENCE).until(() -> whyNotReady(a).contains("Kafka has not answered for"));
    assertThat(isWhole(a)).isFalse();
    assertThat(coverage(a).at("/fleet/behind").size()).isPositive();
    broker.startAgain();
    awaitWhole(a);
    awaitWhole(again.port());
    await().atMost(PATIENCE).until(() -> get(a, "/health/ready").path("ready").asBoolean());
    assertThat(Files.readString(again.log())).doesNotContain("\tat ");

    refusals();
  }

  private void answersForAll(int a, int b) throws Exception {
    JsonNode whole = coverage(a);
    assertThat(whole.at("/groups/0/due").asLong()).isGreaterThanOrEqualTo((long) DEVICES * minutes);
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
        .isEqualTo((long) DEVICES * minutes);
    assertThat(get(a, "/api/v1/coverage?by=site&gateway=other").at("/groups").size()).isZero();
  }

  /** What cannot work is refused by name, and tried again. */
  private void refusals() throws Exception {
    FleetParts.makeTopics(broker, new Topics("other"), PARTITIONS);
    int foreign = instance("foreign", "other");
    await()
        .atMost(PATIENCE)
        .until(() -> whyNotReady(foreign).contains("is used by a fleet of other topics"));

    Files.writeString(directory.resolve("nowhere"), "a file, and no folder");
    int nowhere = instance("nowhere", "sluice");
    await().atMost(PATIENCE).until(() -> whyNotReady(nowhere).contains("state"));
    Files.delete(directory.resolve("nowhere"));
    awaitWhole(nowhere);

    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
      Map<String, NewPartitions> more = new HashMap<>();
      TOPICS.byDevice().forEach(topic -> more.put(topic, NewPartitions.increaseTo(5)));
      admin.createPartitions(more).all().get();
    }
    // a broker hears of new partitions a little later than the controller that made them
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          TopicCheck.Found found =
              TopicCheck.of(Map.of("bootstrap.servers", broker.address()), TOPICS, "sluice-fleet");
          assertThat(found.problem())
              .contains("have 5 partitions, and the state of this application-id was made for 4");
          assertThat(found.isCertain()).isTrue();
        });
  }
}
