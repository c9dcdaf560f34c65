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
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An outage, and then a line to a real broker that forgets, hangs, resets and dawdles in the middle
 * of batches, while the clock is set both ways. Part of the campaign, see docs/campaign.md.
 */
@Tag("campaign")
@Timeout(1_200)
class WaywardUpstreamIT {
  private static final Logger LOG = LoggerFactory.getLogger(WaywardUpstreamIT.class);
  private static final boolean IS_LONG = Integer.getInteger("sluice.campaign.seconds", 0) > 0;
  private static final long SEED = Long.getLong("sluice.campaign.seed", 20_261_124);
  private static final int RECORDS = IS_LONG ? 100_000 : 8_000;
  private static final int FAULTS = IS_LONG ? 60 : 8;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final ForwardLimits LIMITS =
      new ForwardLimits(4, 1 << 20, 2, 500, 2_000, 1, 20, 2_000);

  @TempDir private Path directory;

  /** Set by the test, as an operator or a time server sets it. */
  private static final class SteppedClock extends Clock {
    private final AtomicLong offsetMillis = new AtomicLong();

    void step(Duration by) {
      offsetMillis.addAndGet(by.toMillis());
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochMilli(System.currentTimeMillis() + offsetMillis.get());
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

  private record Entry(MessageClass of, byte[] body, long receivedMicros, CountDownLatch left)
      implements SpoolEntry {
    static Entry of(MessageClass of, long micros, CountDownLatch left) {
      byte[] body =
          new RecordWriter()
              .begin(of, micros, TimeSource.SERVER, micros, false)
              .identity("d", "factory", "plant-a", "cnc", "edge-01", "mqtt", "telemetry;json")
              .measurement("load", "%", Quality.GOOD, null, RecordFormat.NO_TIME)
              .value(42L)
              .finish();
      return new Entry(of, body, micros, left);
    }

    @Override
    public Lane lane() {
      return of.lane();
    }

    @Override
    public void stored(long sequence) {
      left.countDown();
    }

    @Override
    public void failed(String cause) {
      throw new IllegalStateException(cause);
    }
  }

  @Test
  void anOutageAndAWaywardLineLoseNothing() throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    SteppedClock clock = new SteppedClock();
    Path brokerFiles = Files.createDirectories(directory.resolve("broker"));
    try (Mosquitto broker = new Mosquitto(brokerFiles);
        SegmentedSpool spool = SegmentedSpool.open(settings(), directory.resolve("spool"), clock);
        WaywardLink link = new WaywardLink(broker.port, random.split(), FAULTS)) {
      broker.subscribe("%p");
      fill(spool, clock, random);
      try (Forwarder forwarder = forwarder(spool, clock, link.port())) {
        forwarder.start();
        int seen = FAULTS;
        while (link.faultsLeft() > 0) {
          int before = seen;
          await().atMost(PATIENCE).until(() -> link.faultsLeft() < before || isDrained(spool));
          seen = link.faultsLeft();
          clock.step(Duration.ofMinutes(random.nextInt(-600, 600)));
          if (isDrained(spool)) {
            append(spool, clock, 500);
          }
        }
        await().atMost(PATIENCE).until(() -> isDrained(spool));
        assertThat(spool.ledger()).allMatch(ReaderStats::balances);
        long accepted = spool.ledger().stream().mapToLong(ReaderStats::accepted).sum();
        assertThat(spool.ledger().stream().mapToLong(ReaderStats::delivered).sum())
            .isEqualTo(accepted);
        await()
            .atMost(PATIENCE)
            .untilAsserted(() -> assertThat(ids(broker)).hasSize((int) accepted));
        LOG.info(
            "campaign wayward-upstream: seed {}, {} records, {} published, faults {}",
            SEED,
            accepted,
            broker.received().size(),
            link.faults());
      }
    }
  }

  private static boolean isDrained(SegmentedSpool spool) {
    return spool.ledger().stream().allMatch(line -> line.queued() == 0);
  }

  /** The outage: nobody forwards, the clock is set now and then. */
  private static void fill(SegmentedSpool spool, SteppedClock clock, SplittableRandom random)
      throws InterruptedException {
    for (int step = 0; step < 8; step++) {
      append(spool, clock, RECORDS / 8);
      clock.step(Duration.ofMinutes(random.nextInt(-600, 600)));
    }
  }

  private static void append(SegmentedSpool spool, Clock clock, int count)
      throws InterruptedException {
    MessageClass[] classes = MessageClass.values();
    CountDownLatch left = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      Entry entry = Entry.of(classes[i % classes.length], clock.millis() * 1_000, left);
      while (!spool.append(entry)) {
        Thread.onSpinWait();
      }
    }
    left.await();
  }

  private static Set<String> ids(Mosquitto broker) {
    Set<String> ids = new HashSet<>();
    for (String line : broker.received()) {
      int at = line.indexOf("{\"id\":\"");
      if (at >= 0) {
        ids.add(line.substring(at + 7, line.indexOf('"', at + 7)));
      }
    }
    return ids;
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

  private static Forwarder forwarder(SegmentedSpool spool, Clock clock, int port) {
    MqttSettings settings =
        new MqttSettings(
            URI.create("tcp://127.0.0.1:" + port),
            "sluice/{class}/{device}",
            1,
            "3.1.1",
            null,
            null,
            null,
            1_000,
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            null,
            false);
    return new Forwarder(
        new Forwarder.Target(
            "cloud",
            "mqtt",
            new MqttUpstreamFactory().create("edge-01", "cloud", settings),
            RecordBatch.encoder(spool::epoch, new ForwardSettings("json", 50, 2_000))),
        spool.reader("cloud"),
        new ForwardSettings("json", 50, 500),
        LIMITS,
        (name, batch, index, cause) -> {},
        new Forwarder.Timing(clock, System::nanoTime, new SplittableRandom(SEED)));
  }
}
