package io.sluice.fleet.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.LoopDisk;
import io.sluice.fleet.FleetParts;
import io.sluice.fleet.partition.Topics;
import io.sluice.testkit.KafkaBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The disk of an instance's state is full, and has room again. */
@Tag("slow")
class FleetDiskIT {
  /** Half of all has to be read until the disk is written to: minutes, on a busy machine. */
  private static final Duration PATIENCE = Duration.ofMinutes(8);

  private static final int DISK_MB = 64;
  private static final long MINUTE = 60_000_000L;
  private static final int MINUTES = 2;

  /** The state of so many does not fit into RocksDB's memory: some of it has to go to the disk. */
  private static final int MANY = 8_000;

  @TempDir Path directory;
  private final long start =
      Math.floorDiv(System.currentTimeMillis() * 1_000, MINUTE) * MINUTE - 30 * MINUTE;
  private LoopDisk disk;
  private Path file;
  private KafkaBroker broker;
  private FleetProcess instance;
  private Asked asked;
  private int devices;

  @BeforeEach
  void start() throws Exception {
    try {
      disk = LoopDisk.make(directory, DISK_MB);
    } catch (IOException e) {
      Assumptions.abort("no small disk can be mounted here (it needs root): " + e.getMessage());
    }
    broker =
        FleetParts.broker(
            directory.resolve("kafka"),
            Map.of("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000"));
    FleetParts.makeTopics(broker, new Topics("sluice"), 1);
    file =
        Files.writeString(
            directory.resolve("fleet.yaml"),
            """
            fleet:
              bus: { bootstrap-servers: "%s" }
              state: "%s"
              commit: 100ms
              take-over: 6s
            admin: { port: 0 }
            """
                .formatted(broker.address(), disk.root().resolve("state")));
    begin("log");
  }

  private void begin(String log) throws Exception {
    instance = FleetProcess.start(file, directory.resolve(log));
    asked = new Asked(instance.port());
  }

  @AfterEach
  void stop() throws Exception {
    if (instance != null) {
      instance.close();
    }
    if (broker != null) {
      broker.close();
    }
    if (disk != null) {
      disk.close();
    }
  }

  private Map<String, Object> clients() {
    return Map.of("bootstrap.servers", broker.address());
  }

  /** So many devices more, and a record of each in each of some minutes. */
  private void traffic(int more) throws Exception {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(clients(), new StringSerializer(), new StringSerializer())) {
      for (int d = devices; d < devices + more; d++) {
        String id = "d" + d;
        sent.add(
            producer.send(new ProducerRecord<>("sluice.fleet.devices", id, device(id, d + 1))));
        for (int minute = 0; minute < MINUTES; minute++) {
          String record = record(id, d * MINUTES + minute, start + minute * MINUTE);
          sent.add(producer.send(new ProducerRecord<>("sluice.telemetry", id, record)));
        }
      }
      producer.flush();
      for (Future<RecordMetadata> each : sent) {
        assertThat(each.get().hasOffset()).isTrue();
      }
    }
    devices += more;
  }

  private String device(String id, int revision) {
    return """
    {"v":1,"device":"%s","rev":%d,"at":%d,"profile":"meter","sector":"factory","site":"a",
    "interval":60000000,"metrics":["state"],"planned":true,"commissioned":true,
    "retired":false,"parent":null}\
    """
        .formatted(id, revision, start);
  }

  private static String record(String id, int sequence, long time) {
    return """
    {"id":"gw-e1-t%d","gateway":"gw","device":"%s","sector":"factory","site":"a",
    "model":"meter","class":"telemetry","t":%d,"tsrc":"device","rx":%d,"seq":%d,"hist":false,
    "m":[{"n":"state","v":1,"u":null,"q":"good"}],"proto":"mqtt","src":"t"}\
    """
        .formatted(sequence, id, time, time + 1_000, sequence);
  }

  /** Never more than was sent. */
  private boolean isWhole() throws Exception {
    JsonNode coverage = asked.get("/api/v1/coverage?window=1h");
    long filled = coverage.at("/groups/0/filled").asLong();
    long all = (long) devices * MINUTES;
    assertThat(filled).as(coverage::toString).isLessThanOrEqualTo(all);
    return !coverage.at("/fleet/provisional").asBoolean(true)
        && filled == all
        && coverage.at("/groups/0/received").asLong() == all
        && asked.isReady();
  }

  private void awaitFull(String what) {
    await(what)
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          disk.fill(); // what it gives up to begin anew, too
          JsonNode coverage = asked.get("/api/v1/coverage?window=1h");
          assertThat(coverage.at("/fleet/provisional").asBoolean()).as(coverage::toString).isTrue();
          assertThat(asked.text("/health/ready")).contains("the disk of fleet.state is full");
        });
  }

  private void endsWithoutATrace() throws Exception {
    assertThat(instance.process().isAlive()).isTrue();
    assertThat(Files.readString(instance.log())).doesNotContain("\tat ");
    instance.close();
  }

  @Test
  void aFullDiskIsToldOfAndAllIsWholeOnceThereIsRoom() throws Exception {
    traffic(10);
    await().atMost(PATIENCE).until(this::isWhole);

    Path ballast = disk.fill();
    traffic(MANY);
    awaitFull("the full disk");
    endsWithoutATrace();

    begin("log-again");
    awaitFull("the full disk at the start");
    Files.delete(ballast);
    await("all, with room").atMost(PATIENCE).until(this::isWhole);
    endsWithoutATrace();
  }
}
