package io.sluice.spool.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.LoopDisk;
import io.sluice.adapter.testkit.seeded.Campaign;
import io.sluice.api.Lane;
import io.sluice.api.config.Bytes;
import io.sluice.spool.ReaderStats;
import io.sluice.spool.Spool;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolBatch.Stream;
import io.sluice.spool.SpoolReader;
import io.sluice.spool.SpoolSettings;
import io.sluice.spool.SpoolSettings.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The spool under load on a real file system that is full, read-only, or without power. */
@Tag(Campaign.TAG)
@Timeout(300)
class SmallDiskTest {
  private static final int DISK_MB = 24;
  private static final int POWER_CUTS = Campaign.isLong() ? 40 : 3;
  private static final int MORE = 500;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;

  private LoopDisk disk;
  private SegmentedSpool spool;
  private Load load;

  /** Acknowledged: sequence to number. */
  private final Map<Long, Long> acknowledged = new ConcurrentSkipListMap<>();

  @BeforeEach
  void mount() throws IOException {
    try {
      disk = LoopDisk.make(directory, DISK_MB);
    } catch (IOException e) {
      boolean mustRun =
          System.getenv("SLUICE_REQUIRE_TOOLS") != null
              && "root".equals(System.getProperty("user.name"));
      if (mustRun) {
        throw e;
      }
      Assumptions.abort("no small disk can be mounted here (it needs root): " + e.getMessage());
    }
    open();
  }

  @AfterEach
  void close() throws IOException, InterruptedException {
    if (load != null) {
      load.end();
    }
    if (spool != null) {
      spool.close();
    }
    if (disk != null) {
      disk.close();
    }
  }

  private void open() throws IOException {
    SpoolSettings settings =
        new SpoolSettings(
            new Bytes(256 << 20),
            new Bytes(1 << 20),
            10,
            20,
            Policy.REFUSE,
            Policy.REFUSE,
            Policy.REFUSE,
            null,
            new Bytes(16 << 20),
            new Bytes(16 << 20),
            null);
    spool = SegmentedSpool.open(settings, disk.root().resolve("spool"), Clock.systemUTC());
    load = new Load(spool, acknowledged);
  }

  /** Appends group after group, as devices do that wait for each verdict. */
  private static final class Load {
    private static final int GROUP = 20;
    private static final int BODY_BYTES = 500;
    private final Spool spool;
    private final Map<Long, Long> acknowledged;
    private final Thread thread;
    private volatile boolean ending;

    Load(Spool spool, Map<Long, Long> acknowledged) {
      this.spool = spool;
      this.acknowledged = acknowledged;
      this.thread = Thread.ofPlatform().name("load").start(this::run);
    }

    private void run() {
      long number = acknowledged.size() * 1_000_000L;
      while (!ending) {
        List<Appends> group = new ArrayList<>();
        for (int i = 0; i < GROUP; i++) {
          Appends entry = Appends.of(Lane.TELEMETRY, number++, BODY_BYTES);
          if (spool.append(entry)) {
            group.add(entry);
          }
        }
        boolean isTaken = !group.isEmpty();
        for (Appends entry : group) {
          Long sequence = entry.verdict().handle((stored, failure) -> stored).join();
          isTaken &= sequence != null;
          if (sequence != null) {
            acknowledged.put(sequence, entry.receivedMicros() - 1_000_000);
          }
        }
        if (!isTaken) {
          // Told to come again.
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
      }
    }

    void end() throws InterruptedException {
      ending = true;
      thread.join();
    }
  }

  private void awaitMore() {
    int least = acknowledged.size() + MORE;
    await().atMost(PATIENCE).until(() -> acknowledged.size() >= least);
  }

  private void awaitTrouble(String cause) {
    await().atMost(PATIENCE).until(() -> String.valueOf(spool.fault()).contains(cause));
  }

  /** Ends the load, and reads and commits all that is there. */
  private void assertAllThereOnce() throws Exception {
    load.end();
    SpoolReader reader = spool.reader("far");
    Map<Long, Long> read = new TreeMap<>();
    SpoolBatch batch = reader.read(Lane.TELEMETRY, Stream.LIVE, 1_000, 1 << 20);
    while (batch != null) {
      for (int i = 0; i < batch.count(); i++) {
        assertThat(read.put(batch.sequence(i), Appends.number(batch, i))).as("once").isNull();
      }
      reader.commit(batch, batch.count(), Map.of());
      batch = reader.read(Lane.TELEMETRY, Stream.LIVE, 1_000, 1 << 20);
    }
    Map<Long, Long> missing = new TreeMap<>(acknowledged);
    missing.entrySet().removeAll(read.entrySet());
    assertThat(missing).as("acknowledged, and not among %d read", read.size()).isEmpty();
    assertThat(spool.ledger()).allMatch(ReaderStats::balances);
    reader.close();
  }

  @Test
  void aFullDiskMakesDevicesWaitAndGoesOnByItselfWhenThereIsRoom() throws Exception {
    awaitMore();
    Path ballast = disk.fill();
    awaitTrouble("No space left");
    Files.delete(ballast);
    await().atMost(PATIENCE).until(() -> spool.fault() == null);
    awaitMore();
    assertAllThereOnce();
  }

  @Test
  void aStartOnAFullDiskBringsOutWhatThereIs() throws Exception {
    spool.reader("far").close();
    awaitMore();
    disk.fill();
    awaitTrouble("No space left");
    load.end();
    spool.close();
    open();
    assertAllThereOnce();
  }

  @Test
  void aFileSystemThatMayNotBeChangedIsToldAndGoesOnByItselfAfterwards() throws Exception {
    awaitMore();
    disk.freeze(true);
    awaitTrouble("not permitted");
    disk.freeze(false);
    await().atMost(PATIENCE).until(() -> spool.fault() == null);
    awaitMore();
    assertAllThereOnce();
  }

  @Test
  void aFileSystemThatTheKernelMadeReadOnlyKeepsWhatWasAcknowledged() throws Exception {
    spool.reader("far").close();
    awaitMore();
    disk.remountReadOnly();
    awaitTrouble("Read-only file system");
    assertThat(spool.newest(Lane.TELEMETRY, 10)).hasSize(10);
    load.end();
    spool.close();
    disk.unmount();
    disk.mount();
    open();
    awaitMore();
    assertAllThereOnce();
  }

  @Test
  void thePowerGoesUnderLoadAndWhatWasAcknowledgedIsThere() throws Exception {
    for (int cut = 0; cut < POWER_CUTS; cut++) {
      awaitMore();
      // A sync that is under way when ext4 shuts down may be told as done, and is not.
      List<Long> synced = List.copyOf(acknowledged.keySet());
      disk.cutPower();
      await().atMost(PATIENCE).until(() -> spool.fault() != null);
      load.end();
      acknowledged.keySet().retainAll(new HashSet<>(synced));
      spool.close();
      disk.unmount();
      disk.mount();
      open();
      assertAllThereOnce();
      acknowledged.clear();
      load = new Load(spool, acknowledged);
    }
  }
}
