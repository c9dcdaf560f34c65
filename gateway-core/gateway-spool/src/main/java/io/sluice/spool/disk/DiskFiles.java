package io.sluice.spool.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The real disk. Stateless. */
public final class DiskFiles implements SpoolFiles {
  /**
   * Of one transfer from or to the heap: the JDK keeps a direct buffer as large as the largest, for
   * each thread.
   */
  static final int PIECE_BYTES = 256 << 10;

  /** A channel, as it is. */
  private record Open(FileChannel channel) implements SpoolFile {
    @Override
    public int read(ByteBuffer into, long offset) throws IOException {
      if (into.isDirect() || into.remaining() <= PIECE_BYTES) {
        return channel.read(into, offset);
      }
      int limit = into.limit();
      into.limit(into.position() + PIECE_BYTES);
      try {
        return channel.read(into, offset);
      } finally {
        into.limit(limit);
      }
    }

    @Override
    public int write(ByteBuffer from, long offset) throws IOException {
      if (from.isDirect() || from.remaining() <= PIECE_BYTES) {
        return channel.write(from, offset);
      }
      int limit = from.limit();
      from.limit(from.position() + PIECE_BYTES);
      try {
        return channel.write(from, offset);
      } finally {
        from.limit(limit);
      }
    }

    /** {@code fdatasync}: it writes the length too where that has changed. */
    @Override
    public void force() throws IOException {
      channel.force(false);
    }

    @Override
    public void truncate(long size) throws IOException {
      channel.truncate(size);
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  @Override
  public SpoolFile open(Path file) throws IOException {
    return new Open(
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  @Override
  public SpoolFile openToRead(Path file) throws IOException {
    return new Open(FileChannel.open(file, StandardOpenOption.READ));
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  @Override
  public boolean exists(Path file) {
    return Files.exists(file);
  }

  @Override
  public long size(Path file) throws IOException {
    return Files.size(file);
  }

  @Override
  public long modifiedMillis(Path file) throws IOException {
    return Files.getLastModifiedTime(file).toMillis();
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    Path parent = directory.getParent();
    if (Files.isDirectory(directory) || parent == null) {
      return;
    }
    createDirectories(parent);
    Files.createDirectories(directory);
    syncDirectory(parent);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public @Nullable Closeable lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    if (lock == null) {
      channel.close();
      return null;
    }
    return channel;
  }
}
