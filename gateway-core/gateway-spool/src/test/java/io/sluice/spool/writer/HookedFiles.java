package io.sluice.spool.writer;

import io.sluice.spool.disk.DiskFiles;
import io.sluice.spool.disk.SpoolFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The real disk, of which a test hears before each operation, and may hold it up or fail it. */
final class HookedFiles implements SpoolFiles {
  /** What is about to be done. */
  enum Operation {
    FORCE,
    WRITE,
    DELETE,
    MOVE,
    SYNC_DIRECTORY
  }

  /** Runs before the operation, on its thread. */
  interface Hook {
    void before(Operation operation, Path file) throws IOException;
  }

  private static final int PIECE_BYTES = 7_919;

  private final SpoolFiles disk = new DiskFiles();
  private final AtomicLong bytesRead = new AtomicLong();
  private final int mostWritten;
  private final Set<SpoolFile> open = ConcurrentHashMap.newKeySet();
  volatile Hook hook = (operation, file) -> {};

  HookedFiles() {
    this(Integer.MAX_VALUE);
  }

  private HookedFiles(int mostWritten) {
    this.mostWritten = mostWritten;
  }

  /** Takes writes in pieces, and neither writes nor syncs while the flag is set. */
  static HookedFiles inPieces(AtomicBoolean broken) {
    HookedFiles files = new HookedFiles(PIECE_BYTES);
    files.hook =
        (operation, file) -> {
          boolean holdsBytes = operation == Operation.WRITE || operation == Operation.FORCE;
          if (holdsBytes && broken.get()) {
            throw new IOException("No space left on device");
          }
        };
    return files;
  }

  long bytesRead() {
    return bytesRead.get();
  }

  /** Files that were opened and not closed. */
  int openFiles() {
    return open.size();
  }

  private final class Hooked implements SpoolFile {
    private final Path path;
    private final SpoolFile file;

    Hooked(Path path, SpoolFile file) {
      this.path = path;
      this.file = file;
      open.add(this);
    }

    @Override
    public int read(ByteBuffer into, long offset) throws IOException {
      int count = file.read(into, offset);
      bytesRead.addAndGet(Math.max(0, count));
      return count;
    }

    @Override
    public int write(ByteBuffer from, long offset) throws IOException {
      hook.before(Operation.WRITE, path);
      int limit = from.limit();
      from.limit(from.position() + Math.min(from.remaining(), mostWritten));
      try {
        return file.write(from, offset);
      } finally {
        from.limit(limit);
      }
    }

    @Override
    public void force() throws IOException {
      hook.before(Operation.FORCE, path);
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
      open.remove(this);
      file.close();
    }
  }

  @Override
  public SpoolFile open(Path file) throws IOException {
    return new Hooked(file, disk.open(file));
  }

  @Override
  public SpoolFile openToRead(Path file) throws IOException {
    return new Hooked(file, disk.openToRead(file));
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    hook.before(Operation.MOVE, from);
    disk.move(from, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    hook.before(Operation.DELETE, file);
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
    hook.before(Operation.SYNC_DIRECTORY, directory);
    disk.syncDirectory(directory);
  }

  @Override
  public @Nullable Closeable lock(Path file) throws IOException {
    return disk.lock(file);
  }
}
