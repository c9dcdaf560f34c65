package io.sluice.upstream.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.TimeSource;
import io.sluice.api.config.Bytes;
import io.sluice.api.upstream.ForwardSettings;
import io.sluice.engine.forward.ForwardLimits;
import io.sluice.engine.forward.Forwarder;
import io.sluice.engine.forward.RecordBatch;
import io.sluice.engine.record.RecordFormat;
import io.sluice.engine.record.RecordWriter;
import io.sluice.spool.ReaderStats;
import io.sluice.spool.SpoolEntry;
import io.sluice.spool.SpoolSettings;
import io.sluice.spool.SpoolSettings.Policy;
import io.sluice.spool.writer.SegmentedSpool;
import io.sluice.testkit.Mosquitto;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a broker says of one record, or does because of it, concerns that record alone. */
@Timeout(120)
class MqttVerdictsIT {
  private static final ForwardLimits LIMITS =
      new ForwardLimits(4, 1 << 20, 2, 30_000, 2_000, 5, 100, 2_000);

  @TempDir private Path directory;
  private final List<String> setAside = new CopyOnWriteArrayList<>();
  private AnsweringBroker broker;
  private SegmentedSpool spool;
  private Forwarder forwarder;

  @BeforeEach
  void open() throws IOException {
    broker = new AnsweringBroker();
    spool = SegmentedSpool.open(settings(), directory.resolve("spool"), Clock.systemUTC());
  }

  @AfterEach
  void closeAll() throws IOException {
    forwarder.close();
    spool.close();
    broker.close();
  }

  @ParameterizedTest
  @CsvSource({"5, 0x80", "5, 0x97", "5, 0x83", "5, 0x90", "5, -1", "3.1.1, -1"})
  void poisonIsSetAsideAndAllElseArrivesOnce(String version, String code) {
    int answer = Integer.decode(code);
    List<String> ids = append(MessageClass.TELEMETRY, "d", 300);
    List<String> alarms = append(MessageClass.ALARM, "d", 5);
    List<String> poison = List.of(ids.get(77), alarms.get(1));
    broker.answer = published -> poison.contains(published.id()) ? answer : 0;
    start(version, broker.port());
    awaitDrained();
    assertThat(setAside).containsExactlyInAnyOrderElementsOf(poison);
    if (answer == AnsweringBroker.CLOSE) {
      // what the broker acknowledged as it closed may be lost on the way
      assertThat(Set.copyOf(broker.acknowledged)).hasSize(303);
    } else {
      assertThat(broker.acknowledged).doesNotHaveDuplicates().hasSize(303);
    }
    assertThat(spool.ledger()).allMatch(ReaderStats::balances);
    assertThat(spool.ledger().stream().mapToLong(ReaderStats::delivered).sum()).isEqualTo(303);
  }

  @ParameterizedTest
  @CsvSource({"0x87", "0x90", "0x97"})
  void refusedRecordsMultiplyNothing(String code) {
    int answer = Integer.decode(code);
    for (int i = 0; i < 400; i++) {
      for (int device = 0; device < 10; device++) {
        append(MessageClass.TELEMETRY, "d" + device);
      }
    }
    broker.answer = published -> published.topic().endsWith("/d4") ? answer : 0;
    start("5", broker.port());
    awaitDrained();
    assertThat(broker.acknowledged).hasSize(3_600).doesNotHaveDuplicates();
    assertThat(setAside).hasSize(400).doesNotHaveDuplicates();
    assertThat(broker.published.size()).isLessThan(4_100);
  }

  @ParameterizedTest
  @CsvSource({"5", "3.1.1"})
  void aDeviceThatMosquittoClosesForHoldsUpNoOther(String version) throws Exception {
    Path allowed = directory.resolve("acl");
    StringBuilder acl = new StringBuilder();
    for (int device = 1; device < 10; device++) {
      acl.append("topic write sluice/telemetry/d").append(device).append('\n');
    }
    Files.writeString(allowed, acl);
    try (Mosquitto mosquitto = new Mosquitto(directory, "acl_file " + allowed)) {
      for (int i = 0; i < 2_000; i++) {
        append(MessageClass.TELEMETRY, "d" + i % 10);
      }
      start(version, mosquitto.port);
      awaitDrained();
      long delivered = spool.ledger().stream().mapToLong(ReaderStats::delivered).sum();
      assertThat(delivered + setAside.size()).isEqualTo(2_000);
      assertThat(setAside).doesNotHaveDuplicates();
      if (version.equals("5")) { // by 3.1.1 it acknowledges what it drops
        assertThat(setAside).hasSize(200);
      }
      forwarder.close();
    }
  }

  @Test
  void oneThatIsNeverAcknowledgedHoldsUpNoOther() {
    List<String> ids = append(MessageClass.TELEMETRY, "d", 300);
    broker.answer = published -> published.id().equals(ids.get(77)) ? AnsweringBroker.SILENCE : 0;
    start("3.1.1", broker.port());
    await().until(() -> broker.acknowledged.size() == 299);
    await().atMost(Duration.ofSeconds(60)).until(() -> broker.connections.get() >= 2);
    List<String> alarms = append(MessageClass.ALARM, "d", 3);
    await().until(() -> broker.acknowledged.containsAll(alarms));
    assertThat(broker.acknowledged).doesNotHaveDuplicates();
  }

  @Test
  void anIdleConnectionThatEndsIsKnownAtOnce() throws Exception {
    start("3.1.1", broker.port(), LIMITS, Duration.ofMinutes(10));
    await().until(() -> forwarder.view().state().equals("connected"));
    broker.close();
    await()
        .atMost(Duration.ofSeconds(60)) // a tenth of the keep-alive
        .until(() -> !forwarder.view().state().equals("connected"));
    assertThat(forwarder.view().detail()).isNotBlank();
  }

  @Test
  void twoWithOneClientIdAreTold() {
    start("3.1.1", broker.port(), new ForwardLimits(4, 1 << 20, 2, 30_000, 2_000, 1, 2, 2_000));
    for (int i = 1; i <= 8; i++) {
      int least = i;
      await().until(() -> broker.connections.get() >= least);
      append(MessageClass.TELEMETRY, "d");
      awaitDrained();
      broker.drop();
    }
    await()
        .untilAsserted(() ->
            assertThat(forwarder.view().detail())
                .contains("does another client use the client id sluice-edge-01-cloud?"));
    assertThat(forwarder.view().reconnects()).isGreaterThan(4);
  }

  /** What the slow line carries in a second, at 32 KB/s and about 300 bytes a record. */
  private static final int SECONDS_RECORDS = 100;

  @Test
  void alarmsWaitLittleOnASlowLine() {
    broker.bytesPerSecond.set(32_000);
    append(MessageClass.TELEMETRY, "d", 1_500);
    start("3.1.1", broker.port());
    await().until(() -> broker.acknowledged.size() > 150);
    // counted in what the line carries in the time: a busy machine makes both slower
    List<Integer> passed = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String alarm = append(MessageClass.ALARM, "d");
      int from = broker.acknowledged.size();
      await().pollInterval(Duration.ofMillis(10)).until(() -> broker.acknowledged.contains(alarm));
      passed.add(Math.max(0, broker.acknowledged.indexOf(alarm) - from));
    }
    assertThat(broker.acknowledged.size()).as("still draining").isLessThan(1_500);
    passed.sort(null);
    assertThat(passed.get(4)).as("half of them, of " + passed).isLessThan(SECONDS_RECORDS);
    assertThat(passed.getLast()).as("slowest of " + passed).isLessThan(SECONDS_RECORDS * 5 / 2);
  }

  @Test
  void aRecordThatTakesLongerThanTheKeepAliveArrives() {
    broker.bytesPerSecond.set(8_000);
    String large = append(MessageClass.TELEMETRY, "d", "x".repeat(60_000));
    start(
        "3.1.1",
        broker.port(),
        new ForwardLimits(4, 1 << 20, 2, 6_000, 2_000, 5, 100, 2_000),
        Duration.ofSeconds(6)); // its bytes take 7.5 s, without a pause of half of this
    awaitDrained();
    assertThat(broker.acknowledged).contains(large);
    assertThat(broker.connections).hasValue(1);
  }

  private void awaitDrained() {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> spool.ledger().stream().allMatch(line -> line.queued() == 0));
  }

  private void start(String version, int port) {
    start(version, port, LIMITS);
  }

  private void start(String version, int port, ForwardLimits limits) {
    start(version, port, limits, Duration.ofSeconds(30));
  }

  private void start(String version, int port, ForwardLimits limits, Duration keepAlive) {
    MqttSettings settings =
        new MqttSettings(
            URI.create("tcp://127.0.0.1:" + port),
            "sluice/{class}/{device}",
            1,
            version,
            "sluice-edge-01-cloud",
            null,
            null,
            1_000,
            keepAlive,
            Duration.ofSeconds(45),
            null,
            false);
    forwarder =
        new Forwarder(
            new Forwarder.Target(
                "cloud",
                "mqtt",
                new MqttUpstreamFactory().create("edge-01", "cloud", settings),
                RecordBatch.encoder(spool::epoch, new ForwardSettings("json", 50, 2_000))),
            spool.reader("cloud"),
            new ForwardSettings("json", 50, 2_000),
            limits,
            (name, batch, index, cause) -> setAside.add(id(batch.lane(), batch.sequence(index))),
            Forwarder.Timing.by(Clock.systemUTC()));
    forwarder.start();
  }

  private String id(Lane lane, long sequence) {
    return "edge-01-" + spool.epoch(lane, sequence) + '-' + lane.jsonName().charAt(0) + sequence;
  }

  private List<String> append(MessageClass of, String device, int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(append(of, device));
    }
    return ids;
  }

  private String append(MessageClass of, String device) {
    return append(of, device, "telemetry;json");
  }

  private String append(MessageClass of, String device, String source) {
    long micros = System.currentTimeMillis() * 1_000;
    byte[] body =
        new RecordWriter()
            .begin(of, micros, TimeSource.SERVER, micros, false)
            .identity(device, "factory", "plant-a", "cnc", "edge-01", "mqtt", source)
            .measurement("load", "%", Quality.GOOD, null, RecordFormat.NO_TIME)
            .value(42L)
            .finish();
    Entry entry = new Entry(of.lane(), body, micros, new CompletableFuture<>());
    assertThat(spool.append(entry)).isTrue();
    try {
      return id(of.lane(), entry.sequence().get(45, TimeUnit.SECONDS));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private record Entry(
      Lane lane, byte[] body, long receivedMicros, CompletableFuture<Long> sequence)
      implements SpoolEntry {
    @Override
    public void stored(long stored) {
      sequence.complete(stored);
    }

    @Override
    public void failed(String cause) {
      sequence.completeExceptionally(new IOException(cause));
    }
  }

  private static SpoolSettings settings() {
    return new SpoolSettings(
        new Bytes(256 << 20),
        new Bytes(1 << 20),
        20,
        30,
        Policy.REFUSE,
        Policy.REFUSE,
        Policy.REFUSE,
        null,
        new Bytes(4 << 20),
        new Bytes(32 << 20),
        null);
  }
}
