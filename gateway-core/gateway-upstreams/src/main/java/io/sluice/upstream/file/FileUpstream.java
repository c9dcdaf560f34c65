package io.sluice.upstream.file;

import io.sluice.api.ByteSink;
import io.sluice.api.config.Bytes;
import io.sluice.api.health.Guarded;
import io.sluice.api.upstream.Delivery;
import io.sluice.api.upstream.OutboundBatch;
import io.sluice.api.upstream.Upstream;
import io.sluice.upstream.file.ArchiveDirectory.ArchiveFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends records to files, one a line. A batch is one write and, with {@code fsync}, one
 * fdatasync, before its verdict.
 *
 * <p>The Forwarder's thread writes; a thread of its own finishes files that have grown old,
 * compresses finished ones one at a time and drops those beyond the bound. The file being written
 * is guarded by this object's monitor.
 */
final class FileUpstream implements Upstream {
  private static final Logger LOG = LoggerFactory.getLogger(FileUpstream.class);
  private static final long UPKEEP_MILLIS = 1_000;

  private final String name;
  private final FileSettings settings;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final ArchiveDirectory archive;
  private final ByteSink lines = new ByteSink(1 << 16);
  private final DirectAppend direct = new DirectAppend();
  private ArchiveDirectory.@Nullable Lock lock;
  private @Nullable ArchiveWriter writer;

  /** When the file being written was begun, by the monotonic clock: the other one may be set. */
  private long begunNanos;

  /** What became of the file or the directory, for the Forwarder to open them anew. */
  private @Nullable String displaced;

  private @Nullable ScheduledThreadPoolExecutor upkeep;
  private boolean finishedSome = true;

  /**
   * @param clock for the names of the files
   * @param nanoTime monotonic, for their age
   */
  FileUpstream(
      String gateway,
      String name,
      FileSettings settings,
      InstantSource clock,
      LongSupplier nanoTime) {
    this.name = name;
    this.settings = settings;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.archive = new ArchiveDirectory(settings.directory(), gateway, settings.fsync());
  }

  @Override
  public synchronized void open() throws IOException {
    try {
      requireMount();
      displaced = null;
      lock = archive.lock();
      archive.dropTemporaries();
      resume();
    } catch (IOException e) {
      close();
      throw new IOException("cannot write to " + settings.directory() + ": " + causeOf(e), e);
    }
    upkeep =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("archive-" + name).factory());
    var _ =
        upkeep.scheduleWithFixedDelay(
            Guarded.task("archive-" + name, this::keepUp),
            UPKEEP_MILLIS,
            UPKEEP_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  private void requireMount() throws IOException {
    Path point = settings.mountPoint();
    if (point != null && !MountPoint.isMounted(point)) {
      throw new IOException(
          "nothing is mounted at " + point + "; mount it, or take mount-point out");
    }
  }

  /** Goes on with the newest file that was being written; finishes the others, if any. */
  private void resume() throws IOException {
    List<ArchiveFile> open = archive.list(ArchiveName.OPEN);
    for (ArchiveFile file : open) {
      writer = ArchiveWriter.resume(file.name(), file.path(), settings.fsync(), direct);
      begunNanos = nanoTime.getAsLong() - ageBeforeNanos(file.name());
      if (writer.length() == 0) {
        writer.close();
        writer = null;
        Files.delete(file.path());
      } else if (!file.equals(open.getLast()) || isDue(writer)) {
        finish(writer);
      }
    }
  }

  /** Of a file that an earlier run began; none where the clock is before its beginning. */
  private long ageBeforeNanos(ArchiveName file) {
    Duration age = Duration.between(file.begun(), clock.instant());
    return Math.clamp(age.toMillis(), 0, settings.rotateAfter().toMillis()) * 1_000_000L;
  }

  @Override
  public CompletableFuture<Delivery> send(OutboundBatch batch) {
    lines.clear();
    for (int i = 0; i < batch.count(); i++) {
      batch.encode(i, lines);
      lines.write('\n');
    }
    return CompletableFuture.completedFuture(append());
  }

  private synchronized Delivery append() {
    try {
      requireInPlace();
      ArchiveWriter to = writer == null ? begin() : writer;
      to.append(lines.bytes(), lines.length());
      if (isDue(to)) {
        finish(to);
      }
      return new Delivery.Delivered();
    } catch (IOException e) {
      return new Delivery.Retry(0, "cannot write to " + settings.directory() + ": " + causeOf(e));
    }
  }

  private void requireInPlace() throws IOException {
    if (displaced == null && writer == null) {
      displaced = displaced();
    }
    if (displaced != null) {
      throw new IOException(displaced);
    }
  }

  /** A file is looked at after each append, the directory with the first one of a file. */
  private @Nullable String displaced() throws IOException {
    if (lock != null && !lock.holds()) {
      return "the directory was removed or replaced; it is opened anew";
    }
    return writer == null ? null : writer.displaced();
  }

  private ArchiveWriter begin() throws IOException {
    ArchiveName next = archive.unused(clock.instant());
    ArchiveWriter begun = ArchiveWriter.create(next, archive.open(next), settings.fsync(), direct);
    writer = begun;
    begunNanos = nanoTime.getAsLong();
    archive.sync();
    return begun;
  }

  private boolean isDue(ArchiveWriter file) {
    return file.length() >= settings.rotateBytes().value()
        || nanoTime.getAsLong() - begunNanos >= settings.rotateAfter().toNanos();
  }

  private void finish(ArchiveWriter file) throws IOException {
    writer = null;
    file.close();
    archive.finish(file.name());
    finishedSome = true;
  }

  private void keepUp() {
    try {
      if (takeFinished()) {
        if (settings.compress() == FileSettings.Compression.ZSTD) {
          compress();
        }
        dropBeyond();
      }
    } catch (IOException e) {
      LOG.warn("upstream {}: archive not kept up: {}", name, causeOf(e));
      synchronized (this) {
        finishedSome = true;
      }
    }
  }

  private synchronized boolean takeFinished() throws IOException {
    if (displaced == null) {
      displaced = displaced();
      if (displaced != null) {
        LOG.warn("upstream {}: {}: {}", name, settings.directory(), displaced);
        closeQuietly(writer); // or its bytes stay on the disk that nobody can see
        writer = null;
      }
    }
    if (writer != null && isDue(writer)) {
      finish(writer);
    }
    boolean some = finishedSome;
    finishedSome = false;
    return some;
  }

  private void compress() throws IOException {
    for (ArchiveFile file : archive.list("")) {
      archive.compress(file.path());
    }
  }

  private void dropBeyond() throws IOException {
    Bytes keepBytes = settings.keepBytes();
    List<Path> dropped =
        archive.dropBeyond(keepBytes == null ? null : keepBytes.value(), settings.keepFiles());
    if (!dropped.isEmpty()) {
      LOG.info("upstream {}: archive at its bound, {} oldest dropped", name, dropped.size());
    }
  }

  /** The file stays as it is, to be gone on with; a compression under way is finished first. */
  @Override
  public void close() {
    ScheduledThreadPoolExecutor running;
    synchronized (this) {
      running = upkeep;
      upkeep = null;
    }
    if (running != null) {
      stop(running);
    }
    synchronized (this) {
      closeQuietly(writer);
      writer = null;
      closeQuietly(lock);
      lock = null;
    }
  }

  private static void stop(ScheduledThreadPoolExecutor running) {
    running.shutdown();
    try {
      if (!running.awaitTermination(3, TimeUnit.SECONDS)) {
        running.shutdownNow();
      }
    } catch (InterruptedException e) {
      running.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private void closeQuietly(@Nullable Closeable file) {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      // What was confirmed is on disk already; closing adds nothing to it.
      LOG.warn("upstream {}: {}", name, e.toString());
    }
  }

  private static String causeOf(IOException e) {
    String kind = e.getClass().getSimpleName();
    if (e instanceof FileSystemException file && file.getReason() == null) {
      String reason =
          switch (file) {
            case NoSuchFileException gone -> "is not there";
            case AccessDeniedException denied -> "may not be accessed by this user";
            case FileAlreadyExistsException present -> "is there already, and is something else";
            default -> kind;
          };
      return file.getFile() + ": " + reason;
    }
    String message = e.getMessage();
    return message == null ? kind : message;
  }
}
