package io.sluice.engine.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Segment files that are written already, so that appending to them only overwrites blocks: that
 * syncs about twice as often per second as growing a file. Holds at most {@value #FILES_MAX}.
 * Thread-safe.
 */
final class SegmentPool {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentPool.class);
  static final int FILES_MAX = 2;
  private static final int CHUNK_BYTES = 1 << 20;

  private final Path directory;
  private final long segmentBytes;
  private final Deque<Path> ready = new ArrayDeque<>();
  private long named;

  SegmentPool(Path directory, long segmentBytes) throws IOException {
    this.directory = Files.createDirectories(directory);
    this.segmentBytes = segmentBytes;
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        boolean isWhole = Files.size(file) == segmentBytes && ready.size() < FILES_MAX;
        if (isWhole && file.toString().endsWith(".free")) {
          ready.add(file);
        } else {
          Files.delete(file);
        }
      }
    }
  }

  /** A file to write again, or null where there is none. */
  synchronized @Nullable Path take() {
    return ready.poll();
  }

  /**
   * Takes a file that is done with.
   *
   * @return false where it is of another size or the pool has enough: then it stays where it is
   */
  synchronized boolean recycle(Path file) throws IOException {
    if (ready.size() >= FILES_MAX || Files.size(file) != segmentBytes) {
      return false;
    }
    Path place = newName(".free");
    Files.move(file, place);
    ready.add(place);
    return true;
  }

  private Path newName(String suffix) {
    Path name;
    do {
      name = directory.resolve(named++ + suffix);
    } while (Files.exists(name));
    return name;
  }

  /** Writes one file, if the pool is empty. Slow: called on a background thread. */
  void fill() throws IOException {
    Path partial;
    synchronized (this) {
      if (!ready.isEmpty()) {
        return;
      }
      partial = newName(".partial");
    }
    try (FileChannel channel =
        FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK_BYTES);
      for (long at = 0; at < segmentBytes; at += CHUNK_BYTES) {
        zeros.clear().limit((int) Math.min(CHUNK_BYTES, segmentBytes - at));
        long to = at;
        while (zeros.hasRemaining()) {
          to += channel.write(zeros, to);
        }
      }
      channel.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(partial);
      throw e;
    }
    synchronized (this) {
      Path place = newName(".free");
      Files.move(partial, place);
      ready.add(place);
    }
    LOG.debug("a segment of {} bytes is prepared", segmentBytes);
  }
}
