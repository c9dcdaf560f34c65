package io.sluice.spool.cursor;

import io.sluice.api.Lane;
import io.sluice.api.PerLane;
import io.sluice.spool.ReaderStats;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolBatch.Stream;
import io.sluice.spool.SpoolReader;
import io.sluice.spool.segment.LogReader;
import io.sluice.spool.segment.SegmentLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A reader of the spool on disk: its cursors, where it is, and their file. */
public final class CursorReader implements SpoolReader {
  private static final Logger LOG = LoggerFactory.getLogger(CursorReader.class);

  /** How the names of the gateway's own readers begin; no upstream may be named so. */
  public static final String INTERNAL_PREFIX = "$";

  private final String name;
  private final PerLane<SegmentLog> logs;
  private final PerLane<LaneCursor> cursors;
  private final PerLane<LogReader> liveReaders;
  private final PerLane<LogReader> backlogReaders;
  private final PerLane<Probe> probes;
  private final CursorFile file;
  private final Runnable spaceWanted;

  /**
   * By lane: oldest pending sequence by the last save; segments before it may go. The writer reads
   * it without waiting for a save that is under way.
   */
  private final AtomicLongArray savedOldest = new AtomicLongArray(Lane.values().length);

  private byte[] saved = {};

  /** Written under the reader's lock; who waits reads it without, as a save may hold that. */
  private volatile boolean taken;

  private volatile boolean parked;
  private volatile boolean paused;
  private boolean closed;
  private volatile @Nullable Thread waiting;

  /** Ordinal of the last lane that is waited for. Written before {@link #waiting}. */
  private volatile int waitingUpTo;

  CursorReader(
      String name,
      PerLane<SegmentLog> logs,
      PerLane<LaneCursor> cursors,
      CursorFile file,
      boolean isPaused,
      Runnable spaceWanted)
      throws IOException {
    this.name = name;
    this.logs = logs;
    this.cursors = cursors;
    this.file = file;
    this.paused = isPaused;
    this.spaceWanted = spaceWanted;
    this.liveReaders = PerLane.of(lane -> new LogReader(logs.get(lane)));
    this.backlogReaders = PerLane.of(lane -> new LogReader(logs.get(lane)));
    this.probes = PerLane.of(lane -> new Probe(logs.get(lane)));
    save();
  }

  public String name() {
    return name;
  }

  /** Whether it is one of the gateway's own, not an upstream's. */
  public boolean isInternal() {
    return name.startsWith(INTERNAL_PREFIX);
  }

  /**
   * Hands the reader out, once.
   *
   * @throws IllegalStateException where somebody has it
   */
  synchronized CursorReader take() {
    if (taken) {
      throw new IllegalStateException("reader " + name + " is open already");
    }
    taken = true;
    parked = false;
    return this;
  }

  synchronized boolean isTaken() {
    return taken;
  }

  /** Its upstream is not configured: it holds nothing back once its lane is at the bound. */
  void park() {
    parked = true;
  }

  public boolean isParked() {
    return parked;
  }

  @Override
  public boolean isPaused() {
    return paused;
  }

  @Override
  public void pause(boolean isPaused) throws IOException {
    paused = isPaused;
    save();
  }

  /** Counts what was given up before this reader was known to the writer. */
  void dropGone() {
    for (Lane lane : Lane.values()) {
      SegmentLog log = logs.get(lane);
      LaneCursor cursor = cursors.get(lane);
      long first = Math.min(log.firstSequence(), log.nextSequence());
      for (SegmentLog.Range range : log.losses()) {
        if (range.to() <= first) {
          cursor.drop(0, range.from(), "overflow");
          cursor.drop(range.from(), range.to(), "damaged");
        }
      }
      cursor.drop(0, first, "overflow");
    }
  }

  @Override
  public @Nullable SpoolBatch read(Lane lane, Stream stream, int maxRecords, int maxBytes)
      throws IOException {
    SegmentLog log = logs.get(lane);
    LaneCursor cursor = cursors.get(lane);
    LogReader reader = (stream == Stream.LIVE ? liveReaders : backlogReaders).get(lane);
    while (true) {
      long[] unread = cursor.unread(stream, log.nextSequence());
      if (unread[0] >= unread[1]) {
        return null;
      }
      LogReader.Chunk chunk = reader.read(lane, stream, unread[0], unread[1], maxRecords, maxBytes);
      SpoolBatch batch = chunk.batch();
      if (batch != null) {
        cursor.read(batch, unread[0], chunk.next());
        return batch;
      }
      cursor.lost(stream, unread[0], chunk.next());
    }
  }

  /** Reads on without anything under way; {@link #release} tells how far it came. */
  @Nullable SpoolBatch skim(Lane lane, int maxRecords, int maxBytes) throws IOException {
    LaneCursor cursor = cursors.get(lane);
    long[] unread = cursor.unread(Stream.LIVE, logs.get(lane).nextSequence());
    if (unread[0] >= unread[1]) {
      return null;
    }
    LogReader reader = liveReaders.get(lane);
    reader.reuse();
    LogReader.Chunk chunk =
        reader.read(lane, Stream.LIVE, unread[0], unread[1], maxRecords, maxBytes);
    cursor.seek(chunk.next());
    return chunk.batch();
  }

  /** Of the lane that has most of it: the share of its disk that was skimmed and not released. */
  double held() {
    double most = 0;
    for (Lane lane : Lane.values()) {
      SegmentLog log = logs.get(lane);
      long bytes = log.bytesFrom(oldest(lane)) - log.bytesFrom(position(lane));
      most = Math.max(most, (double) bytes / log.shape().capacityBytes());
    }
    return most;
  }

  /** The next sequence to be read. */
  long position(Lane lane) {
    return cursors.get(lane).unread(Stream.LIVE, logs.get(lane).nextSequence())[0];
  }

  /** Reads on from there, or from the oldest that is still held and not released. */
  void seek(Lane lane, long sequence) {
    cursors.get(lane).seek(Math.min(sequence, logs.get(lane).nextSequence()));
  }

  void release() {
    cursors.forEach(LaneCursor::release);
  }

  @Override
  public void commit(SpoolBatch batch, int delivered, Map<String, Integer> dropped) {
    int sum = delivered + dropped.values().stream().mapToInt(Integer::intValue).sum();
    if (sum != batch.count()) {
      throw new IllegalArgumentException(
          "a batch of " + batch.count() + " is committed as " + sum + " records");
    }
    cursors.get(batch.lane()).commit(batch, delivered, dropped);
  }

  @Override
  public void rewind() {
    cursors.forEach(LaneCursor::rewind);
  }

  @Override
  public void splitBacklog(Lane lane) {
    cursors.get(lane).split(logs.get(lane).nextSequence());
  }

  @Override
  public long queued(Lane lane) {
    return cursors.get(lane).queued(logs.get(lane).nextSequence());
  }

  /** The oldest sequence that is pending; one more than the last where none is. */
  public long oldest(Lane lane) {
    return cursors.get(lane).oldest(logs.get(lane).nextSequence());
  }

  @Override
  public long backlog(Lane lane) {
    return cursors.get(lane).backlog();
  }

  @Override
  public @Nullable Long oldestMicros(Lane lane) {
    SegmentLog log = logs.get(lane);
    long end = log.nextSequence();
    long oldest = cursors.get(lane).oldest(end);
    if (oldest >= end) {
      return null;
    }
    try {
      return probes.get(lane).micros(lane, oldest, end);
    } catch (IOException e) {
      LOG.warn("spool: the oldest record of reader {} cannot be read: {}", name, e.getMessage());
      return null;
    }
  }

  /** When the oldest pending record was received: read again only when it is another one. */
  private static final class Probe {
    private final LogReader reader;
    private long sequence = -1;
    private @Nullable Long micros;

    Probe(SegmentLog log) {
      reader = new LogReader(log);
    }

    synchronized @Nullable Long micros(Lane lane, long oldest, long end) throws IOException {
      if (oldest != sequence || micros == null) {
        SpoolBatch batch = reader.read(lane, Stream.LIVE, oldest, end, 1, 1).batch();
        micros = batch == null ? null : batch.receivedMicros(0);
        sequence = oldest;
      }
      return micros;
    }
  }

  @Override
  public boolean awaitReadable(long timeoutMillis) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    waitingUpTo = Lane.TELEMETRY.ordinal();
    waiting = Thread.currentThread();
    try {
      while (taken) {
        if (isReadable(Lane.TELEMETRY)) {
          return taken; // closed meanwhile, all is unread again
        }
        long left = until - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        LockSupport.parkNanos(this, left);
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
      return false;
    } finally {
      waiting = null;
    }
  }

  @Override
  public void awaitUpTo(Lane last, long timeoutMillis) throws InterruptedException {
    waitingUpTo = last.ordinal();
    waiting = Thread.currentThread();
    try {
      if (taken && !isReadable(last)) {
        LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(timeoutMillis));
      }
    } finally {
      waiting = null;
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private boolean isReadable(Lane last) {
    for (Lane lane : Lane.values()) {
      LaneCursor cursor = cursors.get(lane);
      for (Stream stream : Stream.values()) {
        long[] unread = cursor.unread(stream, logs.get(lane).nextSequence());
        if (unread[0] < unread[1]) {
          return true;
        }
      }
      if (lane == last) {
        return false;
      }
    }
    return false;
  }

  /**
   * New records of a log are synced: wakes who waits for them. Called by the writer thread.
   *
   * @param log a lane's ordinal; what is above them is read by nobody here
   */
  public void wake(int log) {
    Thread thread = waiting;
    if (thread != null && log <= waitingUpTo) {
      LockSupport.unpark(thread);
    }
  }

  /** A whole segment is given up. Called by the writer thread. */
  public void drop(Lane lane, long from, long to, String reason) {
    cursors.get(lane).drop(from, to, reason);
  }

  public long savedOldest(Lane lane) {
    return savedOldest.get(lane.ordinal());
  }

  /** Saves the cursors if they have moved. */
  public synchronized void save() throws IOException {
    if (closed) {
      return;
    }
    // Before the cursors are encoded: what is committed meanwhile only makes it too low.
    PerLane<Long> ends = PerLane.of(lane -> logs.get(lane).nextSequence());
    PerLane<Long> oldest = PerLane.of(lane -> cursors.get(lane).oldest(ends.get(lane)));
    byte[] payload = CursorFile.encode(cursors, ends, paused);
    if (!Arrays.equals(payload, saved)) {
      file.save(payload);
      saved = payload;
      spaceWanted.run();
    }
    for (Lane lane : Lane.values()) {
      savedOldest.set(lane.ordinal(), oldest.get(lane));
    }
  }

  List<ReaderStats> ledger() {
    List<ReaderStats> lines = new ArrayList<>();
    for (Lane lane : Lane.values()) {
      LaneCursor.Balance balance = cursors.get(lane).balance(logs.get(lane).nextSequence());
      lines.add(
          new ReaderStats(
              name,
              lane,
              balance.accepted(),
              balance.delivered(),
              balance.queued(),
              balance.dropped()));
    }
    return lines;
  }

  /** Saves, and may be handed out again; the spool closes the file with itself. */
  @Override
  public synchronized void close() {
    taken = false;
    wake(Lane.ALARM.ordinal()); // for which everybody waits
    rewind();
    try {
      save();
    } catch (IOException e) {
      LOG.error("spool: cursors of reader {} are not saved: {}", name, e.getMessage());
    }
  }

  synchronized void closeFile() throws IOException {
    closed = true;
    file.close();
  }
}
