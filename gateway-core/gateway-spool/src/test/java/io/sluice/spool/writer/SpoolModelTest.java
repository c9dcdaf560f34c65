package io.sluice.spool.writer;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Lane;
import io.sluice.spool.ReaderStats;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolBatch.Stream;
import io.sluice.spool.SpoolReader;
import io.sluice.spool.SpoolSettings;
import io.sluice.spool.SpoolSettings.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random operations, clean restarts, copies as after a crash and a faulty disk, against a map. */
@Tag("slow")
class SpoolModelTest {
  private static final int STEPS = 400;

  @TempDir Path root;

  private final AtomicBoolean broken = new AtomicBoolean();
  private @Nullable String key;
  private SplittableRandom random = new SplittableRandom(0);
  private Path directory = Path.of("");
  private SegmentedSpool spool;
  private final List<Tracked> readers = new ArrayList<>();
  private long number;
  private int copies;

  /** Acknowledged: sequence to number, per lane. */
  private final Map<Lane, TreeMap<Long, Long>> stored = new EnumMap<>(Lane.class);

  /** A reader, and what it was given since the last crash. */
  private final class Tracked {
    final String name;
    SpoolReader reader;
    final Map<Lane, Set<Long>> delivered = new EnumMap<>(Lane.class);

    Tracked(String name) {
      this.name = name;
      this.reader = spool.reader(name);
      forget();
    }

    void forget() {
      for (Lane lane : Lane.values()) {
        delivered.put(lane, new HashSet<>());
      }
    }

    boolean step(Lane lane, boolean all) throws IOException {
      Stream stream = random.nextBoolean() ? Stream.LIVE : Stream.BACKLOG;
      SpoolBatch batch =
          reader.read(lane, stream, 1 + random.nextInt(60), 1 + random.nextInt(9_000));
      if (batch == null) {
        return false;
      }
      for (int i = 0; i < batch.count(); i++) {
        Long expected = stored.get(lane).get(batch.sequence(i));
        assertThat(Appends.number(batch, i))
            .as("sequence %d", batch.sequence(i))
            .isEqualTo(expected);
      }
      if (all || random.nextInt(4) > 0) {
        for (int i = 0; i < batch.count(); i++) {
          assertThat(delivered.get(lane).add(batch.sequence(i))).as("read once").isTrue();
        }
        int refused = random.nextInt(batch.count() + 1) / 3;
        reader.commit(
            batch, batch.count() - refused, refused > 0 ? Map.of("refused", refused) : Map.of());
      } else {
        reader.rewind();
      }
      return true;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void everyAcknowledgedRecordIsReadOrCounted(long seed) throws Exception {
    random = new SplittableRandom(seed);
    key = seed % 2 == 0 ? null : "5a".repeat(32);
    directory = root.resolve("0");
    for (Lane lane : Lane.values()) {
      stored.put(lane, new TreeMap<>());
    }
    try {
      open(false);
      for (int step = 0; step < STEPS; step++) {
        step();
        balance();
      }
      drain();
    } catch (AssertionError | Exception e) {
      throw new AssertionError("seed " + seed, e);
    } finally {
      broken.set(false);
      spool.close();
    }
  }

  private void open(boolean afterCrash) throws IOException {
    SpoolSettings settings = SegmentedSpoolTest.settings(Policy.DROP_OLDEST, key);
    spool =
        SegmentedSpool.open(settings, directory, Clock.systemUTC(), HookedFiles.inPieces(broken));
    if (readers.isEmpty()) {
      readers.add(new Tracked("a"));
      readers.add(new Tracked("b"));
    }
    for (Tracked tracked : readers) {
      tracked.reader =
          afterCrash || tracked.reader == null ? spool.reader(tracked.name) : tracked.reader;
    }
  }

  private void step() throws Exception {
    Lane lane = Lane.values()[random.nextInt(3)];
    Tracked reader = readers.get(random.nextInt(2));
    switch (random.nextInt(20)) {
      case 0 -> {
        spool.close();
        reopen();
      }
      case 1 -> crash();
      case 2 -> reader.reader.splitBacklog(lane);
      case 3 -> {
        broken.set(true);
        append(lane, 3);
        broken.set(false);
      }
      case 4, 5, 6, 7, 8, 9, 10 -> append(lane, 1 + random.nextInt(200));
      default -> reader.step(lane, false);
    }
  }

  private void reopen() throws IOException {
    readers.forEach(tracked -> tracked.reader = null);
    open(true);
  }

  /** Goes on with a copy of the files as they are, the way a killed process leaves them. */
  private void crash() throws IOException {
    Path image = root.resolve(String.valueOf(++copies));
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted().toList()) {
        Path to = image.resolve(directory.relativize(file));
        if (Files.isDirectory(file)) {
          Files.createDirectories(to);
        } else if (!file.toString().contains("free")) {
          Files.copy(file, to);
        }
      }
    } catch (java.nio.file.NoSuchFileException | java.io.UncheckedIOException e) {
      // A segment went while it was copied: no image of one moment.
      return;
    }
    spool.close();
    directory = image;
    readers.forEach(Tracked::forget);
    reopen();
  }

  private void append(Lane lane, int count) throws Exception {
    List<Appends> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = random.nextInt(50) == 0 ? random.nextInt(100_000) : random.nextInt(2_000);
      Appends entry = Appends.of(lane, number++, length);
      if (spool.append(entry)) {
        entries.add(entry);
      }
    }
    for (Appends entry : entries) {
      Long sequence = entry.verdict().handle((stored, failure) -> stored).get(45, TimeUnit.SECONDS);
      if (sequence != null) {
        TreeMap<Long, Long> known = stored.get(lane);
        assertThat(sequence).isEqualTo(known.isEmpty() ? 1 : known.lastKey() + 1);
        known.put(sequence, numberOf(entry));
      }
    }
  }

  private static long numberOf(Appends entry) {
    return entry.receivedMicros() - 1_000_000;
  }

  private void balance() {
    for (ReaderStats line : spool.ledger()) {
      assertThat(line.balances()).as("%s", line).isTrue();
      assertThat(line.accepted()).isEqualTo(stored.get(line.lane()).size());
      assertThat(line.dropped()).doesNotContainKey("damaged");
    }
  }

  private void drain() throws IOException {
    for (Tracked tracked : readers) {
      for (Lane lane : Lane.values()) {
        tracked.reader.rewind();
        while (tracked.reader.queued(lane) > 0) {
          tracked.step(lane, true);
        }
      }
    }
    balance();
    for (ReaderStats line : spool.ledger()) {
      assertThat(line.queued()).isZero();
    }
  }
}
