package io.sluice.spool.segment;

import io.sluice.api.health.Guarded;
import io.sluice.spool.SpoolEntry;
import io.sluice.spool.TermDictionary;
import io.sluice.spool.disk.SpoolFiles;
import io.sluice.spool.disk.SpoolFiles.SpoolFile;
import io.sluice.spool.segment.SegmentFormat.Header;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Appends to one log: writes groups of entries, syncs them, and begins a segment where one is full
 * or a write failed. Confined to the writer's thread.
 */
public final class LogAppender {
  private static final Guarded FAULTS = Guarded.of("spool-write");

  private final SegmentLog log;
  private final Path directory;
  private final SegmentLog.Shape shape;
  private final SegmentPool pool;
  private final SpoolFiles files;
  private final @Nullable SpoolKey key;
  private final @Nullable TermDictionary dictionary;

  /** Not from the clock: where it is encrypted, it keeps the keys of two segments apart. */
  private final SecureRandom generations = new SecureRandom();

  private @Nullable Segment active;
  private @Nullable RecordFrame frame;

  /** What of the dictionary the active segment defines. */
  private DefinedTerms defined = DefinedTerms.NONE;

  /** A write failed in it: to be cut off before another is begun. */
  private @Nullable Segment failedSegment;

  /**
   * @param key by which new segments are encrypted, null where they are not
   * @param dictionary what records name by number, null where they name nothing so
   */
  LogAppender(
      SegmentLog log,
      Path directory,
      SegmentPool pool,
      SpoolFiles files,
      @Nullable SpoolKey key,
      @Nullable TermDictionary dictionary) {
    this.log = log;
    this.directory = directory;
    this.shape = log.shape();
    this.pool = pool;
    this.files = files;
    this.key = key;
    this.dictionary = dictionary;
  }

  /** Whether a segment is being written. */
  boolean isWriting() {
    return active != null;
  }

  /** Of a record on disk. */
  private int size(SpoolEntry entry) {
    return RecordFrame.size(entry.body().length + (key == null ? 0 : SegmentCipher.OVERHEAD_BYTES));
  }

  /** What became of a group of entries: the first {@code count} are synced. */
  public record Commit(long firstSequence, int count, @Nullable String cause, boolean isFull) {}

  /** Writes entries and syncs them. Never throws: what the disk did not take is in the verdict. */
  public Commit commit(List<SpoolEntry> entries, ByteBuffer buffer) {
    long first = log.nextSequence();
    try {
      write(entries, buffer);
      return new Commit(first, entries.size(), null, false);
    } catch (LogFullException e) {
      // Sealed: the entry did not fit.
      active = null;
      return new Commit(first, (int) (log.nextSequence() - first), e.getMessage(), true);
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
      failed.forgetFrom(log.nextSequence());
      active = null;
      failedSegment = failed;
      cutOffAtOnce(fault);
    }
    return new Commit(first, (int) (log.nextSequence() - first), cause, false);
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
    if (active == null && !log.isFull()) {
      begin(log.nextSequence());
    }
  }

  private void write(List<SpoolEntry> entries, ByteBuffer buffer) throws IOException {
    Segment segment = null;
    long offset = 0;
    long sequence = log.nextSequence();
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
        // Every number that a record of the group names was given before the group was taken.
        boolean fits = active != null && fits(active.end(), size + defined.dueBytes());
        segment = active != null && fits ? active : begin(sequence);
        offset = define(segment, buffer, segment.end(), sequence, size);
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

  /** Puts before a record what it, and what follows it, may name by number. */
  private long define(Segment segment, ByteBuffer buffer, long start, long sequence, int size)
      throws IOException {
    long offset = start;
    defined.begin(start, shape.segmentBytes() - start - size);
    byte[] body = defined.next();
    while (body != null) {
      if (buffer.remaining() < RecordFrame.size(body.length + SegmentCipher.OVERHEAD_BYTES)) {
        offset = flush(segment, buffer, offset);
      }
      frame().putDefinitions(buffer, sequence, defined.place(), body);
      body = defined.next();
    }
    return offset;
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
    log.synced(endSequence);
  }

  /** Begins a segment. Also called by the start, before there is a writer. */
  Segment begin(long sequence) throws IOException {
    log.dropEmptyLast(pool);
    if (log.isFull()) {
      throw new LogFullException(shape.name() + " lane is at its bound");
    }
    Header header =
        new Header(
            shape.number(), sequence, generations.nextLong(), key != null, dictionary != null);
    Segment segment = create(LogRecovery.file(directory, sequence), header);
    // Sealed by this one, whether it could be cut off or not.
    failedSegment = null;
    frame = new RecordFrame(header.generation(), log.cipher(header));
    defined = dictionary == null ? DefinedTerms.NONE : new DefinedTerms(dictionary.terms());
    active = segment;
    log.add(segment);
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
              dictionary == null ? SegmentTerms.NONE : SegmentTerms.ofThisRun(dictionary),
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

  /** Whether the next entry will want a new segment that is not to be had. */
  public boolean isBlocked() {
    Segment current = active;
    boolean wantsNew = current == null || current.end() + 4096 > shape.segmentBytes();
    return wantsNew && log.isFull();
  }
}
