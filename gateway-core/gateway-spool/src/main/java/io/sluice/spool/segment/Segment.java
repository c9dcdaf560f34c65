package io.sluice.spool.segment;

import io.sluice.spool.Terms;
import io.sluice.spool.disk.DamagedFiles;
import io.sluice.spool.disk.SpoolFiles;
import io.sluice.spool.disk.SpoolFiles.SpoolFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * One segment file and where its records lie.
 *
 * <p>The writer thread appends; any thread reads up to {@link #end}, which moves on only after a
 * sync. A read and the file's end (deletion) exclude each other.
 */
public final class Segment {
  private static final int INDEX_STRIDE = 256;
  private static final int SCAN_BYTES = 1 << 20;

  private final SpoolFile channel;
  private final SpoolFiles files;
  private final SegmentReads reads;
  private final SegmentFormat.Header header;
  private final SegmentTerms terms;
  private final Path file;
  private volatile long end;
  private volatile long endSequence;
  private volatile boolean damaged;
  private volatile boolean closed;

  /** From which sequence the next note is due. Of the thread that notes. */
  private long noteFrom = Long.MIN_VALUE;

  /** Held for as long as an array is looked at, never while the disk is: the writer takes it. */
  private final Object indexLock = new Object();

  /** One thread walks the file, the others wait for its index. */
  private final Object scanLock = new Object();

  // Every 256th record: sequence and offset. Guarded by indexLock.
  private long[] indexSequences = new long[16];
  private long[] indexOffsets = new long[16];
  private int indexed;
  private volatile boolean isIndexed;

  /**
   * @param terms what its records name by number
   * @param end offset behind the last record known to be there
   * @param endSequence one more than the sequence of the last record
   */
  public Segment(
      Path file,
      SpoolFile channel,
      SpoolFiles files,
      SegmentFormat.Header header,
      SegmentTerms terms,
      long end,
      long endSequence,
      boolean isIndexed) {
    this.file = file;
    this.channel = channel;
    this.files = files;
    this.reads = new SegmentReads(file, files);
    this.header = header;
    this.terms = terms;
    this.end = end;
    this.endSequence = endSequence;
    this.isIndexed = isIndexed;
  }

  public Path file() {
    return file;
  }

  /** When it was written last, milliseconds since the epoch. */
  public long modifiedMillis() throws IOException {
    return files.modifiedMillis(file);
  }

  SegmentFormat.Header header() {
    return header;
  }

  long generation() {
    return header.generation();
  }

  public long baseSequence() {
    return header.baseSequence();
  }

  /** One more than the last sequence. */
  public long endSequence() {
    return endSequence;
  }

  /** Offset behind the last synced record. */
  long end() {
    return end;
  }

  boolean damaged() {
    return damaged;
  }

  void markDamaged() {
    damaged = true;
  }

  /** Writes at an offset behind the end; nothing of it can be read before {@link #synced}. */
  void write(ByteBuffer bytes, long offset) throws IOException {
    channel.writeFully(bytes, offset);
  }

  void force() throws IOException {
    channel.force();
  }

  /**
   * What its records name by number. Of a segment of an earlier run all that it defines, once
   * {@link #floor} was asked, or a scan went over it.
   */
  Terms terms() {
    return terms.all();
  }

  /** Takes definitions that stand in it. */
  void define(ByteBuffer chunk, int index, int size) {
    terms.take(chunk, index, size, file);
  }

  /** The records up to there are on disk. */
  void synced(long newEnd, long newEndSequence) {
    end = newEnd;
    endSequence = newEndSequence;
  }

  /** Notes where a record lies. Called for each, in order. */
  void note(long sequence, long offset) {
    if (sequence >= noteFrom) {
      noteFrom = sequence + INDEX_STRIDE;
      index(sequence, offset);
    }
  }

  private void index(long sequence, long offset) {
    synchronized (indexLock) {
      if (indexed == indexSequences.length) {
        indexSequences = Arrays.copyOf(indexSequences, indexed * 2);
        indexOffsets = Arrays.copyOf(indexOffsets, indexed * 2);
      }
      indexSequences[indexed] = sequence;
      indexOffsets[indexed++] = offset;
    }
  }

  /** Forgets notes of records that were not synced after all. */
  void forgetFrom(long sequence) {
    synchronized (indexLock) {
      while (indexed > 0 && indexSequences[indexed - 1] >= sequence) {
        indexed--;
      }
    }
    noteFrom = Long.MIN_VALUE;
  }

  /**
   * Cuts the file off behind its last record: what follows was torn or never written. No read goes
   * so far, so none is waited for. Of the thread that writes.
   */
  void cutOff() throws IOException {
    if (!closed && channel.size() > end) {
      channel.truncate(end);
      channel.force();
    }
  }

  /** Offset from which to walk to a record: of it or of one before it. */
  long floor(long sequence) throws IOException {
    if (!isIndexed) {
      synchronized (scanLock) {
        if (!isIndexed) {
          scan();
          isIndexed = true;
        }
      }
    }
    // A scan that ended at a damage may have noted nothing behind it.
    synchronized (indexLock) {
      int at = Arrays.binarySearch(indexSequences, 0, indexed, sequence);
      int slot = at >= 0 ? at : -at - 2;
      return slot < 0 ? SegmentFormat.HEADER_BYTES : indexOffsets[slot];
    }
  }

  /** Definitions behind a damage count, too: they hold for all records. */
  private void scan() throws IOException {
    SegmentScan scan = new SegmentScan(this);
    if (header.mayDefine()) {
      scan.runBeyondDamage();
    } else {
      scan.run(SCAN_BYTES);
    }
  }

  /**
   * Reads up to the end or the buffer's limit.
   *
   * @return false where the segment was deleted, or closed with the spool, meanwhile
   */
  synchronized boolean read(ByteBuffer into, long offset) throws IOException {
    if (closed) {
      return false;
    }
    long most = Math.min(into.remaining(), Math.max(0, end - offset));
    into.limit(into.position() + (int) most);
    reads.read(into, offset);
    return true;
  }

  /** See {@link SegmentReads#aroundBadPages}. */
  synchronized void readAroundBadPages() {
    reads.aroundBadPages();
  }

  /** Offset behind the last page that could not be read; -1 where all could. */
  synchronized long unreadableEnd() {
    return reads.unreadableEnd();
  }

  boolean isClosed() {
    return closed;
  }

  synchronized void close() throws IOException {
    closed = true;
    try {
      reads.close();
    } finally {
      channel.close();
    }
  }

  /**
   * Gives the file up: to the pool, or keeps it as {@code .damaged}, or deletes it; durably, so
   * that of several that go in their order none comes back before one that does not.
   */
  synchronized void discard(List<SegmentPool> pools) throws IOException {
    close();
    if (damaged) {
      DamagedFiles.setAside(files, file);
    } else if (!isRecycled(pools)) {
      files.delete(file);
    }
    files.syncDirectory(file.resolveSibling(""));
  }

  private boolean isRecycled(List<SegmentPool> pools) throws IOException {
    for (SegmentPool pool : pools) {
      if (pool.recycle(file)) {
        return true;
      }
    }
    return false;
  }
}
