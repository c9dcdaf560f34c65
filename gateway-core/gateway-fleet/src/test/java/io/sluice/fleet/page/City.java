package io.sluice.fleet.page;

import io.sluice.fleet.FleetParts;
import io.sluice.fleet.config.FleetFile;
import io.sluice.fleet.partition.Topics;
import io.sluice.fleet.run.Fleet;
import io.sluice.testkit.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What many gateways tell by a real broker, and two instances of the fleet's view over it. One
 * gateway is silent, one is not ready; the others say every few seconds that they are well.
 */
final class City implements AutoCloseable {
  static final String SILENT = "edge-007";
  static final String NOT_READY = "edge-011";
  private static final long MINUTE = 60_000_000L;
  private static final int MINUTES = 20;
  private static final int DEVICES = 12;
  private static final int PARTITIONS = 4;

  final Fleet a;
  final Fleet b;
  private final Path directory;
  private final int count;
  private final KafkaBroker broker;
  private final Topics topics = new Topics("sluice");
  private final KafkaProducer<byte[], byte[]> producer;
  private final List<Future<RecordMetadata>> sent = new ArrayList<>();
  private final ScheduledExecutorService telling = Executors.newSingleThreadScheduledExecutor();

  /**
   * @param gateways how many
   */
  City(Path directory, int gateways) throws Exception {
    this.directory = directory;
    this.count = gateways;
    broker = FleetParts.broker(directory.resolve("kafka"), Map.of());
    FleetParts.makeTopics(broker, topics, PARTITIONS);
    producer =
        new KafkaProducer<>(
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
            new ByteArraySerializer());
    devices();
    say(true);
    flush();
    var _ = telling.scheduleAtFixedRate(() -> say(false), 5, 5, TimeUnit.SECONDS);
    a = instance("a");
    b = instance("b");
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
          take-over: 60s
          peer-timeout: 12s
          standbys: 0
        admin: { port: 0 }
        """
            .formatted(broker.address(), name));
    FleetFile loaded = FleetParts.file(file);
    return Fleet.start(loaded, Objects.requireNonNull(loaded.bus()), "0.1.0", event -> {});
  }

  private static String gateway(int number) {
    return "edge-%03d".formatted(number);
  }

  private static long now() {
    return System.currentTimeMillis() * 1_000;
  }

  private void send(String topic, String key, String value, long atMicros) {
    sent.add(
        producer.send(
            new ProducerRecord<>(
                topic,
                null,
                atMicros / 1_000,
                key.getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8))));
  }

  private void flush() throws InterruptedException, ExecutionException {
    for (Future<RecordMetadata> each : sent) {
      var _ = each.get();
    }
    sent.clear();
  }

  /** Each says how it is; the silent one said it last two minutes ago. */
  private void say(boolean isFirst) {
    sent.clear();
    for (int n = 1; n <= count; n++) {
      String id = gateway(n);
      boolean isSilent = id.equals(SILENT);
      if (isSilent && !isFirst) {
        continue;
      }
      long at = isSilent ? now() - 2 * MINUTE : now();
      boolean isReady = !id.equals(NOT_READY);
      send(
          topics.gateways(),
          id,
          """
          {"v":1,"kind":"status","gateway":"%s","region":"%s","version":"0.1.0","run":"r",
          "started":%d,"at":%d,"stopped":false,"ready":%s,"reasons":[%s],"sessions":%d,
          "devices":{"registered":%d},"accepted":%d,"spool":{"records":5,"fill":%s,
          "hoursLeft":%s},"deadLetters":%d,"upstreams":[{"name":"k","backlog":%d,
          "lagSeconds":{"alarm":0.0,"telemetry":%d}}]}\
          """
              .formatted(
                  id,
                  n % 3 == 0 ? "south" : "north",
                  at - 60 * MINUTE,
                  at,
                  isReady,
                  isReady ? "" : "\"the spool's disk is full\"",
                  n * 7 % 50,
                  n * 11 % 90,
                  n * 1_000,
                  isReady ? n % 10 / 20.0 : 1.0,
                  isReady ? (n % 13 == 0 ? "5.5" : "null") : "0.0",
                  n % 5,
                  isReady ? n % 4 : 90_000,
                  isReady ? n % 3 : 4_000),
          at);
    }
  }

  private void devices() {
    long end = Math.floorDiv(now(), MINUTE) * MINUTE;
    long start = end - MINUTES * MINUTE;
    for (int d = 0; d < DEVICES; d++) {
      String id = "meter-" + d;
      String gateway = gateway(1 + d % 3);
      String site = "plant-" + (char) ('a' + d % 3);
      send(
          topics.devices(),
          id,
          """
          {"v":1,"device":"%s","rev":%d,"at":%d,"profile":"meter","sector":"factory","site":"%s",
          "interval":60000000,"metrics":["state"],"planned":true,"commissioned":true,
          "retired":false,"parent":null}\
          """
              .formatted(id, d + 1, start, site),
          start);
      for (int minute = 0; minute < MINUTES; minute++) {
        int number = d * MINUTES + minute;
        long time = start + minute * MINUTE;
        String metrics = "{\"n\":\"state\",\"v\":1,\"u\":null,\"q\":\"good\"}";
        record("sluice.telemetry", id, gateway, site, "telemetry", number, time, metrics, "");
      }
      if (d < 6) {
        alarm(id, gateway, site, d + 1, start + d * MINUTE);
      }
    }
  }

  private void alarm(String device, String gateway, String site, int number, long raised) {
    String metrics =
        """
        {"n":"alarm","v":"over-heat","u":null,"q":"good"},
        {"n":"alarmId","v":%d,"u":null,"q":"good"},{"n":"kind","v":"device","u":null,"q":"good"},
        {"n":"event","v":"raised","u":null,"q":"good"},
        {"n":"state","v":"active","u":null,"q":"good"},
        {"n":"raised","v":%d,"u":null,"q":"good"},
        {"n":"text","v":"too hot in hall %d","u":null,"q":"good"}\
        """
            .formatted(number, raised, number);
    String cap =
        ",\"cap\":{\"severity\":\"Severe\",\"urgency\":\"Immediate\",\"certainty\":\"Observed\","
            + "\"status\":\"Actual\"}";
    record("sluice.alarm", device, gateway, site, "alarm", number, raised, metrics, cap);
  }

  private void record(
      String topic,
      String device,
      String gateway,
      String site,
      String kind,
      int number,
      long time,
      String metrics,
      String more) {
    send(
        topic,
        device,
        """
        {"id":"%s-e1-%s%d","gateway":"%s","device":"%s","sector":"factory","site":"%s",
        "model":"meter","class":"%s","t":%d,"tsrc":"device","rx":%d,"seq":%d,"hist":false,
        "m":[%s]%s,"proto":"%s","src":"t"}\
        """
            .formatted(
                gateway,
                kind.charAt(0),
                number,
                gateway,
                device,
                site,
                kind,
                time,
                time + 1_000,
                number,
                metrics,
                more,
                kind.equals("alarm") ? "gateway" : "mqtt"),
        time + 1_000);
  }

  @Override
  public void close() {
    telling.shutdownNow();
    a.close();
    b.close();
    producer.close();
    broker.close();
  }

  /** For people: stays until it is ended. */
  public static void main(String[] args) throws Exception {
    Path directory = Files.createTempDirectory("city-");
    try (City city = new City(directory, Integer.parseInt(args[0]))) {
      System.out.println("a " + city.a.address().getPort() + " b " + city.b.address().getPort());
      for (int next = System.in.read(); next >= 0; next = System.in.read()) {
        if (next == 'b') {
          city.b.close();
          System.out.println("b is closed");
        }
      }
    }
  }
}
