package io.sluice.spool.segment;

import io.sluice.api.health.Guarded;
import io.sluice.spool.SpoolEntry;
import io.sluice.spool.disk.SpoolFiles;
import io.sluice.spool.disk.SpoolFiles.SpoolFile;
import io.sluice.spool.segment.SegmentFormat.Header;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments of one log (a lane, or the dead letters), oldest first. One thread appends and
 * deletes, the writer's; others read what is synced.
 */
public final class SegmentLog {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentLog.class);
  private static final Guarded FAULTS = Guarded.of("spool-write");

  /** However short they are (each restart and each failed write begins a new one). */
  private static final int SEGMENTS_MAX = 1_024;

  /** What a log is called, and the disk it may use. */
  public record Shape(String name, int number, long capacityBytes, long segmentBytes) {}

  /** Sequences from the first to before the second. */
  public record Range(long from, long to) {
    /** The same, ending there where that is known. */
    Range upTo(@Nullable Long end) {
      return end == null ? this : new Range(from, end);
    }
  }

  private final Path directory;
  private final Shape shape;
  private final SegmentPool pool;
  private final SpoolFiles files;
  private final @Nullable SpoolKey key;
  private final DiscardedSegments discarded;

  /** Not from the clock: where it is encrypted, it keeps the keys of two segments apart. */
  private final SecureRandom generations = new SecureRandom();

  /** Replaced whole by the writer thread. */
  private volatile Segment[] segments = {};

  private volatile long nextSequence = 1;
  private volatile List<Range> losses = List.of();

  // Of the writer thread alone.
  private @Nullable Segment active;
  private @Nullable RecordFrame frame;

  /** A write failed in it: to be cut off before another is begun. */
  private @Nullable Segment failedSegment;

  /**
   * @param key by which new segments are encrypted, null where they are not
   */
  public SegmentLog(
      Path directory,
      Shape shape,
      SegmentPool pool,
      DiscardedSegments discarded,
      SpoolFiles files,
      @Nullable SpoolKey key)
      throws IOException {
    files.createDirectories(directory);
    this.key = key;
    this.directory = directory;
    this.shape = shape;
    this.pool = pool;
    this.discarded = discarded;
    this.files = files;
  }

  public Shape shape() {
    return shape;
  }

  /** One more than the last synced sequence. */
  public long nextSequence() {
    return nextSequence;
  }

  /** The oldest sequence that is still kept. */
  public long firstSequence() {
    Segment[] now = segments;
    return now.length == 0 ? nextSequence : now[0].baseSequence();
  }

  /** Bytes of the records kept. */
  public long bytes() {
    return Arrays.stream(segments)
        .mapToLong(segment -> segment.end() - SegmentFormat.HEADER_BYTES)
        .sum();
  }

  /** Bytes of the records from a sequence on; within its segment by their share. */
  public long bytesFrom(long sequence) {
    long sum = 0;
    for (Segment segment : segments) {
      long base = segment.baseSequence();
      long end = segment.endSequence();
      long bytes = segment.end() - SegmentFormat.HEADER_BYTES;
      if (sequence <= base) {
        sum += bytes;
      } else if (sequence < end) {
        sum += (long) ((double) bytes * (end - sequence) / (end - base));
      }
    }
    return sum;
  }

  public Segment[] segments() {
    return segments;
  }

  /** Whether one of its segments is not encrypted. */
  boolean hasPlain() {
    return Arrays.stream(segments).anyMatch(segment -> !segment.header().isEncrypted());
  }

  /** The segment that holds a sequence, or the first one behind it; null where there is none. */
  @Nullable Segment holding(long sequence) {
    Segment[] now = segments;
    int low = 0;
    int high = now.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (now[middle].endSequence() <= sequence) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < now.length ? now[low] : null;
  }

  // ---- writer thread

  /** Makes the sequence go on no lower than that: a cursor file knows of it. */
  public void continueFrom(long sequence) {
    nextSequence = Math.max(nextSequence, sequence);
  }

  /**
   * Opens what is on disk; reads only the last segment. What is damaged is set aside, and does not
   * keep the rest from being used.
   *
   * @param plain which plain segments are the spool's own; null where it is not encrypted
   */
  public void recover(@Nullable PlainBound plain) throws IOException {
    LogRecovery recovery = new LogRecovery(directory, shape, files, plain);
    try {
      segments = recovery.open().toArray(Segment[]::new);
    } catch (IOException | RuntimeException e) {
      recovery.close();
      throw e;
    }
    nextSequence = recovery.endSequence();
    losses = recovery.losses();
    if (recovery.mustBeginAnew()) {
      try {
        begin(nextSequence);
      } catch (IOException e) {
        if (recovery.isUnsynced()) {
          throw e;
        }
        LOG.error("spool: {} is not begun anew: {}", directory, e.getMessage());
        return;
      }
    }
    recovery.setAside();
  }

  /** What this start found to be lost with whole segments, in order. */
  public List<Range> losses() {
    return losses;
  }

  /** The cipher by which a segment's bodies are read, null where they are plain. */
  @Nullable SegmentCipher cipher(Header header) {
    return header.isEncrypted() && key != null ? key.cipher(header) : null;
  }

  /** Of a record on disk. */
  private int size(SpoolEntry entry) {
    return RecordFrame.size(entry.body().length + (key == null ? 0 : SegmentCipher.OVERHEAD_BYTES));
  }

  /** What became of a group of entries: the first {@code count} are synced. */
  public record Commit(long firstSequence, int count, @Nullable String cause, boolean isFull) {}

  /** Writes entries and syncs them. Never throws: what the disk did not take is in the verdict. */
  public Commit commit(List<SpoolEntry> entries, ByteBuffer buffer) {
    long first = nextSequence;
    try {
      write(entries, buffer);
      return new Commit(first, entries.size(), null, false);
    } catch (LogFullException e) {
      // Sealed: the entry did not fit.
      active = null;
      return new Commit(first, (int) (nextSequence - first), e.getMessage(), true);
    } catch (IOException e) {
      return failed(first, e, e.getMessage() == null ? e.toString() : e.getMessage());
    } catch (RuntimeException | Error e) {
      // What lies behind the last sync is not known, whatever went wrong: direct memory, say.
      FAULTS.caught(e);
      return failed(first, e, e.toString());
    }
  }

  private Commit failed(long first, Throwable fault, String cause) {
    Segment failed = active;
    if (failed != null) {
      failed.forgetFrom(nextSequence);
      active = null;
      failedSegment = failed;
      cutOffAtOnce(fault);
    }
    return new Commit(first, (int) (nextSequence - first), cause, false);
  }

  private void cutOffAtOnce(Throwable cause) {
    try {
      cutOffFailed();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /**
   * What a failed write left behind would be taken for records after a restart. Nothing is written
   * behind it again, nor forced: which of its pages the disk has is not known.
   */
  public void cutOffFailed() throws IOException {
    Segment failed = failedSegment;
    if (failed != null) {
      failed.cutOff();
      failedSegment = null;
    }
  }

  /** Whether the disk takes a segment, where a write failed before and none has come since. */
  public void probe() throws IOException {
    if (active == null && !isFull()) {
      begin(nextSequence);
    }
  }

  private void write(List<SpoolEntry> entries, ByteBuffer buffer) throws IOException {
    Segment segment = null;
    long offset = 0;
    long sequence = nextSequence;
    buffer.clear();
    for (int i = 0; i < entries.size(); i++) {
      SpoolEntry entry = entries.get(i);
      int size = size(entry);
      if (segment != null && !fits(offset + buffer.position(), size)) {
        finish(segment, buffer, offset, sequence);
        active = null;
        segment = null;
      }
      if (segment == null) {
        segment = active != null && fits(active.end(), size) ? active : begin(sequence);
        offset = segment.end();
      }
      if (buffer.remaining() < size) {
        offset = flush(segment, buffer, offset);
      }
      segment.note(sequence, offset + buffer.position());
      if (size > buffer.capacity()) {
        offset = writeAlone(segment, entry, sequence, offset);
      } else {
        frame().put(buffer, sequence, entry.receivedMicros(), entry.body());
      }
      sequence++;
    }
    if (segment != null) {
      finish(segment, buffer, offset, sequence);
    }
  }

  private boolean fits(long at, int size) {
    return at + size <= shape.segmentBytes() || at == SegmentFormat.HEADER_BYTES;
  }

  private RecordFrame frame() {
    RecordFrame current = frame;
    if (current == null) {
      throw new IllegalStateException("no segment was begun");
    }
    return current;
  }

  private static long flush(Segment segment, ByteBuffer buffer, long offset) throws IOException {
    int length = buffer.flip().remaining();
    segment.write(buffer, offset);
    buffer.clear();
    return offset + length;
  }

  private long writeAlone(Segment segment, SpoolEntry entry, long sequence, long offset)
      throws IOException {
    ByteBuffer large = ByteBuffer.allocate(size(entry));
    frame().put(large, sequence, entry.receivedMicros(), entry.body());
    return flush(segment, large, offset);
  }

  private void finish(Segment segment, ByteBuffer buffer, long offset, long endSequence)
      throws IOException {
    long end = flush(segment, buffer, offset);
    segment.force();
    segment.synced(end, endSequence);
    nextSequence = endSequence;
  }

  private Segment begin(long sequence) throws IOException {
    dropEmptyLast();
    if (isFull()) {
      throw new LogFullException(shape.name() + " lane is at its bound");
    }
    Header header = new Header(shape.number(), sequence, generations.nextLong(), key != null);
    Segment segment = create(LogRecovery.file(directory, sequence), header);
    // Sealed by this one, whether it could be cut off or not.
    failedSegment = null;
    frame = new RecordFrame(header.generation(), cipher(header));
    active = segment;
    Segment[] now = segments;
    Segment[] longer = Arrays.copyOf(now, now.length + 1);
    longer[now.length] = segment;
    segments = longer;
    return segment;
  }

  private Segment create(Path file, Header header) throws IOException {
    Path prepared = pool.take();
    if (prepared != null) {
      files.move(prepared, file);
      // Before a byte is overwritten: the file may yet have the name of an older segment.
      files.syncDirectory(directory);
    }
    SpoolFile channel = files.open(file);
    try {
      Segment segment =
          new Segment(
              file,
              channel,
              files,
              header,
              SegmentFormat.HEADER_BYTES,
              header.baseSequence(),
              true);
      segment.write(SegmentFormat.header(header), 0);
      channel.force();
      if (prepared == null) {
        files.syncDirectory(directory);
      }
      return segment;
    } catch (IOException e) {
      // The next attempt has the same name.
      channel.close();
      files.delete(file);
      throw e;
    }
  }

  /** A last segment without records has the name that the new one will have. */
  private void dropEmptyLast() throws IOException {
    Segment[] now = segments;
    if (now.length > 0 && now[now.length - 1].endSequence() == now[now.length - 1].baseSequence()) {
      segments = Arrays.copyOf(now, now.length - 1);
      now[now.length - 1].discard(List.of(pool));
    }
  }

  /** Whether no further segment may be begun. */
  public boolean isFull() {
    Segment[] now = segments;
    // One is always to be had besides the last: that one stays for its sequence.
    return now.length >= 2
        && (bytes() + shape.segmentBytes() > shape.capacityBytes() || now.length >= SEGMENTS_MAX);
  }

  /** Whether the next entry will want a new segment that is not to be had. */
  public boolean isBlocked() {
    Segment current = active;
    boolean wantsNew = current == null || current.end() + 4096 > shape.segmentBytes();
    return wantsNew && isFull();
  }

  /** The oldest segment, if it is not the one that is written. */
  @Nullable
  public Segment oldestSealed() {
    Segment[] now = segments;
    return now.length > 1 || (now.length == 1 && active == null) ? now[0] : null;
  }

  /** Gives the oldest segment up; its file goes in the background. */
  public void discardOldest() throws IOException {
    Segment[] now = segments;
    segments = Arrays.copyOfRange(now, 1, now.length);
    discarded.add(now[0]);
  }

  /** Closes all; what cannot be cut off is found again at the next start. */
  public void close() {
    for (Segment segment : segments) {
      try {
        segment.cutOff();
      } catch (IOException e) {
        LOG.warn("spool: {} is not cut off: {}", segment.file(), e.getMessage());
      }
      try {
        segment.close();
      } catch (IOException e) {
        LOG.warn("spool: {} does not close: {}", segment.file(), e.getMessage());
      }
    }
  }
}
