package io.sluice.engine.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The real disk, which takes writes in pieces, none while a flag is set, and counts what is read.
 */
final class FaultyFiles implements SpoolFiles {
  private static final int PIECE_BYTES = 7_919;
  private final SpoolFiles disk = new DiskFiles();
  private final AtomicBoolean broken;
  private final AtomicLong bytesRead = new AtomicLong();

  FaultyFiles(AtomicBoolean broken) {
    this.broken = broken;
  }

  long bytesRead() {
    return bytesRead.get();
  }

  private void check() throws IOException {
    if (broken.get()) {
      throw new IOException("No space left on device");
    }
  }

  private final class Faulty implements SpoolFile {
    private final SpoolFile file;

    Faulty(SpoolFile file) {
      this.file = file;
    }

    @Override
    public int read(ByteBuffer into, long offset) throws IOException {
      int count = file.read(into, offset);
      bytesRead.addAndGet(Math.max(0, count));
      return count;
    }

    @Override
    public int write(ByteBuffer from, long offset) throws IOException {
      check();
      int limit = from.limit();
      from.limit(from.position() + Math.min(from.remaining(), PIECE_BYTES));
      try {
        return file.write(from, offset);
      } finally {
        from.limit(limit);
      }
    }

    @Override
    public void force() throws IOException {
      check();
      file.force();
    }

    @Override
    public void truncate(long size) throws IOException {
      file.truncate(size);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public boolean isOpen() {
      return file.isOpen();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  @Override
  public SpoolFile open(Path file) throws IOException {
    return new Faulty(disk.open(file));
  }

  @Override
  public SpoolFile openToRead(Path file) throws IOException {
    return new Faulty(disk.openToRead(file));
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    disk.move(from, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    disk.delete(file);
  }

  @Override
  public boolean exists(Path file) {
    return disk.exists(file);
  }

  @Override
  public long size(Path file) throws IOException {
    return disk.size(file);
  }

  @Override
  public long modifiedMillis(Path file) throws IOException {
    return disk.modifiedMillis(file);
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    return disk.list(directory);
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    disk.createDirectories(directory);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    disk.syncDirectory(directory);
  }

  @Override
  public @Nullable Closeable lock(Path file) throws IOException {
    return disk.lock(file);
  }
}
