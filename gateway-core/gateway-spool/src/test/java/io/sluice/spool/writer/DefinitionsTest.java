package io.sluice.spool.writer;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Lane;
import io.sluice.api.config.Bytes;
import io.sluice.api.config.Secret;
import io.sluice.spool.InternalReader;
import io.sluice.spool.Spool;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolBatch.Stream;
import io.sluice.spool.SpoolEncryption;
import io.sluice.spool.SpoolReader;
import io.sluice.spool.SpoolSettings;
import io.sluice.spool.SpoolSettings.Policy;
import io.sluice.spool.Term;
import io.sluice.spool.TermDictionary;
import io.sluice.spool.TermDictionary.Origin;
import io.sluice.spool.segment.SegmentFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What records name by number is known to whoever reads them, from wherever and whenever. */
class DefinitionsTest {
  private static final Path DIRECTORY = Path.of("/spool");
  private static final Lane LANE = Lane.TELEMETRY;
  private static final int BODY_BYTES = 200;

  private final SpoolHistory.TestClock clock = new SpoolHistory.TestClock();
  private final CrashableDisk disk = new CrashableDisk(new SplittableRandom(8), clock);
  private boolean isEncrypted;
  private SegmentedSpool spool = open();

  /** By sequence: the number that the record names, and what it meant then. */
  private final Map<Long, Term> named = new HashMap<>();

  private SegmentedSpool open() {
    SpoolSettings settings =
        new SpoolSettings(
            new Bytes(4 << 20),
            new Bytes(64 << 10),
            20,
            20,
            Policy.REFUSE,
            Policy.REFUSE,
            Policy.REFUSE,
            null,
            new Bytes(1 << 20),
            new Bytes(16 << 20),
            isEncrypted ? new SpoolEncryption(new Secret("5a".repeat(32))) : null);
    try {
      return SegmentedSpool.openAtRest(settings, DIRECTORY, clock, disk);
    } catch (IOException e) {
      throw new AssertionError("the spool does not open", e);
    }
  }

  private void killAndOpen() {
    disk.kill();
    spool = open();
  }

  /** Appends records, each of which names a term; by groups of some. */
  private void append(int count, int group, String prefix, int terms) {
    List<Appends> entries = new ArrayList<>();
    List<Term> uses = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Term term = spool.dictionary().define(Origin.CONFIGURATION, prefix + i % terms, "unit");
      assertThat(term).isNotNull();
      uses.add(term);
      Appends entry = Appends.of(LANE, i, BODY_BYTES);
      entries.add(entry);
      assertThat(spool.append(entry)).isTrue();
      if (i % group == group - 1 || i == count - 1) {
        while (spool.turn()) {
          // until all is written
        }
      }
    }
    for (int i = 0; i < count; i++) {
      named.put(entries.get(i).verdict().join(), uses.get(i));
    }
  }

  /** Sequences whose terms are known; fails where one is known as something else. */
  private List<Long> known(SpoolReader reader, int maxRecords) throws IOException {
    List<Long> known = new ArrayList<>();
    SpoolBatch batch = reader.read(LANE, Stream.LIVE, maxRecords, 1 << 20);
    while (batch != null) {
      for (int i = 0; i < batch.count(); i++) {
        take(batch, i, known);
      }
      batch = reader.read(LANE, Stream.LIVE, maxRecords, 1 << 20);
    }
    reader.rewind();
    return known;
  }

  private void take(SpoolBatch batch, int index, List<Long> known) {
    Term expected = named.get(batch.sequence(index));
    Term actual = batch.terms().at(expected.number());
    if (actual != null) {
      assertThat(actual.text(0)).isEqualTo(expected.text(0));
      assertThat(actual.text(1)).isEqualTo(expected.text(1));
      assertThat(actual.count()).isEqualTo(2);
      known.add(batch.sequence(index));
    }
  }

  private Path segment(int index) {
    return disk.files().stream()
        .filter(file -> file.startsWith(DIRECTORY.resolve("telemetry")))
        .filter(file -> file.toString().endsWith(".seg"))
        .toList()
        .get(index);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void termsAreKnownInTheSameRunAfterAKillAndAfterMany(boolean encrypted) throws Exception {
    isEncrypted = encrypted;
    disk.kill();
    spool = open();
    for (int life = 0; life < 4; life++) {
      append(900, 1 + 30 * life, "life" + life + "-", 250);
      assertThat(known(spool.reader("a" + life), 100)).hasSameSizeAs(named.keySet());
      killAndOpen();
    }
    assertThat(known(spool.reader("a0"), 7)).hasSameSizeAs(named.keySet());
    List<Long> newest = new ArrayList<>();
    for (Spool.StoredEntry entry : spool.newest(LANE, 2_000)) {
      Term expected = named.get(entry.sequence());
      Term term = entry.terms().at(expected.number());
      assertThat(term).isNotNull();
      assertThat(term.text(0)).isEqualTo(expected.text(0));
      newest.add(entry.sequence());
    }
    assertThat(newest).hasSize(2_000);
  }

  @Test
  void aReaderMayBeginInTheMiddleOfASegmentOfAnEarlierRun() throws Exception {
    append(300, 10, "m", 200);
    killAndOpen();
    for (long from : new long[] {2, 150, 299, 300}) {
      try (InternalReader reader = spool.internalReader("inner" + from)) {
        reader.seek(LANE, from);
        List<Long> known = new ArrayList<>();
        SpoolBatch batch = reader.read(LANE, 3, 1 << 20);
        assertThat(batch).isNotNull();
        assertThat(batch.sequence(0)).isEqualTo(from);
        take(batch, 0, known);
        assertThat(known).containsExactly(from);
      }
    }
  }

  @Test
  void segmentsOfOneRunThatAreLeftAloneAreReadAlone() throws Exception {
    append(2_000, 50, "t", 300);
    SpoolReader reader = spool.reader("a");
    disk.kill();
    spool = open();
    int all = known(spool.reader("a"), 500).size();
    assertThat(all).isEqualTo(2_000);
    disk.kill();
    disk.wipe(segment(0), 0, 64 << 10); // the first, with all that it defines
    spool = open();
    List<Long> known = known(spool.reader("a"), 500);
    assertThat(known).hasSizeGreaterThan(1_500).endsWith(2_000L);
    long first = known.getFirst();
    assertThat(known).as("none in between is lost").hasSize((int) (2_001 - first));
    assertThat(reader).isNotNull();
  }

  @Test
  void aFlippedBitInDefinitionsTakesNothingAwayWhereTheyComeOnceMore() throws Exception {
    append(200, 200, "d", 100);
    append(50, 50, "d", 100);
    for (int at = 0; at < 900; at += 97) {
      disk.kill();
      disk.flipBit(segment(0), SegmentFormat.HEADER_BYTES + at, 2);
      spool = open();
      assertThat(known(spool.reader("a"), 40)).as("at %d", at).hasSize(250);
      disk.kill();
      disk.flipBit(segment(0), SegmentFormat.HEADER_BYTES + at, 2);
    }
  }

  @Test
  void aFlippedBitInTheOnlyDefinitionsLosesWhatTheyDefineAndNoMore() throws Exception {
    append(10, 10, "first-", 10);
    append(10, 10, "second-", 10);
    disk.kill();
    disk.flipBit(segment(0), SegmentFormat.HEADER_BYTES + SegmentFormat.RECORD_HEADER_BYTES, 2);
    spool = open();
    SpoolReader reader = spool.reader("a");
    assertThat(known(reader, 100))
        .containsExactly(11L, 12L, 13L, 14L, 15L, 16L, 17L, 18L, 19L, 20L);
    SpoolBatch batch = reader.read(LANE, Stream.LIVE, 100, 1 << 20);
    assertThat(batch.count()).as("no record itself is lost").isEqualTo(20);
    assertThat(segment(0)).isNotNull();
  }

  @Test
  void aBitMayFlipAnywhereAndNoNumberEverMeansAnother() throws Exception {
    append(60, 5, "f", 60);
    SplittableRandom random = new SplittableRandom(11);
    disk.kill();
    for (int i = 0; i < 300; i++) {
      long at = SegmentFormat.HEADER_BYTES + (long) random.nextInt(60 * (BODY_BYTES + 50));
      int bit = random.nextInt(8);
      disk.flipBit(segment(0), at, bit);
      spool = open();
      List<Long> known = known(spool.reader("a"), 9);
      assertThat(known).as("bit %d of byte %d", bit, at).hasSizeGreaterThanOrEqualTo(50);
      disk.kill();
      disk.flipBit(segment(0), at, bit);
    }
  }

  @Test
  void aFailedWriteIsFollowedByASegmentThatDefinesAllAnew() throws Exception {
    append(50, 10, "w", 20);
    disk.fault(CrashableDisk.Fault.NO_SPACE, 1);
    assertThat(spool.dictionary().define(Origin.CONFIGURATION, "while away", "x")).isNotNull();
    Appends lost = Appends.of(LANE, 1, BODY_BYTES);
    assertThat(spool.append(lost)).isTrue();
    spool.turn();
    assertThat(lost.verdict()).isCompletedExceptionally();
    disk.heal();
    spool.upkeep();
    append(50, 10, "w", 20);
    killAndOpen();
    assertThat(known(spool.reader("a"), 100)).hasSize(100);
  }

  @Test
  void numbersAreBoundedAndDevicesGetAQuarter() {
    TermDictionary all = new TermDictionary(1 << 20);
    for (int i = 0; i < 10_000; i++) {
      all.define(Origin.DEVICE, "device-made-" + i, null);
    }
    assertThat(all.terms().size()).isEqualTo(1_024);
    for (int i = 0; i < 10_000; i++) {
      all.define(Origin.CONFIGURATION, "configured-" + i, null);
    }
    assertThat(all.terms().size()).isEqualTo(4_096);
    assertThat(all.define(Origin.CONFIGURATION, "x".repeat(129), null)).isNull();
    TermDictionary small = new TermDictionary(1_000);
    for (int i = 0; i < 10_000; i++) {
      small.define(Origin.CONFIGURATION, "configured-" + i, null);
    }
    assertThat(small.bytes()).isBetween(900, 1_000);
    Term first = small.terms().at(0);
    assertThat(small.define(Origin.DEVICE, "configured-0", null)).isSameAs(first);
  }
}
