package io.sluice.spool.writer;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Lane;
import io.sluice.api.config.Bytes;
import io.sluice.spool.SpoolSettings;
import io.sluice.spool.SpoolSettings.Policy;
import io.sluice.spool.disk.IdSeries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An id names one record, whatever is done with the data directory between two starts. */
@Timeout(180) // hundreds of starts, each with its syncs
class IdSeriesTest {
  @TempDir private Path root;

  @Test
  void directoryThatWasRestoredGivesNoIdASecondTime() throws Exception {
    Path data = root.resolve("data");
    List<String> before = ids(data, 5);
    copy(data, root.resolve("backup"));
    List<String> after = ids(data, 5);
    remove(data);
    copy(root.resolve("backup"), data);
    List<String> restored = ids(data, 5);
    assertThat(distinct(before, after, restored)).hasSize(15);
  }

  @Test
  void clonesGiveDifferentIds() throws Exception {
    Path original = root.resolve("original");
    List<String> first = ids(original, 1);
    copy(original, root.resolve("clone"));
    assertThat(distinct(first, ids(original, 3), ids(root.resolve("clone"), 3))).hasSize(7);
  }

  @Test
  void imageThatWasNeverWrittenToGivesDifferentIds() throws Exception {
    Path image = root.resolve("image");
    ids(image, 0);
    copy(image, root.resolve("a"));
    copy(image, root.resolve("b"));
    assertThat(distinct(ids(root.resolve("a"), 3), ids(root.resolve("b"), 3))).hasSize(6);
  }

  @Test
  void whatIsStoredKeepsItsIdOverStarts() throws Exception {
    Path data = root.resolve("data");
    List<String> given = new ArrayList<>();
    for (int start = 0; start < 5; start++) {
      given.addAll(ids(data, 2));
    }
    assertThat(distinct(given)).hasSize(10);
    try (SegmentedSpool spool = open(data)) {
      for (int i = 0; i < given.size(); i++) {
        assertThat(spool.epoch(Lane.TELEMETRY, i + 1) + '-' + (i + 1)).isEqualTo(given.get(i));
      }
    }
  }

  @Test
  void directoryOfAnEarlierProgramKeepsTheIdsOfWhatIsStored() throws Exception {
    Path data = root.resolve("data");
    List<String> before = ids(data, 3);
    Files.deleteIfExists(data.resolve("id-series"));
    try (SegmentedSpool spool = open(data)) {
      assertThat(spool.epoch(Lane.TELEMETRY, 3) + "-3").isEqualTo(before.get(2));
      assertThat(spool.epoch(Lane.TELEMETRY, 4)).isNotEqualTo(spool.epoch());
      assertThat(spool.epoch(Lane.ALARM, 1)).isNotEqualTo(spool.epoch());
    }
  }

  @Test
  void startsWithoutRecordsLeaveNothingBehind() throws Exception {
    Path data = root.resolve("data");
    ids(data, 1);
    for (int start = 0; start < 300; start++) {
      open(data).close();
    }
    assertThat(Files.readAllLines(data.resolve("id-series"))).hasSize(1);
  }

  @Test
  void seriesAreBoundedAndNoStoredIdChanges() throws Exception {
    Path data = root.resolve("data");
    List<String> given = new ArrayList<>();
    for (int start = 0; start < IdSeries.KEPT_MAX + 5; start++) {
      given.addAll(ids(data, 1));
    }
    assertThat(Files.readAllLines(data.resolve("id-series"))).hasSize(IdSeries.KEPT_MAX);
    assertThat(distinct(given)).hasSize(given.size());
    try (SegmentedSpool spool = open(data)) {
      assertThat(spool.epoch(Lane.TELEMETRY, 2) + "-2").isEqualTo(given.get(1));
      int last = given.size();
      assertThat(spool.epoch(Lane.TELEMETRY, last) + '-' + last).isEqualTo(given.get(last - 1));
    }
  }

  @Test
  void damagedFileIsSetAsideAndTheSpoolOpens() throws Exception {
    Path data = root.resolve("data");
    ids(data, 1);
    ids(data, 1);
    Files.writeString(data.resolve("id-series"), "no series 1 2 x\n");
    assertThat(distinct(ids(data, 2))).hasSize(2);
    assertThat(data.resolve("id-series.damaged")).exists();
  }

  @SafeVarargs
  private static Set<String> distinct(List<String>... lists) {
    Set<String> all = new HashSet<>();
    for (List<String> list : lists) {
      all.addAll(list);
    }
    return all;
  }

  /** What so many new records are told apart by, in one run of the spool. */
  private static List<String> ids(Path data, int count) throws Exception {
    List<String> ids = new ArrayList<>();
    try (SegmentedSpool spool = open(data)) {
      spool.reader("upstream");
      for (int i = 0; i < count; i++) {
        Appends entry = Appends.of(Lane.TELEMETRY, i, 16);
        assertThat(spool.append(entry)).isTrue();
        long sequence = entry.verdict().get(45, TimeUnit.SECONDS);
        ids.add(spool.epoch(Lane.TELEMETRY, sequence) + '-' + sequence);
      }
    }
    return ids;
  }

  private static SegmentedSpool open(Path data) throws IOException {
    SpoolSettings settings =
        new SpoolSettings(
            new Bytes(64 << 20),
            new Bytes(64 << 10),
            10,
            20,
            Policy.REFUSE,
            Policy.REFUSE,
            Policy.REFUSE,
            null,
            new Bytes(1 << 20),
            new Bytes(1 << 20),
            null);
    return SegmentedSpool.open(settings, data, Clock.systemUTC());
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Files.copy(each, to.resolve(from.relativize(each).toString()));
      }
    }
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path each : all.toList().reversed()) {
        Files.delete(each);
      }
    }
  }
}
