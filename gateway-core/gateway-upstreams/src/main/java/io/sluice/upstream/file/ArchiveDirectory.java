package io.sluice.upstream.file;

import com.github.luben.zstd.ZstdOutputStream;
import io.sluice.api.files.OwnerOnly;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files of an archive: which there are, how one is finished, compressed, dropped. */
final class ArchiveDirectory {
  private static final String LOCK = ".sluice-lock";

  private final Path directory;
  private final String gateway;
  private final boolean fsync;

  record ArchiveFile(ArchiveName name, Path path) {}

  /**
   * Keeps others out until it is closed.
   *
   * @param key the file system's own name of the lock's file, where it has one
   */
  record Lock(Path path, FileChannel channel, @Nullable Object key) implements Closeable {
    /**
     * Whether the directory is still the one that was locked: it may have been moved or removed.
     */
    boolean holds() throws IOException {
      return Objects.equals(key, PathKey.of(path));
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  ArchiveDirectory(Path directory, String gateway, boolean fsync) {
    this.directory = directory;
    this.gateway = gateway;
    this.fsync = fsync;
  }

  /**
   * Makes the directory where it is missing, and keeps others out until the channel is closed.
   *
   * @throws IOException where somebody else writes into it
   */
  Lock lock() throws IOException {
    makeDirectory();
    Path path = directory.resolve(LOCK);
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Held within this process: the same answer as for another one.
      lock = null;
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      throw new IOException(
          directory + " is in use by another upstream; give each its own directory");
    }
    return new Lock(path, channel, PathKey.of(path));
  }

  private void makeDirectory() throws IOException {
    try {
      Files.createDirectories(directory, OwnerOnly.directory(directory));
    } catch (FileAlreadyExistsException e) {
      throw new IOException(e.getFile() + " is a file, not a directory; mend directory", e);
    } catch (NoSuchFileException e) {
      throw new IOException(
          e.getFile() + " cannot be made there; name another place in directory", e);
    }
  }

  /**
   * Files with that ending behind {@code .jsonl}, oldest first. A link is none of the archive's: it
   * may point anywhere.
   */
  List<ArchiveFile> list(String ending) throws IOException {
    List<ArchiveFile> files = new ArrayList<>();
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path path : (Iterable<Path>) entries::iterator) {
        String fileName = path.getFileName().toString();
        ArchiveName.of(gateway, fileName)
            .filter(name -> fileName.equals(name.finished() + ending))
            .filter(name -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
            .ifPresent(name -> files.add(new ArchiveFile(name, path)));
      }
    }
    files.sort(Comparator.comparing(ArchiveFile::name));
    return files;
  }

  Path open(ArchiveName name) {
    return directory.resolve(name.finished() + ArchiveName.OPEN);
  }

  /**
   * A name that no file has yet, and behind all that there are: a clock that was set back must not
   * make the newest file look like the oldest, which is the first to be dropped.
   */
  ArchiveName unused(Instant now) throws IOException {
    ArchiveName name = new ArchiveName(gateway, now, 0);
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path path : (Iterable<Path>) entries::iterator) {
        Optional<ArchiveName> other = ArchiveName.of(gateway, path.getFileName().toString());
        if (other.isPresent() && other.get().compareTo(name) >= 0) {
          name = other.get().next();
        }
      }
    }
    return name;
  }

  void finish(ArchiveName name) throws IOException {
    Files.move(open(name), directory.resolve(name.finished()), StandardCopyOption.ATOMIC_MOVE);
    sync();
  }

  /** Makes renames and new names last. */
  void sync() throws IOException {
    if (fsync) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /** Compresses one finished file; one that was compressed before is only deleted. */
  void compress(Path finished) throws IOException {
    Path compressed = suffixed(finished, ArchiveName.COMPRESSED);
    if (Files.notExists(compressed)) {
      Path temporary = suffixed(compressed, ArchiveName.TEMPORARY);
      Files.deleteIfExists(temporary);
      try (InputStream in = Files.newInputStream(finished);
          FileChannel channel =
              FileChannel.open(
                  temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        OutputStream out = new ZstdOutputStream(Channels.newOutputStream(channel));
        in.transferTo(out);
        out.flush();
        // Closing ends the frame and the channel with it, so the sync needs a channel of its own.
        out.close();
      }
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(temporary, compressed, StandardCopyOption.ATOMIC_MOVE);
      sync();
    }
    Files.delete(finished);
  }

  /** Drops what an interrupted compression left. */
  void dropTemporaries() throws IOException {
    for (ArchiveFile file : list(ArchiveName.COMPRESSED + ArchiveName.TEMPORARY)) {
      Files.deleteIfExists(file.path());
    }
  }

  /**
   * Deletes the oldest finished files until the rest is within the bounds.
   *
   * @return the files deleted
   */
  List<Path> dropBeyond(@Nullable Long keepBytes, @Nullable Integer keepFiles) throws IOException {
    List<ArchiveFile> files = list("");
    files.addAll(list(ArchiveName.COMPRESSED));
    files.sort(Comparator.comparing(ArchiveFile::name).reversed());
    List<Path> dropped = new ArrayList<>();
    long bytes = 0;
    for (int i = 0; i < files.size(); i++) {
      Path path = files.get(i).path();
      bytes += Files.size(path);
      if ((keepBytes != null && bytes > keepBytes) || (keepFiles != null && i >= keepFiles)) {
        Files.deleteIfExists(path);
        dropped.add(path);
      }
    }
    return dropped;
  }

  private static Path suffixed(Path path, String suffix) {
    return path.resolveSibling(path.getFileName() + suffix);
  }
}
