package io.sluice.engine.spool;

import io.sluice.engine.spool.SegmentFormat.Header;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
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

  /** How many segments a log may have, and what their files are called. */
  record Shape(String name, int number, long capacityBytes, long segmentBytes) {
    int segmentsMax() {
      return (int) Math.max(2, capacityBytes / segmentBytes);
    }
  }

  private final Path directory;
  private final Shape shape;
  private final SegmentPool pool;
  private final SpoolFiles files;
  private final SplittableRandom generations = new SplittableRandom();

  /** Replaced whole by the writer thread. */
  private volatile Segment[] segments = {};

  private volatile long nextSequence = 1;

  // Of the writer thread alone.
  private @Nullable Segment active;
  private @Nullable RecordFrame frame;

  SegmentLog(Path directory, Shape shape, SegmentPool pool, SpoolFiles files) throws IOException {
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
    endWhereTheNextBegins(opened);
    if (!opened.isEmpty()) {
      recoverLast(opened);
    }
    segments = opened.toArray(Segment[]::new);
  }

  private @Nullable Segment open(Path file) throws IOException {
    FileChannel channel = files.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    ByteBuffer bytes = ByteBuffer.allocate(SegmentFormat.HEADER_BYTES);
    channel.read(bytes, 0);
    try {
      Header header = SegmentFormat.header(bytes.flip());
      return new Segment(file, channel, header, channel.size(), header.baseSequence(), false);
    } catch (IOException e) {
      channel.close();
      if (bytes.limit() > 12 && bytes.getInt(8) > SegmentFormat.VERSION) {
        throw new IOException("spool: " + file + " " + e.getMessage(), e);
      }
      Path aside = file.resolveSibling(file.getFileName() + ".damaged");
      LOG.error("spool: {} {}; it is kept as {}", file, e.getMessage(), aside.getFileName());
      Files.move(file, aside);
      return null;
    }
  }

  private static void endWhereTheNextBegins(List<Segment> opened) {
    for (int i = 0; i + 1 < opened.size(); i++) {
      Segment segment = opened.get(i);
      segment.synced(segment.end(), opened.get(i + 1).baseSequence());
    }
  }

  private void recoverLast(List<Segment> opened) throws IOException {
    Segment last = opened.getLast();
    SegmentScan scan = new SegmentScan(last);
    scan.run(1 << 20);
    last.synced(scan.end(), scan.endSequence());
    nextSequence = scan.endSequence();
    last.cutOff();
  }

  /** What became of a group of entries: the first {@code count} are synced. */
  record Commit(long firstSequence, int count, @Nullable String cause) {}

  /** Writes entries and syncs them. Never throws: what the disk did not take is in the verdict. */
  Commit commit(List<SpoolEntry> entries, ByteBuffer buffer) {
    long first = nextSequence;
    try {
      write(entries, buffer);
      return new Commit(first, entries.size(), null);
    } catch (IOException e) {
      Segment suspect = active;
      if (suspect != null) {
        suspect.forgetFrom(nextSequence);
        active = null;
      }
      String cause = e.getMessage() == null ? e.toString() : e.getMessage();
      return new Commit(first, (int) (nextSequence - first), cause);
    }
  }

  private void write(List<SpoolEntry> entries, ByteBuffer buffer) throws IOException {
    Segment segment = null;
    long offset = 0;
    long sequence = nextSequence;
    buffer.clear();
    for (int i = 0; i < entries.size(); i++) {
      SpoolEntry entry = entries.get(i);
      int size = RecordFrame.size(entry.body().length);
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
    ByteBuffer large = ByteBuffer.allocate(RecordFrame.size(entry.body().length));
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
    if (isFull()) {
      throw new LogFullException(shape.name() + " lane is at its bound");
    }
    dropEmptyLast();
    Path file = directory.resolve("%020d%s".formatted(sequence, SUFFIX));
    Path prepared = pool.take();
    if (prepared != null) {
      Files.move(prepared, file);
    }
    FileChannel channel =
        files.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    Header header = new Header(shape.number(), sequence, generations.nextLong());
    Segment segment =
        new Segment(file, channel, header, SegmentFormat.HEADER_BYTES, sequence, true);
    segment.write(SegmentFormat.header(header), 0);
    channel.force(true);
    syncDirectory();
    frame = new RecordFrame(header.generation());
    active = segment;
    Segment[] now = segments;
    Segment[] longer = Arrays.copyOf(now, now.length + 1);
    longer[now.length] = segment;
    segments = longer;
    return segment;
  }

  /** A file's name is durable only when its directory is synced. */
  private void syncDirectory() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** A last segment without records has the name that the new one will have. */
  private void dropEmptyLast() throws IOException {
    Segment[] now = segments;
    if (now.length > 0 && now[now.length - 1].endSequence() == now[now.length - 1].baseSequence()) {
      segments = Arrays.copyOf(now, now.length - 1);
      now[now.length - 1].discard(null);
    }
  }

  /** Whether no further segment may be begun. */
  boolean isFull() {
    return segments.length >= shape.segmentsMax();
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
    now[0].discard(now[0].damaged() ? null : pool.place(now[0].file()));
  }

  void close() throws IOException {
    for (Segment segment : segments) {
      segment.cutOff();
      segment.close();
    }
  }
}
