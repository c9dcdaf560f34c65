package io.sluice.engine.spool;

import io.sluice.engine.spool.SegmentFormat.Header;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments of one log (a lane, or the dead letters), oldest first. One thread appends and
 * deletes, the writer's; others read what is synced.
 */
final class SegmentLog {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentLog.class);
  private static final String SUFFIX = ".seg";

  /** However short they are (each restart and each failed write begins a new one). */
  private static final int SEGMENTS_MAX = 1_024;

  /** What a log is called, and the disk it may use. */
  record Shape(String name, int number, long capacityBytes, long segmentBytes) {}

  private final Path directory;
  private final Shape shape;
  private final SegmentPool pool;
  private final SpoolFiles files;
  private final @Nullable SpoolKey key;
  private final SplittableRandom generations = new SplittableRandom();

  /** Replaced whole by the writer thread. */
  private volatile Segment[] segments = {};

  private volatile long nextSequence = 1;

  // Of the writer thread alone.
  private @Nullable Segment active;
  private @Nullable RecordFrame frame;

  /** A write failed in it: to be cut off before another is begun. */
  private @Nullable Segment suspect;

  /**
   * @param key by which new segments are encrypted, null where they are not
   */
  SegmentLog(
      Path directory, Shape shape, SegmentPool pool, SpoolFiles files, @Nullable SpoolKey key)
      throws IOException {
    this.key = key;
    this.directory = Files.createDirectories(directory);
    this.shape = shape;
    this.pool = pool;
    this.files = files;
  }

  Shape shape() {
    return shape;
  }

  /** One more than the last synced sequence. */
  long nextSequence() {
    return nextSequence;
  }

  /** The oldest sequence that is still kept. */
  long firstSequence() {
    Segment[] now = segments;
    return now.length == 0 ? nextSequence : now[0].baseSequence();
  }

  /** Bytes of the records kept. */
  long bytes() {
    return Arrays.stream(segments)
        .mapToLong(segment -> segment.end() - SegmentFormat.HEADER_BYTES)
        .sum();
  }

  Segment[] segments() {
    return segments;
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

  /** Makes the sequence go on no lower than that: a cursor that was saved has passed it. */
  void continueFrom(long sequence) {
    nextSequence = Math.max(nextSequence, sequence);
  }

  /** Opens what is on disk; reads only the last segment. */
  void recover() throws IOException {
    List<Path> found = new ArrayList<>();
    try (var listing = Files.list(directory)) {
      listing.filter(file -> file.toString().endsWith(SUFFIX)).sorted().forEach(found::add);
    }
    List<Segment> opened = new ArrayList<>();
    for (Path file : found) {
      Segment segment = open(file);
      if (segment != null) {
        opened.add(segment);
      }
    }
    Segment.endWhereTheNextBegins(opened);
    if (!opened.isEmpty()) {
      recoverLast(opened);
    }
    segments = opened.toArray(Segment[]::new);
  }

  private @Nullable Segment open(Path file) throws IOException {
    FileChannel channel = files.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    ByteBuffer bytes = ByteBuffer.allocate(SegmentFormat.HEADER_BYTES);
    channel.read(bytes, 0);
    Header header;
    try {
      header = SegmentFormat.header(bytes.flip());
      if (header.log() != shape.number() || !file.equals(file(header.baseSequence()))) {
        throw new IOException("was being made from an older segment, or does not belong here");
      }
    } catch (IOException e) {
      channel.close();
      if (bytes.limit() > 12 && bytes.getInt(8) > SegmentFormat.VERSION_ENCRYPTED) {
        throw new IOException("spool: " + file + " " + e.getMessage(), e);
      }
      Path aside = file.resolveSibling(file.getFileName() + ".damaged");
      LOG.error("spool: {} {}; it is kept as {}", file, e.getMessage(), aside.getFileName());
      Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
      return null;
    }
    if (header.isEncrypted() && key == null) {
      channel.close();
      throw new IOException(
          "spool: "
              + file
              + " is encrypted and there is no key; give spool.encryption.key, or move the"
              + " directory aside to begin anew");
    }
    return new Segment(file, channel, files, header, channel.size(), header.baseSequence(), false);
  }

  /** The cipher by which a segment's bodies are read, null where they are plain. */
  @Nullable SegmentCipher cipher(Header header) {
    return header.isEncrypted() && key != null ? key.cipher(header) : null;
  }

  /** Of a record on disk. */
  private int size(SpoolEntry entry) {
    return RecordFrame.size(entry.body().length + (key == null ? 0 : SegmentCipher.OVERHEAD_BYTES));
  }

  private void recoverLast(List<Segment> opened) throws IOException {
    Segment last = opened.getLast();
    SegmentScan scan = new SegmentScan(last);
    scan.runBeyondDamage();
    last.synced(scan.end(), scan.endSequence());
    nextSequence = scan.endSequence();
    last.cutOff();
  }

  /** What became of a group of entries: the first {@code count} are synced. */
  record Commit(long firstSequence, int count, @Nullable String cause, boolean isFull) {}

  /** Writes entries and syncs them. Never throws: what the disk did not take is in the verdict. */
  Commit commit(List<SpoolEntry> entries, ByteBuffer buffer) {
    long first = nextSequence;
    try {
      write(entries, buffer);
      return new Commit(first, entries.size(), null, false);
    } catch (LogFullException e) {
      // Sealed: the entry did not fit.
      active = null;
      return new Commit(first, (int) (nextSequence - first), e.getMessage(), true);
    } catch (IOException e) {
      Segment failed = active;
      if (failed != null) {
        failed.forgetFrom(nextSequence);
        active = null;
        suspect = failed;
        cutOffAtOnce(e);
      }
      String cause = e.getMessage() == null ? e.toString() : e.getMessage();
      return new Commit(first, (int) (nextSequence - first), cause, false);
    }
  }

  private void cutOffAtOnce(IOException cause) {
    try {
      cutOffSuspect();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** What a failed write left behind would be taken for records after a restart. */
  void cutOffSuspect() throws IOException {
    Segment failed = suspect;
    if (failed != null) {
      failed.cutOff();
      suspect = null;
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
    cutOffSuspect();
    dropEmptyLast();
    if (isFull()) {
      throw new LogFullException(shape.name() + " lane is at its bound");
    }
    Path file = file(sequence);
    Path prepared = pool.take();
    if (prepared != null) {
      Files.move(prepared, file, StandardCopyOption.REPLACE_EXISTING);
    }
    Header header = new Header(shape.number(), sequence, generations.nextLong(), key != null);
    Segment segment = create(file, header);
    frame = new RecordFrame(header.generation(), cipher(header));
    active = segment;
    Segment[] now = segments;
    Segment[] longer = Arrays.copyOf(now, now.length + 1);
    longer[now.length] = segment;
    segments = longer;
    return segment;
  }

  private Path file(long baseSequence) {
    return directory.resolve("%020d%s".formatted(baseSequence, SUFFIX));
  }

  private Segment create(Path file, Header header) throws IOException {
    FileChannel channel =
        files.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
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
      channel.force(true);
      SpoolFiles.syncDirectory(directory);
      return segment;
    } catch (IOException e) {
      // The next attempt has the same name.
      channel.close();
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /** A last segment without records has the name that the new one will have. */
  private void dropEmptyLast() throws IOException {
    Segment[] now = segments;
    if (now.length > 0 && now[now.length - 1].endSequence() == now[now.length - 1].baseSequence()) {
      segments = Arrays.copyOf(now, now.length - 1);
      now[now.length - 1].discard(pool);
    }
  }

  /** Whether no further segment may be begun. */
  boolean isFull() {
    Segment[] now = segments;
    // One is always to be had besides the last: that one stays for its sequence.
    return now.length >= 2
        && (bytes() + shape.segmentBytes() > shape.capacityBytes() || now.length >= SEGMENTS_MAX);
  }

  /** Whether the next entry will want a new segment that is not to be had. */
  boolean isBlocked() {
    Segment current = active;
    boolean wantsNew = current == null || current.end() + 4096 > shape.segmentBytes();
    return wantsNew && isFull();
  }

  /** The oldest segment, if it is not the one that is written. */
  @Nullable Segment oldestSealed() {
    Segment[] now = segments;
    return now.length > 1 || (now.length == 1 && active == null) ? now[0] : null;
  }

  /** Gives the oldest segment up. */
  void discardOldest() throws IOException {
    Segment[] now = segments;
    segments = Arrays.copyOfRange(now, 1, now.length);
    now[0].discard(pool);
  }

  /** Closes all; what cannot be cut off is found again at the next start. */
  void close() {
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
