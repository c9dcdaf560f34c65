package io.sluice.spool.segment;

import io.sluice.spool.TermDictionary;
import io.sluice.spool.disk.SpoolFiles;
import io.sluice.spool.segment.SegmentFormat.Header;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments of one log (a lane, or the dead letters), oldest first. One thread appends, by its
 * {@link LogAppender}, and deletes: the writer's. Any thread reads what is synced.
 */
public final class SegmentLog {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentLog.class);

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
  private final SpoolFiles files;
  private final @Nullable SpoolKey key;
  private final @Nullable TermDictionary dictionary;
  private final DiscardedSegments discarded;
  private final LogAppender appender;

  /** Replaced whole by the writer thread. */
  private volatile Segment[] segments = {};

  private volatile long nextSequence = 1;
  private volatile List<Range> losses = List.of();

  /**
   * @param key by which new segments are encrypted, null where they are not
   * @param dictionary what its records name by number, null where they name nothing so
   */
  public SegmentLog(
      Path directory,
      Shape shape,
      SegmentPool pool,
      DiscardedSegments discarded,
      SpoolFiles files,
      @Nullable SpoolKey key,
      @Nullable TermDictionary dictionary)
      throws IOException {
    files.createDirectories(directory);
    this.key = key;
    this.dictionary = dictionary;
    this.directory = directory;
    this.shape = shape;
    this.discarded = discarded;
    this.files = files;
    this.appender = new LogAppender(this, directory, pool, files, key, dictionary);
  }

  public Shape shape() {
    return shape;
  }

  /** What appends to it. Confined to the writer's thread. */
  public LogAppender appender() {
    return appender;
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
    LogRecovery recovery = new LogRecovery(directory, shape, files, plain, this::earlierTerms);
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
        appender.begin(nextSequence);
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

  private SegmentTerms earlierTerms(Header header) {
    return header.mayDefine() && dictionary != null
        ? SegmentTerms.ofEarlierRun(dictionary, () -> cipher(header))
        : SegmentTerms.NONE;
  }

  /** The records before that sequence are synced. */
  void synced(long endSequence) {
    nextSequence = endSequence;
  }

  void add(Segment segment) {
    Segment[] now = segments;
    Segment[] longer = Arrays.copyOf(now, now.length + 1);
    longer[now.length] = segment;
    segments = longer;
  }

  /** A last segment without records has the name that the new one will have. */
  void dropEmptyLast(SegmentPool pool) throws IOException {
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

  /** The oldest segment, if it is not the one that is written. */
  @Nullable
  public Segment oldestSealed() {
    Segment[] now = segments;
    return now.length > 1 || (now.length == 1 && !appender.isWriting()) ? now[0] : null;
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
