package io.sluice.spool.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sluice.api.Lane;
import io.sluice.api.config.Bytes;
import io.sluice.spool.InternalReader;
import io.sluice.spool.LaneStats;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolBatch.Stream;
import io.sluice.spool.SpoolEntry;
import io.sluice.spool.SpoolReader;
import io.sluice.spool.SpoolSettings;
import io.sluice.spool.SpoolSettings.Policy;
import io.sluice.spool.disk.DiskFiles;
import io.sluice.spool.disk.SpoolFiles;
import io.sluice.spool.segment.DiscardedSegments;
import io.sluice.spool.segment.LogReader;
import io.sluice.spool.segment.RecordFrame;
import io.sluice.spool.segment.SegmentFormat;
import io.sluice.spool.segment.SegmentLog;
import io.sluice.spool.writer.HookedFiles.Operation;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@Timeout(180)
@Tag("slow")
class SpoolWriterTest {
  /** A file that is held up stays so for longer: what waits for it is told too late. */
  private static final long PATIENCE_SECONDS = 45;

  private static final SpoolSettings SMALL = SegmentedSpoolTest.settings(Policy.DROP_OLDEST);

  @TempDir Path directory;
  private final HookedFiles files = new HookedFiles();
  private SegmentedSpool spool;

  private void open() throws IOException {
    spool = SegmentedSpool.open(SMALL, directory, Clock.systemUTC(), files);
  }

  private void openAtRest() throws IOException {
    spool = SegmentedSpool.openAtRest(SMALL, directory, Clock.systemUTC(), files);
  }

  @AfterEach
  void close() {
    files.hook = (operation, file) -> {};
    if (spool != null) {
      spool.close();
    }
  }

  /** An entry that counts what it is told, and may throw as it is. */
  private static final class Told implements SpoolEntry {
    private final Lane lane;
    private final int length;
    private final AtomicInteger times = new AtomicInteger();
    private final CountDownLatch told = new CountDownLatch(1);
    private volatile boolean wasStored;
    private volatile Error thrown;

    Told(Lane lane, int length) {
      this.lane = lane;
      this.length = length;
    }

    Told throwing(Error error) {
      thrown = error;
      return this;
    }

    @Override
    public Lane lane() {
      return lane;
    }

    @Override
    public byte[] body() {
      return new byte[length];
    }

    @Override
    public long receivedMicros() {
      return 1;
    }

    @Override
    public void stored(long sequence) {
      wasStored = true;
      tell();
    }

    @Override
    public void failed(String cause) {
      tell();
    }

    private void tell() {
      times.incrementAndGet();
      told.countDown();
      if (thrown != null) {
        throw thrown;
      }
    }

    void await() throws InterruptedException {
      assertThat(told.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void entryThatThrowsTakesNoOtherWithItAndTheWriterGoesOn() throws Exception {
    open();
    AtomicInteger flushed = new AtomicInteger();
    spool.afterBatch(flushed::incrementAndGet);
    List<Told> all = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      Told entry = new Told(i % 7 == 0 ? Lane.ALARM : Lane.TELEMETRY, 100);
      all.add(i % 3 == 0 ? entry.throwing(new StackOverflowError()) : entry);
      assertThat(spool.append(entry)).isTrue();
    }
    for (Told entry : all) {
      entry.await();
    }
    Told after = new Told(Lane.EVENT, 10);
    assertThat(spool.append(after)).isTrue();
    after.await();
    assertThat(all).allMatch(entry -> entry.wasStored && entry.times.get() == 1);
    assertThat(spool.fault()).isNull();
    assertThat(flushed).hasPositiveValue();
  }

  @Test
  void flushOfTheSinksThatThrowsDoesNotEndTheWriter() throws Exception {
    open();
    spool.afterBatch(() -> {
      throw new java.util.concurrent.RejectedExecutionException("the loop is shut down");
    });
    for (int i = 0; i < 3; i++) {
      Told entry = new Told(Lane.TELEMETRY, 100);
      assertThat(spool.append(entry)).isTrue();
      entry.await();
      assertThat(entry.wasStored).isTrue();
    }
    assertThat(spool.fault()).isNull();
  }

  @Test
  void errorOfTheDiskLayerFailsTheGroupOnceAndTheNextIsStored() throws Exception {
    openAtRest();
    AtomicBoolean broken = new AtomicBoolean(true);
    files.hook =
        (operation, file) -> {
          if (operation == Operation.FORCE && broken.get() && file.toString().contains("event")) {
            throw new OutOfMemoryError("Cannot reserve 262144 bytes of direct buffer memory");
          }
        };
    Told first = new Told(Lane.EVENT, 100);
    Told second = new Told(Lane.EVENT, 100);
    spool.append(first);
    spool.append(second);
    spool.turn();
    assertThat(List.of(first, second))
        .allMatch(entry -> !entry.wasStored && entry.times.get() == 1);
    broken.set(false);
    Told third = new Told(Lane.EVENT, 100);
    assertThat(spool.append(third)).isTrue();
    spool.turn();
    assertThat(third.wasStored).isTrue();
    SpoolBatch read = spool.reader("a").read(Lane.EVENT, Stream.LIVE, 10, 10_000);
    assertThat(read.count()).isEqualTo(1);
  }

  @Test
  void alarmIsAcknowledgedAfterItsOwnSync() throws Exception {
    open();
    AtomicInteger flushed = new AtomicInteger();
    spool.afterBatch(flushed::incrementAndGet);
    Told opener = new Told(Lane.TELEMETRY, 10);
    spool.append(opener);
    opener.await();
    CountDownLatch syncing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch groupIsMade = new CountDownLatch(1);
    CountDownLatch isInGroup = new CountDownLatch(1);
    files.hook =
        (operation, file) -> {
          if (operation == Operation.FORCE && file.toString().contains("dead-letter")) {
            isInGroup.countDown();
            await(groupIsMade);
          }
          if (operation == Operation.FORCE && file.toString().contains("telemetry")) {
            syncing.countDown();
            await(goOn);
          }
        };
    spool.appendDeadLetter(new Told(Lane.EVENT, 10)); // holds the writer, so that both wait for it
    await(isInGroup);
    int before = flushed.get();
    Told telemetry = new Told(Lane.TELEMETRY, 10);
    Told alarm = new Told(Lane.ALARM, 10);
    spool.append(telemetry);
    spool.append(alarm);
    groupIsMade.countDown();
    await(syncing);
    assertThat(alarm.wasStored).isTrue();
    assertThat(flushed.get())
        .as("flushed for the dead letter, then for the alarm")
        .isGreaterThanOrEqualTo(before + 2);
    assertThat(telemetry.times).hasValue(0);
    goOn.countDown();
    telemetry.await();
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(2 * PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("not in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Test
  void writerWaitsForNoCursorThatIsBeingSaved() throws Exception {
    open();
    SpoolReader reader = spool.reader("a");
    Told first = new Told(Lane.TELEMETRY, 10);
    spool.append(first);
    first.await();
    CountDownLatch saving = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    files.hook =
        (operation, file) -> {
          if (operation == Operation.FORCE && file.toString().contains("cursors")) {
            saving.countDown();
            await(goOn);
          }
        };
    SpoolBatch batch = reader.read(Lane.TELEMETRY, Stream.LIVE, 10, 1_000);
    reader.commit(batch, batch.count(), Map.of());
    await(saving);
    // Longer than the upkeep's period, so that retention has asked for the cursor's place.
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(600);
    while (System.nanoTime() < until) {
      Told entry = new Told(Lane.TELEMETRY, 10);
      assertThat(spool.append(entry)).isTrue();
      assertThat(entry.told.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
          .as("stored while a cursor is saved")
          .isTrue();
    }
    goOn.countDown();
  }

  @Test
  void writerWaitsForNoSegmentThatIsBeingDeleted() throws Exception {
    open();
    CountDownLatch deleting = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    files.hook =
        (operation, file) -> {
          boolean isTelemetry = file.toString().contains("telemetry");
          if (isTelemetry && (operation == Operation.DELETE || isRecycled(operation, file))) {
            deleting.countDown();
            await(goOn);
          }
        };
    // No further than to the first that is given up: of several that wait the writer deletes some.
    while (spool.log(Lane.TELEMETRY).firstSequence() == 1) {
      Told entry = new Told(Lane.TELEMETRY, 4_000);
      assertThat(spool.append(entry)).isTrue();
      entry.await();
    }
    await(deleting);
    for (int i = 0; i < 20; i++) {
      Told entry = new Told(Lane.TELEMETRY, 4_000);
      assertThat(spool.append(entry)).isTrue();
      entry.await();
      assertThat(entry.wasStored).isTrue();
    }
    goOn.countDown();
  }

  private static boolean isRecycled(Operation operation, Path file) {
    return operation == Operation.MOVE && file.toString().endsWith(".seg");
  }

  @Test
  void filesOfGivenUpSegmentsStayBoundedWhereNobodyDeletesThem() throws Exception {
    openAtRest(); // there is no keeper
    for (int i = 0; i < 3_000; i++) {
      spool.append(new Told(Lane.TELEMETRY, 4_000));
      spool.turn();
    }
    try (var all = Files.list(directory.resolve("telemetry"))) {
      long bytes = all.mapToLong(file -> file.toFile().length()).sum();
      long bound = SMALL.capacityBytes(Lane.TELEMETRY);
      assertThat(bytes).isLessThan(bound + (DiscardedSegments.WAITING_MAX + 2) * (64L << 10));
    }
    spool.close();
    try (var all = Files.list(directory.resolve("telemetry"))) {
      assertThat(all.mapToLong(file -> file.toFile().length()).sum())
          .isLessThan(SMALL.capacityBytes(Lane.TELEMETRY) + (64L << 10));
    }
  }

  @Test
  void laneThatGivesUpItsOldestMakesNobodyWaitAndSaysWhatItGivesUpOnce() throws Exception {
    openAtRest();
    SpoolReader reader = spool.reader("away");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(Shortages.class);
    lines.start();
    logger.addAppender(lines);
    try {
      for (int i = 0; i < 3_000; i++) {
        assertThat(spool.append(new Told(Lane.TELEMETRY, 4_000))).as("entry %d", i).isTrue();
        spool.turn();
        spool.upkeep();
      }
      assertThat(spool.shortages())
          .singleElement()
          .asString()
          .contains("telemetry", "gives up its oldest");
      assertThat(lane(Lane.TELEMETRY).atBound()).isTrue();
      assertThat(lines.list).singleElement().asString().contains("drop-oldest");

      SpoolBatch batch = reader.read(Lane.TELEMETRY, Stream.LIVE, 100, 1 << 20);
      while (batch != null) {
        reader.commit(batch, batch.count(), Map.of());
        batch = reader.read(Lane.TELEMETRY, Stream.LIVE, 100, 1 << 20);
      }
      spool.keep();
      spool.upkeep();
      assertThat(spool.shortages()).isEmpty();
      assertThat(lane(Lane.TELEMETRY).atBound()).isFalse();
      long dropped = spool.ledger().get(Lane.TELEMETRY.ordinal()).dropped().get("overflow");
      assertThat(lines.list).hasSize(2);
      assertThat(lines.list.get(1).getFormattedMessage())
          .contains("room again", dropped + " of its oldest");
    } finally {
      logger.detachAppender(lines);
    }
  }

  @Test
  void alarmLaneThatRefusesSaysSo() throws Exception {
    openAtRest();
    spool.reader("away");
    int taken = 0;
    while (taken < 1_000 && spool.append(new Told(Lane.ALARM, 4_000))) {
      taken++;
      spool.turn();
    }
    assertThat(taken).isLessThan(1_000);
    assertThat(spool.shortages()).singleElement().asString().contains("alarm", "wait");
    assertThat(lane(Lane.ALARM).atBound()).isTrue();
    assertThat(lane(Lane.EVENT).atBound()).isFalse();
  }

  @Test
  void owedAreTheBytesThatSomeUpstreamHasNotHad() throws Exception {
    openAtRest();
    SpoolReader reader = spool.reader("a");
    for (int i = 0; i < 1_000; i++) {
      spool.append(new Told(Lane.TELEMETRY, 1_000));
    }
    spool.turn();
    long bytes = lane(Lane.TELEMETRY).bytes();
    assertThat(lane(Lane.TELEMETRY).owedBytes()).isEqualTo(bytes);
    commit(reader, 250);
    assertThat(lane(Lane.TELEMETRY).owedBytes()).isBetween(bytes * 70 / 100, bytes * 80 / 100);
    commit(reader, 750);
    assertThat(lane(Lane.TELEMETRY).owedBytes()).isZero();
    assertThat(lane(Lane.TELEMETRY).bytes()).isPositive();
  }

  @Test
  void tailHoldsWhatItReadUntilItReleasesIt() throws Exception {
    openAtRest();
    InternalReader tail = spool.internalReader("coverage");
    for (int i = 0; i < 1_000; i++) {
      spool.append(new Told(Lane.TELEMETRY, 1_000));
    }
    spool.turn();
    assertThat(tail.held()).as("unread is not held back").isZero();
    while (tail.read(Lane.TELEMETRY, 1_000, 1 << 20) != null) {
      // on to the end
    }
    double share = (double) lane(Lane.TELEMETRY).bytes() / SMALL.capacityBytes(Lane.TELEMETRY);
    assertThat(tail.held()).isBetween(share - 0.01, share + 0.01);
    tail.release();
    assertThat(tail.held()).isZero();
  }

  @Test
  void recordsThatEveryUpstreamHadAreNoShortageWhenTheyAreGivenUp() throws Exception {
    openAtRest();
    SpoolReader reader = spool.reader("a");
    for (int i = 0; i < 3_000; i++) { // its cursor is never saved
      assertThat(spool.append(new Told(Lane.TELEMETRY, 4_000))).isTrue();
      spool.turn();
      commit(reader, 1);
      spool.upkeep();
    }
    assertThat(spool.shortages()).isEmpty();
    assertThat(lane(Lane.TELEMETRY).atBound()).isFalse();
  }

  private static void commit(SpoolReader reader, int records) throws IOException {
    int left = records;
    while (left > 0) {
      SpoolBatch batch = reader.read(Lane.TELEMETRY, Stream.LIVE, left, 1 << 20);
      reader.commit(batch, batch.count(), Map.of());
      left -= batch.count();
    }
  }

  private LaneStats lane(Lane lane) {
    return spool.lanes().get(lane.ordinal());
  }

  @Test
  void failedStartLeavesNoFileOpen() throws Exception {
    openAtRest();
    spool.append(new Told(Lane.ALARM, 10));
    spool.append(new Told(Lane.TELEMETRY, 10));
    spool.turn();
    spool.close();
    spool = null;
    Files.createFile(directory.resolve("telemetry").resolve("notes.seg"));
    assertThatThrownBy(this::openAtRest).hasMessageContaining("not the spool's");
    assertThat(files.openFiles()).isZero();
    Files.delete(directory.resolve("telemetry").resolve("notes.seg"));
    openAtRest(); // the lock is free again
  }

  @Test
  void largeTransferKeepsNoDirectBufferOfItsSize() throws Exception {
    Path file = directory.resolve("large");
    BufferPoolMXBean direct =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .findFirst()
            .orElseThrow();
    int bytes = 24 << 20;
    long[] kept = new long[1];
    Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              long before = direct.getMemoryUsed();
              try (SpoolFiles.SpoolFile large = new DiskFiles().open(file)) {
                large.writeFully(ByteBuffer.allocate(bytes), 0);
                ByteBuffer back = ByteBuffer.allocate(bytes);
                large.readFully(back, 0);
                assertThat(back.hasRemaining()).isFalse();
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
              kept[0] = direct.getMemoryUsed() - before;
            });
    thread.join();
    assertThat(Files.size(file)).isEqualTo(bytes);
    assertThat(kept[0]).isLessThan(2L << 20);
  }

  @Test
  void largeLaneIsUsedToItsBoundNotToThatOfItsFiles() {
    for (long gigabytes : new long[] {1, 20, 200, 4_000}) {
      SpoolSettings settings = settings(gigabytes << 30);
      for (Lane lane : Lane.values()) {
        long capacity = settings.capacityBytes(lane);
        long segment = settings.segmentBytes(capacity);
        assertThat(capacity / segment).as("%s of %d GB", lane, gigabytes).isBetween(4L, 512L);
      }
    }
    assertThat(settings(2L << 30).segmentBytes(settings(2L << 30).capacityBytes(Lane.TELEMETRY)))
        .as("no larger than before where that does")
        .isEqualTo(16L << 20);
  }

  private static SpoolSettings settings(long maxBytes) {
    return new SpoolSettings(
        new Bytes(maxBytes),
        new Bytes(64 << 20),
        10,
        20,
        Policy.DROP_OLDEST,
        Policy.REFUSE,
        Policy.REFUSE,
        null,
        new Bytes(64 << 20),
        new Bytes(32 << 20),
        null);
  }

  @Test
  void laneWithLargerSegmentsThanTheOthersHasPreparedFilesOfItsOwn() throws Exception {
    // 512 segments of 64 KiB are 32 MiB: telemetry's share of this is 44.
    SpoolSettings settings =
        new SpoolSettings(
            new Bytes(64 << 20),
            new Bytes(64 << 10),
            10,
            20,
            Policy.DROP_OLDEST,
            Policy.REFUSE,
            Policy.REFUSE,
            null,
            new Bytes(1 << 20),
            new Bytes(16 << 20),
            null);
    spool = SegmentedSpool.openAtRest(settings, directory, Clock.systemUTC(), files);
    for (int i = 0; i < 24_000; i++) {
      spool.append(new Told(Lane.TELEMETRY, 2_000));
      if (i % 200 == 199) {
        while (spool.turn()) {
          spool.keep();
        }
      }
    }
    assertThat(spool.lanes().get(Lane.TELEMETRY.ordinal()).bytes())
        .as("used to about the bound")
        .isGreaterThan(settings.capacityBytes(Lane.TELEMETRY) * 95 / 100);
    long size = settings.segmentBytes(settings.capacityBytes(Lane.TELEMETRY));
    try (var free = Files.list(directory.resolve("free-1"))) {
      assertThat(free.mapToLong(file -> file.toFile().length())).contains(size);
    }
  }

  @Test
  void readEndsWhereItsRangeEndsThoughADamageGoesOn() throws Exception {
    openAtRest();
    SegmentLog log = spool.log(Lane.EVENT);
    for (int i = 0; i < 30; i++) {
      spool.append(new Told(Lane.EVENT, 100));
    }
    spool.turn();
    Path segment = log.segments()[0].file();
    int record = RecordFrame.size(100);
    try (SpoolFiles.SpoolFile file = new DiskFiles().open(segment)) {
      // records 10 to 20 are gone, the range ends in their middle
      file.writeFully(ByteBuffer.allocate(record * 10), SegmentFormat.HEADER_BYTES + 10L * record);
    }
    LogReader reader = new LogReader(log);
    LogReader.Chunk whole = reader.read(Lane.EVENT, Stream.BACKLOG, 1, 16, 100, 100_000);
    assertThat(whole.next()).isEqualTo(11);
    LogReader.Chunk rest = reader.read(Lane.EVENT, Stream.BACKLOG, 11, 16, 100, 100_000);
    assertThat(rest.batch()).isNull();
    assertThat(rest.next()).isEqualTo(16);
    LogReader.Chunk live = reader.read(Lane.EVENT, Stream.LIVE, 16, 31, 100, 100_000);
    assertThat(live.batch().sequence(0)).isEqualTo(21);
  }
}
