package io.sluice.spool.writer;

import io.sluice.api.Lane;
import io.sluice.api.PerLane;
import io.sluice.spool.InternalReader;
import io.sluice.spool.LaneStats;
import io.sluice.spool.ReaderStats;
import io.sluice.spool.Spool;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolBatch.Stream;
import io.sluice.spool.SpoolEncryption;
import io.sluice.spool.SpoolEntry;
import io.sluice.spool.SpoolReader;
import io.sluice.spool.SpoolSettings;
import io.sluice.spool.TermDictionary;
import io.sluice.spool.Terms;
import io.sluice.spool.cursor.CursorInternalReader;
import io.sluice.spool.cursor.CursorReader;
import io.sluice.spool.cursor.CursorReaders;
import io.sluice.spool.disk.DiskFiles;
import io.sluice.spool.disk.IdSeries;
import io.sluice.spool.disk.SpoolEpoch;
import io.sluice.spool.disk.SpoolFiles;
import io.sluice.spool.segment.DiscardedSegments;
import io.sluice.spool.segment.LogReader;
import io.sluice.spool.segment.PlainBound;
import io.sluice.spool.segment.SegmentFormat;
import io.sluice.spool.segment.SegmentLog;
import io.sluice.spool.segment.SegmentPool;
import io.sluice.spool.segment.SpoolKey;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The spool on disk: a folder a log, a cursor file a reader, one writer thread.
 *
 * <pre>
 * lock  epoch  id-series  key-check  alarm/  event/  telemetry/  dead-letter/  free/  cursors/{reader}.cursor
 * </pre>
 */
public final class SegmentedSpool implements Spool {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentedSpool.class);
  private static final int DEAD_LETTERS = Lane.values().length;
  private static final int READ_BYTES = 1 << 20;

  private final Path directory;
  private final SpoolFiles files;
  private final Clock clock;
  private final Closeable lockFile;
  private final SpoolEpoch.Found epoch;
  private final @Nullable SpoolKey key;
  private final TermDictionary dictionary;
  private final @Nullable PlainBound plain;
  private final List<SegmentLog> logs = new ArrayList<>();
  private final List<SegmentPool> pools = new ArrayList<>();
  private final DiscardedSegments discarded;
  private final PerLane<SegmentLog> lanes;
  private final WriteQueue queue;
  private final CursorReaders readers;
  private final SpoolWriter writer;
  private final SpoolMaintenance keeper;
  private volatile @Nullable IdSeries series;
  private boolean closed;

  private SegmentedSpool(
      Path directory, SpoolSettings settings, SpoolFiles files, Clock clock, Closeable lockFile)
      throws IOException {
    this.directory = directory;
    this.clock = clock;
    this.lockFile = lockFile;
    this.files = files;
    this.epoch = new SpoolEpoch(files).of(directory.resolve("epoch"));
    this.key = SpoolKey.open(settings.encryption(), directory, files);
    files.createDirectories(directory.resolve("cursors"));
    this.discarded = new DiscardedSegments(pools);
    this.dictionary = new TermDictionary(settings.termBytes());
    this.lanes =
        PerLane.of(
            lane -> log(lane.jsonName(), settings.capacityBytes(lane), settings, dictionary));
    // What a letter keeps outlives the run, and its segment.
    log("dead-letter", settings.deadLetterBytes().value(), settings, null);
    this.queue = new WriteQueue(logs.size(), settings.queueBytes().value());
    this.readers = new CursorReaders(directory.resolve("cursors"), files, lanes, queue::wakeWriter);
    SpoolEncryption encryption = settings.encryption();
    boolean acceptsPlain =
        encryption == null || encryption.acceptPlain() != SpoolEncryption.AcceptPlain.NEVER;
    this.plain = PlainBound.open(key, acceptsPlain, logs.size(), directory, files);
    Retention retention =
        new Retention(settings, logs, readers.all(), new PassedTime(clock, System::nanoTime));
    this.writer = new SpoolWriter(logs, queue, retention, readers.all());
    this.keeper = new SpoolMaintenance(pools, discarded, readers.all(), this::settlePlain);
  }

  /**
   * Opens the spool in a directory, or makes it.
   *
   * @throws IOException where another process has it, or it cannot be read; the message tells the
   *     remedy
   */
  public static SegmentedSpool open(SpoolSettings settings, Path directory, Clock clock)
      throws IOException {
    return open(settings, directory, clock, new DiskFiles());
  }

  static SegmentedSpool open(SpoolSettings settings, Path directory, Clock clock, SpoolFiles files)
      throws IOException {
    SegmentedSpool spool = openAtRest(settings, directory, clock, files);
    spool.writer.start();
    spool.keeper.start();
    return spool;
  }

  /**
   * Opens it without threads: only {@link #turn}, {@link #upkeep} and {@link #keep} do anything.
   */
  static SegmentedSpool openAtRest(
      SpoolSettings settings, Path directory, Clock clock, SpoolFiles files) throws IOException {
    Path whole = directory.toAbsolutePath();
    files.createDirectories(whole);
    Closeable lockFile = files.lock(whole.resolve("lock"));
    if (lockFile == null) {
      throw new IOException(
          "spool: another gateway uses "
              + directory
              + "; stop it, or give this one another gateway.data");
    }
    SegmentedSpool spool;
    try {
      spool = new SegmentedSpool(whole, settings, files, clock, lockFile);
    } catch (IOException | RuntimeException e) {
      lockFile.close();
      throw e;
    }
    try {
      spool.recover();
      return spool;
    } catch (IOException | RuntimeException e) {
      spool.closeFiles();
      throw e;
    }
  }

  /** One more than the last sequence of a lane. */
  long nextSequence(Lane lane) {
    return lanes.get(lane).nextSequence();
  }

  SegmentLog log(Lane lane) {
    return lanes.get(lane);
  }

  /** A turn of the writer's thread; true where something was written. */
  boolean turn() {
    return writer.turn();
  }

  /** What the writer's thread does several times a second. */
  void upkeep() {
    writer.upkeep();
  }

  private void settlePlain() throws IOException {
    if (plain != null) {
      plain.settle(logs);
    }
  }

  /** What the keeper's thread does twice a second. */
  void keep() {
    keeper.keep();
  }

  /** Also opens all readers there are, so that no segment goes that one of them still needs. */
  private void recover() throws IOException {
    for (SegmentLog log : logs) {
      log.recover(plain);
    }
    files.syncDirectory(directory);
    readers.openAll();
    series =
        IdSeries.begin(
            directory.resolve("id-series"),
            files,
            epoch.name(),
            epoch.isNew(),
            lane -> lanes.get(lane).firstSequence(),
            lane -> lanes.get(lane).nextSequence());
    settlePlain();
    files.syncDirectory(directory);
  }

  private SegmentLog log(
      String name, long capacityBytes, SpoolSettings settings, @Nullable TermDictionary dictionary)
      throws IOException {
    long segmentBytes = settings.segmentBytes(capacityBytes);
    SegmentLog.Shape shape = new SegmentLog.Shape(name, logs.size(), capacityBytes, segmentBytes);
    SegmentLog log =
        new SegmentLog(
            directory.resolve(name), shape, pool(segmentBytes), discarded, files, key, dictionary);
    logs.add(log);
    return log;
  }

  /** One for each size: logs that are large have larger segments than the others. */
  private SegmentPool pool(long segmentBytes) throws IOException {
    for (SegmentPool pool : pools) {
      if (pool.segmentBytes() == segmentBytes) {
        return pool;
      }
    }
    String name = pools.isEmpty() ? "free" : "free-" + pools.size();
    SegmentPool pool = new SegmentPool(directory.resolve(name), segmentBytes, files);
    pools.add(pool);
    return pool;
  }

  /** Has this run on the writer thread after the entries of each group commit are completed. */
  public void afterBatch(Runnable action) {
    writer.afterBatch(action);
  }

  /** By which who makes records may name by number what comes again and again. */
  public TermDictionary dictionary() {
    return dictionary;
  }

  @Override
  public Terms terms() {
    return dictionary.terms();
  }

  @Override
  public String epoch() {
    return epoch.name();
  }

  @Override
  public String epoch(Lane lane, long sequence) {
    return Objects.requireNonNull(series, "set when opened").of(lane, sequence);
  }

  @Override
  public boolean append(SpoolEntry entry) {
    return append(entry.lane().ordinal(), entry);
  }

  @Override
  public boolean appendDeadLetter(SpoolEntry entry) {
    return append(DEAD_LETTERS, entry);
  }

  private boolean append(int log, SpoolEntry entry) {
    int length = entry.body().length;
    if (length < 1 || length > SegmentFormat.BODY_MAX_BYTES) {
      throw new IllegalArgumentException("an entry has 1 to 16 MiB, not " + length + " bytes");
    }
    return !writer.isRefusing(log) && queue.offer(log, entry);
  }

  @Override
  public InternalReader internalReader(String name) {
    return new CursorInternalReader(take(CursorReader.INTERNAL_PREFIX + name));
  }

  @Override
  public SpoolReader reader(String name) {
    return take(name);
  }

  private synchronized CursorReader take(String name) {
    return readers.claim(name);
  }

  @Override
  public synchronized void retainReaders(List<String> names) {
    readers.retain(names);
  }

  @Override
  public List<String> parkedReaders() {
    return readers.parked();
  }

  @Override
  public synchronized boolean forgetReader(String name) throws IOException {
    return readers.forget(name);
  }

  @Override
  public synchronized boolean renameReader(String was, String name) throws IOException {
    return readers.rename(was, name);
  }

  @Override
  public List<LaneStats> lanes() {
    List<LaneStats> views = new ArrayList<>();
    for (Lane lane : Lane.values()) {
      SegmentLog log = lanes.get(lane);
      views.add(
          new LaneStats(
              lane,
              log.nextSequence() - log.firstSequence(),
              log.bytes(),
              log.shape().capacityBytes(),
              readers.oldestSeconds(lane, clock.millis() * 1_000),
              readers.owedBytes(lane),
              writer.shortages().isAtBound(lane.ordinal())));
    }
    return views;
  }

  @Override
  public List<String> shortages() {
    return writer.shortages().told();
  }

  @Override
  public List<ReaderStats> ledger() {
    return readers.ledger();
  }

  @Override
  public long deadLetterCount() {
    SegmentLog log = logs.get(DEAD_LETTERS);
    return log.nextSequence() - log.firstSequence();
  }

  @Override
  public List<StoredEntry> deadLetters(@Nullable Long before, int limit) {
    return newest(logs.get(DEAD_LETTERS), before, limit);
  }

  @Override
  public List<StoredEntry> newest(Lane lane, int limit) {
    return newest(lanes.get(lane), null, limit);
  }

  private static List<StoredEntry> newest(SegmentLog log, @Nullable Long before, int limit) {
    long end = before == null ? log.nextSequence() : Math.min(before, log.nextSequence());
    long from = Math.max(log.firstSequence(), end - limit);
    List<StoredEntry> entries = new ArrayList<>();
    LogReader reader = new LogReader(log);
    try {
      while (from < end) {
        LogReader.Chunk chunk = reader.read(Lane.EVENT, Stream.LIVE, from, end, limit, READ_BYTES);
        addAll(entries, chunk.batch());
        from = chunk.next();
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e.getMessage(), e);
    }
    return entries.reversed();
  }

  private static void addAll(List<StoredEntry> entries, @Nullable SpoolBatch batch) {
    for (int i = 0; batch != null && i < batch.count(); i++) {
      byte[] body =
          java.util.Arrays.copyOfRange(
              batch.bytes(), batch.offset(i), batch.offset(i) + batch.length(i));
      entries.add(new StoredEntry(batch.sequence(i), batch.receivedMicros(i), body, batch.terms()));
    }
  }

  @Override
  public @Nullable String fault() {
    return writer.fault();
  }

  @Override
  public @Nullable String fault(Lane lane) {
    return writer.fault(lane.ordinal());
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    writer.stop();
    keeper.stop();
    discarded.deleteAll();
    readers.close();
    closeFiles();
  }

  private void closeFiles() {
    logs.forEach(SegmentLog::close);
    readers.closeFiles();
    try {
      lockFile.close();
    } catch (IOException e) {
      LOG.error("spool: the lock does not close: {}", e.getMessage());
    }
  }
}
