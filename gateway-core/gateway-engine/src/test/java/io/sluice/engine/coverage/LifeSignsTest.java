package io.sluice.engine.coverage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.GatewayTime;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.TimeSource;
import io.sluice.api.operator.CoverageService.Outage;
import io.sluice.engine.limits.LimitSettings;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.record.RecordWriter;
import io.sluice.engine.registry.Registry;
import io.sluice.engine.registry.credential.AccessSettings;
import io.sluice.spool.InternalReader;
import io.sluice.spool.SpoolEntry;
import io.sluice.spool.writer.SegmentedSpool;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When an outage of the gateway began: with its last sign of life, whatever its clock did. */
@Timeout(120)
@Tag("slow")
class LifeSignsTest {
  private static final long SECOND = 1_000_000L;
  private static final long START = Instant.parse("2026-10-05T12:00:00Z").toEpochMilli() * 1_000;

  @TempDir Path data;

  private final SetClock clock = new SetClock();
  private Registry registry;
  private SegmentedSpool spool;

  /** A clock that a test sets, and that counts who looks at it. */
  private static class SetClock extends Clock {
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicLong micros = new AtomicLong(START);
    private final AtomicLong nanos = new AtomicLong();

    /** Time passes. */
    void pass(long seconds) {
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
      micros.addAndGet(seconds * SECOND);
    }

    @Override
    public long millis() {
      looks.incrementAndGet();
      return micros.get() / 1_000;
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochMilli(micros.get() / 1_000);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @BeforeEach
  void open() throws Exception {
    registry =
        Registry.open(data, AccessSettings.DEFAULTS, LimitSettings.DEFAULTS, Set.of("cnc"), clock);
    spool =
        SegmentedSpool.open(CoverageDamageTest.small(), data.resolve("spool"), Clock.systemUTC());
  }

  @AfterEach
  void close() {
    spool.close();
    registry.close();
  }

  private CoverageEngine start() throws Exception {
    return start(new GatewayTime(clock, clock.nanos::get));
  }

  private CoverageEngine start(GatewayTime time) throws Exception {
    return CoverageEngine.start(
        "edge-01", data, CoverageSettings.DEFAULTS, registry, Profiles.NONE, spool, time);
  }

  /** The gateway notes that it lives, and has read all that the spool holds. */
  private void beat(long micros) throws Exception {
    beat(micros, spool.epoch());
  }

  private void beat(long micros, String epoch) throws Exception {
    Map<Lane, Long> ends = new EnumMap<>(Lane.class);
    try (InternalReader reader = spool.internalReader("coverage")) {
      for (Lane lane : Lane.values()) {
        reader.seek(lane, Long.MAX_VALUE);
        ends.put(lane, reader.position(lane));
      }
    }
    try (CoverageDatabase database = CoverageDatabase.open(data.resolve("coverage.db"))) {
      database.heartbeat(new Heartbeat(micros, epoch, ends));
    }
  }

  private void store(Lane lane, long receivedMicros) throws Exception {
    byte[] body =
        new RecordWriter()
            .begin(MessageClass.STATE, receivedMicros, TimeSource.GATEWAY, receivedMicros, false)
            .identity("d", "-", "-", "cnc", "gw", "mqtt", "state")
            .finish();
    CompletableFuture<Long> stored = new CompletableFuture<>();
    assertThat(spool.append(new Received(lane, body, receivedMicros, stored))).isTrue();
    stored.get(30, TimeUnit.SECONDS);
  }

  private record Received(
      Lane lane, byte[] body, long receivedMicros, CompletableFuture<Long> verdict)
      implements SpoolEntry {
    @Override
    public void stored(long sequence) {
      verdict.complete(sequence);
    }

    @Override
    public void failed(String cause) {
      verdict.completeExceptionally(new AssertionError(cause));
    }
  }

  /** The gateway was killed, and starts that many seconds after {@code START}. */
  private Outage outageOfStartAt(long seconds) throws Exception {
    clock.micros.set(START + seconds * SECOND);
    try (CoverageEngine coverage = start()) {
      assertThat(coverage.outages()).hasSize(1);
      return coverage.outages().getFirst();
    }
  }

  private static Outage outage(long fromSeconds, long toSeconds) {
    return new Outage(
        START + fromSeconds * SECOND, START + toSeconds * SECOND, toSeconds - fromSeconds);
  }

  @ParameterizedTest
  @EnumSource(Lane.class)
  void recordBehindTheLastNoteIsASignOfLife(Lane lane) throws Exception {
    beat(START);
    store(lane, START + 7 * SECOND);
    assertThat(outageOfStartAt(60)).isEqualTo(outage(7, 60));
  }

  @Test
  void lastOfAllLanesCounts() throws Exception {
    beat(START);
    store(Lane.TELEMETRY, START + 4 * SECOND);
    store(Lane.EVENT, START + 9 * SECOND);
    store(Lane.ALARM, START + 2 * SECOND);
    assertThat(outageOfStartAt(60)).isEqualTo(outage(9, 60));
  }

  @Test
  void oldLetterThatWasTakenAgainLastHidesNothing() throws Exception {
    beat(START);
    store(Lane.TELEMETRY, START + 5 * SECOND);
    store(Lane.TELEMETRY, START - 3_600 * SECOND);
    assertThat(outageOfStartAt(60)).isEqualTo(outage(5, 60));
  }

  @Test
  void recordFromBeforeTheClockWasSetBackIsNone() throws Exception {
    store(Lane.ALARM, START + 20 * SECOND);
    store(Lane.TELEMETRY, START + 25 * SECOND);
    beat(START); // the clock was set back by half a minute
    store(Lane.TELEMETRY, START + 4 * SECOND);
    assertThat(outageOfStartAt(60)).isEqualTo(outage(4, 60));
  }

  @Test
  void recordAheadOfTheClockOfTheStartIsNone() throws Exception {
    beat(START);
    store(Lane.TELEMETRY, START + 3 * SECOND);
    store(Lane.EVENT, START + 25 * SECOND);
    assertThat(outageOfStartAt(20)).isEqualTo(outage(3, 20));
  }

  @Test
  void timeThatTheClockJumpedOverIsNotLived() throws Exception {
    beat(START);
    store(Lane.TELEMETRY, START + 3 * SECOND);
    store(Lane.TELEMETRY, START + 3_600 * SECOND);
    assertThat(outageOfStartAt(7_200)).isEqualTo(outage(3, 7_200));
  }

  @Test
  void spoolThatIsAnotherTellsNothing() throws Exception {
    beat(START, "former");
    store(Lane.TELEMETRY, START + 7 * SECOND);
    assertThat(outageOfStartAt(60)).isEqualTo(outage(0, 60));
  }

  @Test
  void noteOfAnOlderSluiceIsReadAsItIs() throws Exception {
    beat(START);
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("coverage.db"));
        PreparedStatement update =
            connection.prepareStatement("UPDATE meta SET value=? WHERE name='heartbeat'")) {
      update.setBytes(1, ByteBuffer.allocate(8).putLong(START).array());
      assertThat(update.executeUpdate()).isEqualTo(1);
    }
    store(Lane.TELEMETRY, START + 7 * SECOND);
    assertThat(outageOfStartAt(60)).isEqualTo(outage(0, 60));
  }

  @Test
  void recordsAreReadOnFromWhereTheyWereCountedTo() throws Exception {
    beat(START);
    store(Lane.TELEMETRY, START + 7 * SECOND);
    clock.micros.set(START + 60 * SECOND);
    try (CoverageEngine coverage = start()) {
      assertThat(coverage.outages()).isNotEmpty();
      lookedAt(); // each look follows a round of reading
    }
    try (InternalReader reader = spool.internalReader("coverage")) {
      assertThat(reader.position(Lane.TELEMETRY)).isEqualTo(2);
      assertThat(reader.held()).isZero();
    }
  }

  /** A day in 36 s: what stands still for 20 ms misses 48 s. */
  @Test
  void aThreadThatStandsStillBetweenTwoOfItsClocksIsNoOutage() throws Exception {
    long began = System.nanoTime();
    AtomicInteger reads = new AtomicInteger();
    GatewayTime fast =
        new GatewayTime(
            new SetClock() {
              @Override
              public long millis() {
                return START / 1_000 + 2_400 * (System.nanoTime() - began) / 1_000_000;
              }
            },
            () -> {
              if (reads.incrementAndGet() % 5 == 0) {
                standStill();
              }
              return 2_400 * (System.nanoTime() - began);
            });
    try (CoverageEngine coverage = start(fast)) {
      await().until(() -> reads.get() > 30);
      assertThat(coverage.outages()).isEmpty();
    }
  }

  private static void standStill() {
    long until = System.nanoTime() + 20_000_000;
    while (System.nanoTime() < until) {
      Thread.onSpinWait();
    }
  }

  @Test
  void whileItRunsTooAnOutageBeginsWithTheLastLookAndNotWithTheLastNote() throws Exception {
    try (CoverageEngine coverage = start()) {
      lookedAt();
      clock.pass(8);
      lookedAt();
      clock.micros.addAndGet(3_600 * SECOND); // set forward
      await().atMost(30, TimeUnit.SECONDS).until(() -> !coverage.outages().isEmpty());
      assertThat(coverage.outages()).containsExactly(outage(8, 3_608));
    }
  }

  /** Returns when the gateway has looked at its clock as it is now. */
  private void lookedAt() {
    int before = clock.looks.get();
    await().atMost(30, TimeUnit.SECONDS).until(() -> clock.looks.get() >= before + 7);
  }
}
