package io.sluice.upstream.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One archive file while it is written. A file holds whole lines only: what a failed write left is
 * cut off at once, and what a crash left when the file is opened again. Not thread-safe.
 */
final class ArchiveWriter implements Closeable {
  private static final int SCAN_BYTES = 1 << 20;

  private final ArchiveName name;
  private final FileChannel channel;
  private final boolean fsync;
  private long length;

  private ArchiveWriter(ArchiveName name, FileChannel channel, long length, boolean fsync) {
    this.name = name;
    this.channel = channel;
    this.length = length;
    this.fsync = fsync;
  }

  static ArchiveWriter create(ArchiveName name, Path path, boolean fsync) throws IOException {
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return new ArchiveWriter(name, channel, 0, fsync);
  }

  /** Opens a file again, without the half line that a crash may have left at its end. */
  static ArchiveWriter resume(ArchiveName name, Path path, boolean fsync) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      long whole = wholeLines(channel);
      if (whole < channel.size()) {
        channel.truncate(whole);
      }
      channel.position(whole);
      channel.force(true);
      return new ArchiveWriter(name, channel, whole, fsync);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Where the last whole line ends. A line never holds a zero byte; where one lies, the power
   * failed before the page was written, and what follows was never confirmed.
   */
  private static long wholeLines(FileChannel channel) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(SCAN_BYTES);
    long whole = 0;
    long at = 0;
    while (channel.read(chunk.clear(), at) > 0) {
      for (int i = 0; i < chunk.position(); i++) {
        byte b = chunk.get(i);
        if (b == 0) {
          return whole;
        }
        if (b == '\n') {
          whole = at + i + 1;
        }
      }
      at += chunk.position();
    }
    return whole;
  }

  ArchiveName name() {
    return name;
  }

  long length() {
    return length;
  }

  /** Appends whole lines and, where asked to, waits for the disk. */
  void append(byte[] lines, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(lines, 0, count);
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      if (fsync) {
        channel.force(false);
      }
    } catch (IOException e) {
      cutBack(e);
      throw e;
    }
    length += count;
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
    channel.close();
  }
}
