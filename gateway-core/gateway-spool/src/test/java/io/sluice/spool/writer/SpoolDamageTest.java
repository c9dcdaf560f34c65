package io.sluice.spool.writer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Lane;
import io.sluice.spool.ReaderStats;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolBatch.Stream;
import io.sluice.spool.SpoolReader;
import io.sluice.spool.SpoolSettings.Policy;
import io.sluice.spool.disk.DamagedFiles;
import io.sluice.spool.disk.SpoolFiles;
import io.sluice.spool.segment.SegmentFormat;
import io.sluice.spool.writer.CrashableDisk.Fault;
import io.sluice.spool.writer.CrashableDisk.PowerCut;
import io.sluice.spool.writer.CrashableDisk.Survival;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the campaign found, and what was known before it, one fault a test. */
class SpoolDamageTest {
  private static final Path DIRECTORY = Path.of("/spool");
  private static final int UPKEEPS_OF_A_PROBE = 30;

  private final SpoolHistory.TestClock clock = new SpoolHistory.TestClock();
  private final CrashableDisk disk = new CrashableDisk(new SplittableRandom(6), clock);
  private SegmentedSpool spool = open();

  private SegmentedSpool open() {
    try {
      return SegmentedSpool.openAtRest(
          SegmentedSpoolTest.settings(Policy.REFUSE), DIRECTORY, clock, disk);
    } catch (IOException e) {
      throw new AssertionError("the spool does not open", e);
    }
  }

  private List<Long> append(Lane lane, int count, int length) {
    List<Appends> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Appends entry = Appends.of(lane, i, length);
      assertThat(spool.append(entry)).isTrue();
      entries.add(entry);
    }
    while (spool.turn()) {
      // until all is written
    }
    return entries.stream()
        .filter(entry -> !entry.verdict().isCompletedExceptionally())
        .map(entry -> entry.verdict().join())
        .toList();
  }

  private static List<Long> read(SpoolReader reader, Lane lane) throws IOException {
    List<Long> sequences = new ArrayList<>();
    for (int failures = 0; failures <= SpoolFiles.FAILURES_MAX; ) {
      try {
        SpoolBatch batch = reader.read(lane, Stream.LIVE, 1_000, 1 << 20);
        if (batch == null) {
          return sequences;
        }
        for (int i = 0; i < batch.count(); i++) {
          sequences.add(batch.sequence(i));
        }
        reader.commit(batch, batch.count(), Map.of());
      } catch (IOException e) {
        failures++;
      }
    }
    throw new AssertionError("reading does not get on");
  }

  private ReaderStats line(Lane lane) {
    return spool.ledger().stream().filter(l -> l.lane() == lane).findFirst().orElseThrow();
  }

  private Path segment(String lane, int index) {
    return files(lane, ".seg").get(index);
  }

  private List<Path> files(String directory, String suffix) {
    return disk.files().stream()
        .filter(file -> file.startsWith(DIRECTORY.resolve(directory)))
        .filter(file -> file.toString().endsWith(suffix))
        .toList();
  }

  private void killAndOpen() {
    disk.kill();
    spool = open();
  }

  @Test
  void aDamagedHeaderOfTheLastSegmentIsCountedAndItsSequencesAreNotGivenAgain() throws Exception {
    spool.reader("a");
    append(Lane.EVENT, 10, 100);
    disk.kill();
    disk.flipBit(segment("event", 0), 24, 3);
    for (int start = 0; start < 2; start++) {
      killAndOpen();
      assertThat(line(Lane.EVENT).accepted()).isEqualTo(10);
    }
    assertThat(append(Lane.EVENT, 5, 100)).containsExactly(11L, 12L, 13L, 14L, 15L);
    assertThat(read(spool.reader("a"), Lane.EVENT)).containsExactly(11L, 12L, 13L, 14L, 15L);
    assertThat(line(Lane.EVENT).dropped()).isEqualTo(Map.of("damaged", 10L));
    assertThat(line(Lane.EVENT).balances()).isTrue();
    assertThat(files("event", ".damaged")).hasSize(1);
  }

  @Test
  void aDamagedHeaderInTheMiddleIsCountedAndTheFileBeforeItIsNotBlamed() throws Exception {
    spool.reader("a");
    append(Lane.EVENT, 200, 900);
    Path middle = segment("event", 1);
    disk.kill();
    disk.flipBit(middle, 40, 0);
    disk.flipBit(middle, 3, 0);
    killAndOpen();
    List<Long> read = read(spool.reader("a"), Lane.EVENT);
    assertThat(line(Lane.EVENT).dropped()).isEqualTo(Map.of("damaged", 200L - read.size()));
    assertThat(read.size()).isBetween(100, 199);
    spool.keep();
    spool.upkeep();
    assertThat(files("event", ".damaged")).containsExactly(Path.of(middle + DamagedFiles.SUFFIX));
  }

  @Test
  void aFileThatWasBeingMadeWhenThePowerWentIsNoDamage() {
    spool.keep();
    append(Lane.EVENT, 1, 100);
    disk.kill();
    disk.wipe(segment("event", 0), 0, 64 << 10);
    killAndOpen();
    assertThat(files("event", ".damaged")).isEmpty();
    assertThat(append(Lane.EVENT, 1, 100)).hasSize(1);
  }

  /** A write that failed may reach the disk after all, behind where the next segment was begun. */
  @ParameterizedTest
  @ValueSource(strings = {".seg", ".seg" + DamagedFiles.SUFFIX})
  void aFileThatHeldNothingHidesNothingOfTheOneBeforeIt(String suffix) throws Exception {
    spool.reader("a");
    append(Lane.EVENT, 10, 100);
    killAndOpen();
    append(Lane.EVENT, 5, 100);
    disk.kill();
    Path directory = segment("event", 0).getParent();
    for (long base : new long[] {6, 8}) {
      Path broken = directory.resolve("%020d%s".formatted(base, suffix));
      try (SpoolFiles.SpoolFile file = disk.open(broken)) {
        file.writeFully(ByteBuffer.wrap("no header of a segment".repeat(9).getBytes(UTF_8)), 0);
        file.force();
      }
      disk.syncDirectory(directory);
    }
    for (int start = 0; start < 3; start++) {
      killAndOpen();
      assertThat(line(Lane.EVENT).accepted()).isEqualTo(15);
      assertThat(line(Lane.EVENT).dropped()).isEmpty();
    }
    assertThat(read(spool.reader("a"), Lane.EVENT))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 15).boxed().toList());
    assertThat(line(Lane.EVENT).dropped()).isEmpty();
    assertThat(append(Lane.EVENT, 1, 100)).containsExactly(16L);
    assertThat(line(Lane.EVENT).balances()).isTrue();
  }

  @Test
  void atMostTwoDamagedFilesOfALaneAreKept() {
    for (int start = 0; start < 5; start++) {
      append(Lane.EVENT, 10, 100);
      disk.kill();
      disk.flipBit(files("event", ".seg").getLast(), 10, 3);
      killAndOpen();
    }
    assertThat(files("event", ".damaged")).hasSize(DamagedFiles.KEPT_MAX);
    assertThat(append(Lane.EVENT, 1, 100)).containsExactly(51L);
  }

  @Test
  void aLaneInTroubleDoesNotMakeTheOthersSoAndComesOutOfItByItself() {
    append(Lane.ALARM, 1, 100);
    append(Lane.TELEMETRY, 1, 100);
    disk.fault(Fault.NO_SPACE, 1);
    assertThat(append(Lane.ALARM, 1, 100)).isEmpty();
    disk.heal();
    append(Lane.TELEMETRY, 1, 100);
    assertThat(spool.fault(Lane.TELEMETRY)).isNull();
    assertThat(spool.fault(Lane.ALARM)).contains("No space left");
    assertThat(spool.fault()).contains("No space left");
    for (int i = 0; i < UPKEEPS_OF_A_PROBE; i++) {
      spool.upkeep();
    }
    assertThat(spool.fault()).isNull();
  }

  @Test
  void aSilentLaneStaysInTroubleWhileTheDiskDoes() {
    disk.fault(Fault.READ_ONLY, 1);
    assertThat(append(Lane.ALARM, 1, 100)).isEmpty();
    for (int i = 0; i < UPKEEPS_OF_A_PROBE; i++) {
      spool.upkeep();
    }
    assertThat(spool.fault(Lane.ALARM)).contains("Read-only");
  }

  @Test
  void whatAKilledProcessLeftInTheCacheIsSyncedBeforeItIsRead() throws Exception {
    spool.reader("a");
    append(Lane.EVENT, 1, 100);
    // Written and not forced: the write is the first step, the force the second.
    disk.cutAtStep(2);
    SpoolHistory.untilThePowerGoes(() -> append(Lane.EVENT, 5, 100));
    killAndOpen();
    List<Long> read = read(spool.reader("a"), Lane.EVENT);
    disk.cut(Survival.NONE);
    spool = open();
    List<Long> after = append(Lane.EVENT, 1, 100);
    assertThat(after.getFirst()).as("no id is given twice").isGreaterThan(read.getLast());
    assertThat(read(spool.reader("a"), Lane.EVENT)).containsAll(after);
  }

  @Test
  void aFailedSaveOfACursorLeavesTheOtherSlotAlone() throws Exception {
    SpoolReader reader = spool.reader("a");
    append(Lane.EVENT, 3, 100);
    read(reader, Lane.EVENT);
    spool.keep();
    append(Lane.EVENT, 3, 100);
    read(reader, Lane.EVENT);
    disk.fault(Fault.FORCE_ERROR, 1);
    spool.keep();
    disk.heal();
    // The next save is torn by a power cut: the one before last must be there.
    disk.cutAtStep(2);
    SpoolHistory.untilThePowerGoes(() -> spool.keep());
    disk.cut(Survival.SOME);
    spool = open();
    assertThat(files("cursors", ".damaged")).isEmpty();
    assertThat(line(Lane.EVENT).delivered()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void aDamagedCursorFileIsSetAsideAndItsReaderBeginsAnew() throws Exception {
    append(Lane.EVENT, 3, 100);
    read(spool.reader("a"), Lane.EVENT);
    spool.close();
    Path cursor = files("cursors", ".cursor").getFirst();
    disk.kill();
    disk.flipBit(cursor, 30, 1);
    disk.flipBit(cursor, (16 << 10) + 30, 1);
    killAndOpen();
    assertThat(files("cursors", ".damaged")).hasSize(1);
    assertThat(read(spool.reader("a"), Lane.EVENT)).containsExactly(1L, 2L, 3L);
    assertThat(line(Lane.EVENT).balances()).isTrue();
  }

  @Test
  void aTailThatIsLostAfterACleanStopIsCounted() throws Exception {
    spool.reader("a");
    append(Lane.EVENT, 10, 100);
    spool.close();
    disk.kill();
    disk.wipe(segment("event", 0), SegmentFormat.HEADER_BYTES + 124 * 6, 4_096);
    killAndOpen();
    assertThat(append(Lane.EVENT, 1, 100)).containsExactly(11L);
    assertThat(read(spool.reader("a"), Lane.EVENT)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 11L);
    assertThat(line(Lane.EVENT).dropped()).isEqualTo(Map.of("damaged", 4L));
  }

  @Test
  void aPageThatCannotBeReadCostsWhatItHoldsAndNoMore() throws Exception {
    append(Lane.EVENT, 100, 400);
    disk.wearOut(segment("event", 0), 20_000);
    List<Long> read = read(spool.reader("a"), Lane.EVENT);
    assertThat(read.size()).isBetween(85, 99);
    assertThat(line(Lane.EVENT).dropped()).isEqualTo(Map.of("damaged", 100L - read.size()));
    assertThat(line(Lane.EVENT).balances()).isTrue();
  }

  @Test
  void aDiskThatIsAwayTakesNothingWithIt() throws Exception {
    append(Lane.EVENT, 100, 400);
    SpoolReader reader = spool.reader("a");
    disk.fault(Fault.READ_ERROR, 1);
    for (int i = 0; i < 10 * SpoolFiles.FAILURES_MAX; i++) {
      org.assertj.core.api.Assertions.assertThatThrownBy(
              () -> reader.read(Lane.EVENT, Stream.LIVE, 10, 1_000))
          .isInstanceOf(IOException.class);
    }
    disk.heal();
    assertThat(read(reader, Lane.EVENT)).hasSize(100);
    assertThat(line(Lane.EVENT).dropped()).isEmpty();
  }

  @Test
  void aSyncThatFailedIsNotTriedAgainForTheSameBytes() throws Exception {
    SpoolReader reader = spool.reader("a");
    append(Lane.EVENT, 2, 100);
    disk.fault(Fault.FORCE_ERROR, 1);
    assertThat(append(Lane.EVENT, 2, 100)).isEmpty();
    disk.heal();
    assertThat(append(Lane.EVENT, 2, 100)).containsExactly(3L, 4L);
    disk.cut(Survival.NONE);
    spool = open();
    assertThat(read(spool.reader("a"), Lane.EVENT)).containsExactly(1L, 2L, 3L, 4L);
    assertThat(reader).isNotNull();
  }

  @Test
  void thePowerMayGoWhileTheSpoolOpens() throws Exception {
    append(Lane.EVENT, 3, 100);
    for (int step = 1; step < 40; step++) {
      disk.kill();
      disk.cutAtStep(step);
      try {
        spool = open();
      } catch (PowerCut e) {
        disk.cut(Survival.SOME);
        spool = open();
      }
      disk.cut(Survival.SOME);
      spool = open();
    }
    assertThat(read(spool.reader("a"), Lane.EVENT)).containsExactly(1L, 2L, 3L);
  }
}
