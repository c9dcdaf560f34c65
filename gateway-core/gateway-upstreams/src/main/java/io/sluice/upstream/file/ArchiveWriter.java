package io.sluice.upstream.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One archive file while it is written. A file holds whole lines only: what a failed write left is
 * cut off at once, and what a crash left when the file is opened again. What is written must be
 * there: whether the path still leads to the file is looked at after each append. Not thread-safe.
 */
final class ArchiveWriter implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(ArchiveWriter.class);
  private static final int SCAN_BYTES = 1 << 20;

  private final ArchiveName name;
  private final Path path;
  private final FileChannel channel;
  private final boolean fsync;
  private final @Nullable Object key;
  private final DirectAppend direct;
  private long length;

  /** Of large batches; null before the first, and where there is no such way. */
  private DirectAppend.@Nullable Blocks blocks;

  private boolean isDirect;

  private ArchiveWriter(
      ArchiveName name,
      Path path,
      FileChannel channel,
      long length,
      boolean fsync,
      DirectAppend direct)
      throws IOException {
    this.name = name;
    this.path = path;
    this.channel = channel;
    this.length = length;
    this.fsync = fsync;
    this.direct = direct;
    this.isDirect = fsync; // else the cache is what is wanted
    this.key = PathKey.of(path);
  }

  /** Appending, wherever the end is: another program may cut the file off. */
  static ArchiveWriter create(ArchiveName name, Path path, boolean fsync, DirectAppend direct)
      throws IOException {
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.APPEND);
    return new ArchiveWriter(name, path, channel, 0, fsync, direct);
  }

  /** Opens a file again, without the half line that a crash may have left at its end. */
  static ArchiveWriter resume(ArchiveName name, Path path, boolean fsync, DirectAppend direct)
      throws IOException {
    long whole = cutToWholeLines(name, path);
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS);
    return new ArchiveWriter(name, path, channel, whole, fsync, direct);
  }

  private static long cutToWholeLines(ArchiveName name, Path path) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      Scan scan = Scan.of(channel);
      long size = channel.size();
      if (scan.whole < size) {
        if (scan.holdsMore) {
          keep(channel, scan.whole, unusedTorn(path.resolveSibling(name.finished())));
        }
        channel.truncate(scan.whole);
      }
      channel.force(true);
      return scan.whole;
    }
  }

  private static Path unusedTorn(Path finished) {
    Path torn = finished.resolveSibling(finished.getFileName() + ArchiveName.TORN);
    for (int number = 1; Files.exists(torn, LinkOption.NOFOLLOW_LINKS); number++) {
      torn = finished.resolveSibling(finished.getFileName() + ArchiveName.TORN + '.' + number);
    }
    return torn;
  }

  /** What is no half line of ours may have been delivered: it is not for us to delete. */
  private static void keep(FileChannel from, long at, Path aside) throws IOException {
    Path unfinished = aside.resolveSibling(aside.getFileName() + ArchiveName.TEMPORARY);
    Files.deleteIfExists(unfinished);
    long size = from.size();
    try (FileChannel to =
        FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (long done = at; done < size; ) {
        done += from.transferTo(done, size - done, to);
      }
      to.force(true);
    }
    Files.move(unfinished, aside, StandardCopyOption.ATOMIC_MOVE);
    LOG.warn(
        "{}: {} bytes from byte {} on are no lines of text; they are kept in {}",
        aside.getParent(),
        size - at,
        at,
        aside.getFileName());
  }

  /**
   * Where the last whole line ends, and whether more than a half line is behind it. A line never
   * holds a zero byte; where one lies, the power failed before the page was written.
   */
  private record Scan(long whole, boolean holdsMore) {
    static Scan of(FileChannel channel) throws IOException {
      ByteBuffer chunk = ByteBuffer.allocate(SCAN_BYTES);
      long whole = 0;
      long at = 0;
      boolean isHole = false;
      while (channel.read(chunk.clear(), at) > 0) {
        for (int i = 0; i < chunk.position(); i++) {
          byte b = chunk.get(i);
          if (isHole && b != 0) {
            return new Scan(whole, true);
          }
          isHole |= b == 0;
          if (b == '\n') {
            whole = at + i + 1;
          }
        }
        at += chunk.position();
      }
      return new Scan(whole, false);
    }
  }

  ArchiveName name() {
    return name;
  }

  long length() {
    return length;
  }

  /**
   * Appends whole lines and, where asked to, waits for the disk.
   *
   * @throws IOException where they could not be written, or are not where they belong
   */
  void append(byte[] lines, int count) throws IOException {
    try {
      if (!appendDirectly(lines, count)) {
        ByteBuffer buffer = ByteBuffer.wrap(lines, 0, count);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      }
      if (fsync) {
        channel.force(false);
      }
    } catch (IOException e) {
      cutBack(e);
      throw e;
    }
    length += count;
    String fault = displaced();
    if (fault != null) {
      throw new IOException(fault);
    }
  }

  /** False where it is not large, or there is no such way: then nothing was appended. */
  private boolean appendDirectly(byte[] lines, int count) throws IOException {
    if (!isDirect || count < DirectAppend.LEAST_BYTES) {
      return false;
    }
    DirectAppend.Blocks to = blocks == null ? openBlocks() : blocks;
    if (to == null || channel.size() != length) {
      return false; // another program has cut it off: that is told behind the write
    }
    try {
      direct.append(channel, to, length, lines, count);
      return true;
    } catch (IOException e) {
      isDirect = false;
      LOG.debug("{}: not past the cache any more: {}", path, e.getMessage());
      channel.truncate(length);
      return false;
    }
  }

  private DirectAppend.@Nullable Blocks openBlocks() throws IOException {
    blocks = direct.open(path);
    isDirect = blocks != null;
    String fault = displaced(); // or it is another file that was opened
    if (fault != null) {
      throw new IOException(fault);
    }
    return blocks;
  }

  /** What became of the file under our hands, null where it is as we left it. */
  @Nullable String displaced() throws IOException {
    BasicFileAttributes there = PathKey.attributes(path);
    if (there == null) {
      return path.getFileName() + " was removed while it was written; a new file is begun";
    }
    if (!Objects.equals(there.fileKey(), key)) {
      return path.getFileName() + " was replaced while it was written; the file is opened anew";
    }
    if (there.size() < length) {
      return path.getFileName() + " was cut off by another program; the file is opened anew";
    }
    return null;
  }

  private void cutBack(IOException cause) {
    try {
      channel.truncate(length);
    } catch (IOException e) {
      // Opening the file again cuts it then.
      cause.addSuppressed(e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      if (blocks != null) {
        blocks.channel().close();
      }
    } finally {
      channel.close();
    }
  }
}
