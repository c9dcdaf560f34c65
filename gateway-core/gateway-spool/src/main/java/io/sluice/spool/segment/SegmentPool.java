package io.sluice.spool.segment;

import io.sluice.spool.disk.SpoolFiles;
import io.sluice.spool.disk.SpoolFiles.SpoolFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Segment files that are written already, so that appending to them only overwrites blocks: that
 * syncs about twice as often per second as growing a file. Holds at most {@value #FILES_MAX}.
 * Thread-safe.
 */
public final class SegmentPool {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentPool.class);
  static final int FILES_MAX = 2;
  private static final int CHUNK_BYTES = 128 << 10;

  private final Path directory;
  private final SpoolFiles files;
  private final long segmentBytes;

  /** Files are added under this object's lock; the writer takes without it. */
  private final Deque<Path> ready = new ConcurrentLinkedDeque<>();

  private long named;

  public SegmentPool(Path directory, long segmentBytes, SpoolFiles files) throws IOException {
    this.directory = directory;
    this.segmentBytes = segmentBytes;
    this.files = files;
    files.createDirectories(directory);
    for (Path file : files.list(directory)) {
      boolean isWhole = files.size(file) == segmentBytes && ready.size() < FILES_MAX;
      if (isWhole && file.toString().endsWith(".free")) {
        ready.add(file);
      } else {
        files.delete(file);
      }
    }
  }

  public long segmentBytes() {
    return segmentBytes;
  }

  /** A file to write again, or null where there is none. Waits for no disk. */
  @Nullable Path take() {
    return ready.poll();
  }

  /**
   * Takes a file that is done with.
   *
   * @return false where it is of another size or the pool has enough: then it stays where it is
   */
  synchronized boolean recycle(Path file) throws IOException {
    if (ready.size() >= FILES_MAX || files.size(file) != segmentBytes) {
      return false;
    }
    Path place = newName(".free");
    files.move(file, place);
    ready.add(place);
    return true;
  }

  private Path newName(String suffix) {
    Path name;
    do {
      name = directory.resolve(named++ + suffix);
    } while (files.exists(name));
    return name;
  }

  /** Writes one file, if the pool is empty. Slow: called on a background thread. */
  public void fill() throws IOException {
    Path partial;
    synchronized (this) {
      if (!ready.isEmpty()) {
        return;
      }
      partial = newName(".partial");
    }
    try (SpoolFile file = files.open(partial)) {
      ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK_BYTES);
      for (long at = 0; at < segmentBytes; at += CHUNK_BYTES) {
        zeros.clear().limit((int) Math.min(CHUNK_BYTES, segmentBytes - at));
        file.writeFully(zeros, at);
      }
      file.force();
    } catch (IOException e) {
      files.delete(partial);
      throw e;
    }
    synchronized (this) {
      Path place = newName(".free");
      files.move(partial, place);
      ready.add(place);
    }
    LOG.debug("a segment of {} bytes is prepared", segmentBytes);
  }
}
