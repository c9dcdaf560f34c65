package io.sluice.spool.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.api.Lane;
import io.sluice.api.config.Bytes;
import io.sluice.api.config.Secret;
import io.sluice.spool.ReaderStats;
import io.sluice.spool.Spool;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolBatch.Stream;
import io.sluice.spool.SpoolEncryption;
import io.sluice.spool.SpoolReader;
import io.sluice.spool.SpoolSettings;
import io.sluice.spool.SpoolSettings.Policy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentedSpoolTest {
  private static final SpoolSettings SMALL = settings(Policy.DROP_OLDEST);

  @TempDir Path directory;

  private final AtomicBoolean broken = new AtomicBoolean();
  private SegmentedSpool spool;

  static SpoolSettings settings(Policy telemetry) {
    return settings(telemetry, null);
  }

  static SpoolSettings settings(Policy telemetry, @Nullable String key) {
    return new SpoolSettings(
        new Bytes(4 << 20),
        new Bytes(64 << 10),
        10,
        20,
        telemetry,
        Policy.REFUSE,
        Policy.REFUSE,
        null,
        new Bytes(1 << 20),
        new Bytes(16 << 20),
        key == null ? null : new SpoolEncryption(new Secret(key)));
  }

  private void open(SpoolSettings settings) throws IOException {
    spool =
        SegmentedSpool.open(settings, directory, Clock.systemUTC(), HookedFiles.inPieces(broken));
  }

  @AfterEach
  void close() {
    if (spool != null) {
      spool.close();
    }
  }

  /** Appends and waits for the last verdict. */
  private void append(Lane lane, long from, long to, int length) throws Exception {
    Appends last = null;
    for (long n = from; n < to; n++) {
      Appends entry = Appends.of(lane, n, length);
      while (!spool.append(entry)) {
        Thread.onSpinWait();
      }
      last = entry;
    }
    if (last != null) {
      last.verdict().get(45, TimeUnit.SECONDS);
    }
  }

  private static List<Long> readAll(SpoolReader reader, Lane lane, Stream stream, boolean commit)
      throws IOException {
    List<Long> numbers = new ArrayList<>();
    SpoolBatch batch = reader.read(lane, stream, 100, 10_000);
    while (batch != null) {
      for (int i = 0; i < batch.count(); i++) {
        numbers.add(Appends.number(batch, i));
      }
      if (commit) {
        reader.commit(batch, batch.count(), Map.of());
      }
      batch = reader.read(lane, stream, 100, 10_000);
    }
    return numbers;
  }

  private static List<Long> range(long from, long to) {
    return java.util.stream.LongStream.range(from, to).boxed().toList();
  }

  private ReaderStats line(Lane lane) {
    return spool.ledger().stream().filter(l -> l.lane() == lane).findFirst().orElseThrow();
  }

  @Test
  void whatIsAppendedIsReadInOrderAndCountedOnce() throws Exception {
    open(SMALL);
    SpoolReader reader = spool.reader("a");
    append(Lane.TELEMETRY, 0, 1_000, 100);
    assertThat(readAll(reader, Lane.TELEMETRY, Stream.LIVE, true)).isEqualTo(range(0, 1_000));
    ReaderStats line = line(Lane.TELEMETRY);
    assertThat(line.accepted()).isEqualTo(1_000);
    assertThat(line.delivered()).isEqualTo(1_000);
    assertThat(line.balances()).isTrue();
  }

  @Test
  void cursorsAndSequencesSurviveARestart() throws Exception {
    open(SMALL);
    SpoolReader reader = spool.reader("a");
    append(Lane.EVENT, 0, 500, 50);
    SpoolBatch first = reader.read(Lane.EVENT, Stream.LIVE, 200, 1 << 20);
    reader.commit(first, 199, Map.of("refused", 1));
    String epoch = spool.epoch();
    spool.close();
    open(SMALL);
    assertThat(spool.epoch()).isEqualTo(epoch);
    reader = spool.reader("a");
    append(Lane.EVENT, 500, 600, 50);
    assertThat(readAll(reader, Lane.EVENT, Stream.LIVE, true)).isEqualTo(range(200, 600));
    assertThat(line(Lane.EVENT))
        .isEqualTo(new ReaderStats("a", Lane.EVENT, 600, 599, 0, Map.of("refused", 1L)));
    assertThat(spool.newest(Lane.EVENT, 1).getFirst().sequence()).isEqualTo(600);
  }

  @Test
  void whatWasReadAndNotCommittedIsReadAgainAfterRewind() throws Exception {
    open(SMALL);
    SpoolReader reader = spool.reader("a");
    append(Lane.ALARM, 0, 50, 20);
    assertThat(readAll(reader, Lane.ALARM, Stream.LIVE, false)).hasSize(50);
    reader.rewind();
    assertThat(readAll(reader, Lane.ALARM, Stream.LIVE, true)).isEqualTo(range(0, 50));
    assertThat(reader.queued(Lane.ALARM)).isZero();
  }

  @Test
  void afterASplitLiveAndBacklogAreReadApart() throws Exception {
    open(SMALL);
    SpoolReader reader = spool.reader("a");
    append(Lane.TELEMETRY, 0, 300, 20);
    reader.splitBacklog(Lane.TELEMETRY);
    append(Lane.TELEMETRY, 300, 400, 20);
    assertThat(reader.backlog(Lane.TELEMETRY)).isEqualTo(300);
    assertThat(readAll(reader, Lane.TELEMETRY, Stream.LIVE, true)).isEqualTo(range(300, 400));
    assertThat(readAll(reader, Lane.TELEMETRY, Stream.BACKLOG, true)).isEqualTo(range(0, 300));
    assertThat(line(Lane.TELEMETRY).delivered()).isEqualTo(400);
    assertThat(line(Lane.TELEMETRY).balances()).isTrue();
  }

  @Test
  void telemetryAtItsBoundGivesUpTheOldestAndTheLedgerKnows() throws Exception {
    open(SMALL);
    SpoolReader reader = spool.reader("a");
    append(Lane.TELEMETRY, 0, 10_000, 1_000);
    ReaderStats line = line(Lane.TELEMETRY);
    assertThat(line.accepted()).isEqualTo(10_000);
    assertThat(line.dropped().get("overflow")).isPositive();
    assertThat(line.balances()).isTrue();
    List<Long> left = readAll(reader, Lane.TELEMETRY, Stream.LIVE, true);
    assertThat(left).isEqualTo(range(10_000 - line.queued(), 10_000));
    assertThat(line(Lane.TELEMETRY).queued()).isZero();
    assertThat(line(Lane.TELEMETRY).balances()).isTrue();
  }

  @Test
  void aLaneThatRefusesTakesAgainWhenTheReaderHasPassed() throws Exception {
    open(SMALL);
    SpoolReader reader = spool.reader("a");
    long n = 0;
    Appends last = Appends.of(Lane.ALARM, n, 1_000);
    while (spool.append(last)) {
      last.verdict().handle((sequence, failure) -> sequence).get(45, TimeUnit.SECONDS);
      last = Appends.of(Lane.ALARM, ++n, 1_000);
    }
    assertThat(line(Lane.ALARM).dropped()).isEmpty();
    assertThat(spool.fault()).isNull();
    readAll(reader, Lane.ALARM, Stream.LIVE, true);
    await().until(() -> spool.append(Appends.of(Lane.ALARM, 0, 1_000)));
    append(Lane.TELEMETRY, 0, 10, 100);
  }

  @Test
  void aTornTailIsCutOffAndTheSequenceGoesOn() throws Exception {
    open(SMALL);
    spool.reader("a");
    append(Lane.TELEMETRY, 0, 100, 100);
    spool.close();
    Path last = lastSegment("telemetry");
    try (FileChannel channel = FileChannel.open(last, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 7);
    }
    open(SMALL);
    SpoolReader reader = spool.reader("a");
    append(Lane.TELEMETRY, 1_000, 1_010, 100);
    List<Long> numbers = readAll(reader, Lane.TELEMETRY, Stream.LIVE, true);
    assertThat(numbers.subList(0, 99)).isEqualTo(range(0, 99));
    assertThat(numbers.subList(99, numbers.size())).isEqualTo(range(1_000, 1_010));
    assertThat(line(Lane.TELEMETRY).balances()).isTrue();
  }

  @Test
  void aDamagedSealedSegmentIsReadAsFarAsItGoesAndKeptAside() throws Exception {
    open(SMALL);
    spool.reader("a");
    append(Lane.TELEMETRY, 0, 500, 1_000);
    spool.close();
    Path first = segments("telemetry").getFirst();
    try (FileChannel channel = FileChannel.open(first, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[3_000]), 10_000);
    }
    open(SMALL);
    SpoolReader reader = spool.reader("a");
    List<Long> numbers = readAll(reader, Lane.TELEMETRY, Stream.LIVE, true);
    long lost = 500L - numbers.size();
    assertThat(lost).isBetween(3L, 5L);
    assertThat(line(Lane.TELEMETRY).dropped()).containsEntry("damaged", lost);
    assertThat(line(Lane.TELEMETRY).balances()).isTrue();
    await().until(() -> Files.exists(Path.of(first + ".damaged")));
  }

  @Test
  void aFaultyDiskIsToldAndNothingIsAcknowledgedUntilItWorks() throws Exception {
    open(SMALL);
    SpoolReader reader = spool.reader("a");
    append(Lane.EVENT, 0, 10, 100);
    broken.set(true);
    Appends failed = Appends.of(Lane.EVENT, 77, 100);
    assertThat(spool.append(failed)).isTrue();
    assertThatThrownBy(() -> failed.verdict().get(45, TimeUnit.SECONDS))
        .hasMessageContaining("No space left");
    assertThat(spool.fault()).contains("No space left");
    broken.set(false);
    append(Lane.EVENT, 10, 20, 100);
    await().until(() -> spool.fault() == null);
    assertThat(readAll(reader, Lane.EVENT, Stream.LIVE, true)).isEqualTo(range(0, 20));
    spool.close();
    open(SMALL);
    assertThat(spool.reader("a").queued(Lane.EVENT)).isZero();
  }

  @Test
  void deadLettersAreReadNewestFirst() throws Exception {
    open(SMALL);
    Appends last = null;
    for (long n = 0; n < 10; n++) {
      last = Appends.of(Lane.EVENT, n, 10);
      assertThat(spool.appendDeadLetter(last)).isTrue();
    }
    last.verdict().get(45, TimeUnit.SECONDS);
    assertThat(spool.deadLetterCount()).isEqualTo(10);
    assertThat(spool.deadLetters(null, 3).stream().map(Spool.StoredEntry::sequence))
        .containsExactly(10L, 9L, 8L);
    assertThat(spool.deadLetters(8L, 2).stream().map(Spool.StoredEntry::sequence))
        .containsExactly(7L, 6L);
  }

  @Test
  void aSecondGatewayOnTheSameDirectoryIsRefused() throws Exception {
    open(SMALL);
    assertThatThrownBy(() -> SegmentedSpool.open(SMALL, directory, Clock.systemUTC()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another gateway");
  }

  @Test
  void recordsLargerThanASegmentAreKept() throws Exception {
    open(SMALL);
    SpoolReader reader = spool.reader("a");
    append(Lane.TELEMETRY, 0, 3, 300_000);
    append(Lane.TELEMETRY, 3, 5, 100);
    List<Long> numbers = new ArrayList<>();
    SpoolBatch batch = reader.read(Lane.TELEMETRY, Stream.LIVE, 10, 1_000);
    while (batch != null) {
      for (int i = 0; i < batch.count(); i++) {
        numbers.add(Appends.number(batch, i));
      }
      reader.commit(batch, batch.count(), Map.of());
      batch = reader.read(Lane.TELEMETRY, Stream.LIVE, 10, 1_000);
    }
    assertThat(numbers).isEqualTo(range(0, 5));
  }

  @Test
  void restartsDoNotFillALane() throws Exception {
    for (int start = 0; start < 20; start++) {
      open(SMALL);
      spool.reader("a");
      append(Lane.ALARM, start, start + 1, 100);
      spool.close();
    }
    open(SMALL);
    assertThat(readAll(spool.reader("a"), Lane.ALARM, Stream.LIVE, true)).isEqualTo(range(0, 20));
  }

  @Test
  void recordsThatDoNotFitTheRestOfAFullLaneMakeTheOldestGo() throws Exception {
    open(SMALL);
    spool.reader("a");
    append(Lane.TELEMETRY, 0, 600, 11_000);
    assertThat(spool.fault()).isNull();
    assertThat(line(Lane.TELEMETRY).accepted()).isEqualTo(600);
    assertThat(line(Lane.TELEMETRY).balances()).isTrue();
  }

  @Test
  void aCursorBeyondALostTailMissesNothingThatComesAfterwards() throws Exception {
    open(SMALL);
    append(Lane.EVENT, 0, 100, 100);
    readAll(spool.reader("a"), Lane.EVENT, Stream.LIVE, true);
    spool.close();
    try (FileChannel channel = FileChannel.open(lastSegment("event"), StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() / 2);
    }
    open(SMALL);
    append(Lane.EVENT, 100, 120, 100);
    assertThat(readAll(spool.reader("a"), Lane.EVENT, Stream.LIVE, true))
        .isEqualTo(range(100, 120));
    assertThat(line(Lane.EVENT).balances()).isTrue();
  }

  @Test
  void aBitThatFlippedInTheLastSegmentCostsOneRecord() throws Exception {
    open(SMALL);
    spool.reader("a");
    append(Lane.EVENT, 0, 100, 100);
    spool.close();
    try (FileChannel channel = FileChannel.open(lastSegment("event"), StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {99}), 64 + 124 * 40 + 60);
    }
    open(SMALL);
    List<Long> expected = new ArrayList<>(range(0, 100));
    expected.remove(40);
    assertThat(readAll(spool.reader("a"), Lane.EVENT, Stream.LIVE, true)).isEqualTo(expected);
    assertThat(line(Lane.EVENT).dropped()).containsEntry("damaged", 1L);
    assertThat(line(Lane.EVENT).balances()).isTrue();
  }

  private List<Path> segments(String lane) throws IOException {
    try (var files = Files.list(directory.resolve(lane))) {
      return files.filter(f -> f.toString().endsWith(".seg")).sorted().toList();
    }
  }

  private Path lastSegment(String lane) throws IOException {
    return segments(lane).getLast();
  }
}
