package io.sluice.spool.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The disk as the spool uses it, and nothing else of it: the place where tests put one that fails,
 * tears, forgets and loses its power. {@link DiskFiles} is the real one.
 *
 * <p>What is promised: bytes are durable after {@link SpoolFile#force}, names after {@link
 * #syncDirectory}; before that, any part of them may outlive a power cut, and none need. A move
 * happens wholly or not at all. Where {@link SpoolFile#force} fails, what was written before it may
 * be lost whatever a later one says (the kernel forgets that the pages were dirty), so nobody may
 * force the same bytes again: they are written anew, or given up.
 */
public interface SpoolFiles {
  /** So often in a row a read fails before what it asks for counts as unreadable. */
  int FAILURES_MAX = 5;

  /** For reading and writing; made where there is none. */
  SpoolFile open(Path file) throws IOException;

  SpoolFile openToRead(Path file) throws IOException;

  /** Replaces what is there. */
  void move(Path from, Path to) throws IOException;

  /** None there is no fault. */
  void delete(Path file) throws IOException;

  boolean exists(Path file);

  long size(Path file) throws IOException;

  /** When it was written last, milliseconds since the epoch. */
  long modifiedMillis(Path file) throws IOException;

  /** What is in a directory, sorted by name. */
  List<Path> list(Path directory) throws IOException;

  /** With those above it, durably; no fault where it is there. */
  void createDirectories(Path directory) throws IOException;

  /** A file's name is durable only when its directory is synced. */
  void syncDirectory(Path directory) throws IOException;

  /**
   * Holds a file, made where there is none, until it is closed.
   *
   * @return null where another holds it
   */
  @Nullable Closeable lock(Path file) throws IOException;

  /** An open file. Reads at places of their own from any thread, writes from one. */
  interface SpoolFile extends Closeable {
    /**
     * Reads at most what the buffer takes.
     *
     * @return how many bytes, -1 at the end of the file
     */
    int read(ByteBuffer into, long offset) throws IOException;

    /** Writes at least a byte, perhaps not all; returns how many. */
    int write(ByteBuffer from, long offset) throws IOException;

    /** Makes all that was written durable, with the file's length. */
    void force() throws IOException;

    void truncate(long size) throws IOException;

    long size() throws IOException;

    /** False after {@link #close}, and where an interrupt of a thread that read has closed it. */
    boolean isOpen();

    /** Writes the whole buffer. */
    default void writeFully(ByteBuffer from, long offset) throws IOException {
      long at = offset;
      while (from.hasRemaining()) {
        at += write(from, at);
      }
    }

    /** Reads until the buffer is full or the file ends. */
    default void readFully(ByteBuffer into, long offset) throws IOException {
      long at = offset;
      int count = 0;
      while (count >= 0 && into.hasRemaining()) {
        count = read(into, at);
        at += Math.max(count, 0);
      }
    }
  }
}
