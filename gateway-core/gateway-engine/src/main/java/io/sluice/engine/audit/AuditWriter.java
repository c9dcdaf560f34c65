package io.sluice.engine.audit;

import io.sluice.api.audit.AuditEvent.Result;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the lines: numbers and chains them, begins new files, deletes the oldest. A batch is on
 * disk when {@link #append} returns. What a failed write left is cut off before the next. Used by
 * one thread.
 */
final class AuditWriter implements AutoCloseable {
  private final AuditSettings settings;
  private final Path directory;
  private final Clock clock;
  private final AuditHash hash;
  private final FileLock lock;
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
  private @Nullable FileChannel channel;
  private long seq;
  private String prev;

  /** What is on disk: to here it goes back when a write fails. */
  private long durableSeq;

  private String durablePrev;
  private long durableBytes;
  private boolean isTorn;

  private AuditWriter(
      AuditSettings settings, Path directory, Clock clock, FileLock lock, AuditTail tail)
      throws IOException {
    this.settings = settings;
    this.directory = directory;
    this.clock = clock;
    this.lock = lock;
    this.hash = AuditHash.of(settings.key());
    this.seq = tail.seq();
    this.prev = tail.hash();
    this.durableSeq = seq;
    this.durablePrev = prev;
    if (tail.file() != null) {
      open(tail.file());
    }
  }

  /** A writer, and what it found. */
  record Opened(AuditWriter writer, AuditTail tail) {}

  /**
   * Opens the log of a directory to continue it.
   *
   * @throws IOException where it cannot be read or written, or another process has it; the message
   *     says what to do
   */
  static Opened open(AuditSettings settings, Path directory, Clock clock) throws IOException {
    AuditFiles.createDirectory(directory);
    FileLock lock = lock(directory);
    try {
      AuditTail tail = AuditTail.mend(directory, AuditHash.of(settings.key()));
      return new Opened(new AuditWriter(settings, directory, clock, lock, tail), tail);
    } catch (IOException | RuntimeException e) {
      lock.acquiredBy().close();
      throw e;
    }
  }

  /** Two writers would break the chain. */
  private static FileLock lock(Path directory) throws IOException {
    FileChannel file = AuditFiles.append(directory.resolve("lock"));
    try {
      FileLock lock = file.tryLock();
      if (lock != null) {
        return lock;
      }
    } catch (OverlappingFileLockException e) {
      // another log of this process has it: said below
    }
    file.close();
    throw new IOException(
        directory
            + ": another gateway writes this audit log; stop it, or give this one a gateway.data (and an"
            + " audit.directory) of its own");
  }

  private void open(Path file) throws IOException {
    channel = AuditFiles.append(file);
    durableBytes = channel.size();
  }

  /** Number of the last line that is on disk. */
  long seq() {
    return durableSeq;
  }

  /** Hash of the last line that is on disk. */
  String head() {
    return durablePrev;
  }

  /** Writes entries and syncs them. On a failure those that are on disk show in {@link #seq}. */
  void append(List<AuditEntry> entries) throws IOException {
    boolean begun = false;
    try {
      rollBack();
      for (AuditEntry entry : entries) {
        AuditLine.Encoded line = AuditLine.encode(seq + 1, entry, prev, hash);
        begun |= makeRoom(line.bytes().length);
        pending.writeBytes(line.bytes());
        seq++;
        prev = line.hash();
      }
      sync();
    } catch (IOException e) {
      isTorn = true;
      throw e;
    }
    if (begun) {
      prune();
    }
  }

  /** Begins a new file where there is none or the line would go over its bound. */
  private boolean makeRoom(int length) throws IOException {
    long size = durableBytes + pending.size();
    if (channel != null && (size == 0 || size + length <= settings.maxFileSize().value())) {
      return false;
    }
    if (channel != null) {
      sync();
      FileChannel full = channel;
      channel = null;
      full.close();
    }
    open(AuditFiles.log(directory, seq + 1));
    return true;
  }

  private void sync() throws IOException {
    if (pending.size() == 0 || channel == null) {
      return;
    }
    isTorn = true;
    ByteBuffer bytes = ByteBuffer.wrap(pending.toByteArray());
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(false);
    durableBytes += pending.size();
    durableSeq = seq;
    durablePrev = prev;
    pending.reset();
    isTorn = false;
  }

  /** Goes back to what is on disk, where the write before this one failed. */
  private void rollBack() throws IOException {
    if (isTorn) {
      pending.reset();
      seq = durableSeq;
      prev = durablePrev;
      if (channel != null && channel.isOpen()) {
        channel.truncate(durableBytes);
      }
      isTorn = false;
    }
  }

  /** The note is on disk before the files go: the log never begins where none says why. */
  private void prune() throws IOException {
    List<Path> files = AuditFiles.list(directory);
    int surplus = surplus(files);
    AuditLine first = surplus == 0 ? null : AuditFiles.firstLine(files.get(surplus));
    if (first == null) {
      return;
    }
    String detail =
        "%d files deleted, the last event in them was %d; the log now follows %s"
            .formatted(surplus, first.seq() - 1, first.prev());
    append(List.of(AuditEntry.own(clock.instant(), "pruned", Result.DONE, detail, 1)));
    for (Path file : files.subList(0, surplus)) {
      AuditFiles.delete(file, first.seq());
    }
  }

  /** How many of the oldest files are over the bounds. The last is always kept. */
  private int surplus(List<Path> files) throws IOException {
    int surplus = Math.max(0, files.size() - settings.keepFiles());
    Instant oldest = clock.instant().minus(settings.keepAge());
    while (surplus < files.size() - 1 && isBefore(files.get(surplus + 1), oldest)) {
      surplus++;
    }
    return surplus;
  }

  /** Whether a file's first event is older, and so all of the file before it. */
  private static boolean isBefore(Path file, Instant time) throws IOException {
    AuditLine first = AuditFiles.firstLine(file);
    try {
      return first != null && Instant.parse(first.time()).isBefore(time);
    } catch (DateTimeException e) {
      return false; // a changed line; the bound on the number still holds
    }
  }

  @Override
  public void close() throws IOException {
    try {
      if (channel != null) {
        channel.close();
      }
    } finally {
      lock.acquiredBy().close();
    }
  }
}
