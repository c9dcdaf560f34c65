package io.sluice.spool.segment;

import io.sluice.spool.disk.SpoolFiles;
import io.sluice.spool.disk.SpoolFiles.SpoolFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a segment's file is read: by a channel apart from the writer's, since an interrupt of a
 * thread that reads closes it.
 *
 * <p>A read that fails is an error {@value SpoolFiles#FAILURES_MAX} times: the disk may come back.
 * After that the file is read around what fails, page by page; a page that cannot be read is given
 * as zeros, which no record is, so that it is found, counted and reported like any other damage. A
 * disk that is away altogether takes nothing with it: as long as the file's first page cannot be
 * read, the error stays one. Not thread-safe.
 */
final class SegmentReads {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentReads.class);
  private static final int PAGE_BYTES = 4096;

  private final Path file;
  private final SpoolFiles files;
  private @Nullable SpoolFile open;
  private int failures;
  private long unreadableEnd = -1;

  SegmentReads(Path file, SpoolFiles files) {
    this.file = file;
    this.files = files;
  }

  /** Reads around bad pages from now on, as there is no later to wait for. */
  void aroundBadPages() {
    failures = SpoolFiles.FAILURES_MAX;
  }

  /** Offset behind the last page that could not be read; -1 where all could. */
  long unreadableEnd() {
    return unreadableEnd;
  }

  /** Fills the buffer up to its limit, or to the end of the file. */
  void read(ByteBuffer into, long offset) throws IOException {
    int start = into.position();
    try {
      channel().readFully(into, offset);
    } catch (ClosedChannelException e) {
      throw e; // the thread was interrupted: no word about the disk
    } catch (IOException e) {
      if (failures < SpoolFiles.FAILURES_MAX) {
        failures++;
        throw new IOException("spool: " + file + " cannot be read: " + e.getMessage(), e);
      }
      into.position(start);
      around(into, offset);
    }
    into.limit(into.position());
  }

  private void around(ByteBuffer into, long offset) throws IOException {
    // Fails as the rest did where the disk is away.
    channel().readFully(ByteBuffer.allocate(SegmentFormat.HEADER_BYTES), 0);
    int limit = into.limit();
    long at = offset;
    int read = 1;
    while (into.position() < limit && read > 0) {
      int length = (int) Math.min(PAGE_BYTES - at % PAGE_BYTES, limit - into.position());
      int from = into.position();
      readPage(into.limit(from + length), at);
      read = into.position() - from;
      at += read;
    }
    into.limit(limit);
  }

  private void readPage(ByteBuffer into, long at) throws IOException {
    int from = into.position();
    for (int attempt = 1; ; attempt++) {
      try {
        channel().readFully(into.position(from), at);
        return;
      } catch (ClosedChannelException e) {
        throw e;
      } catch (IOException e) {
        if (attempt == SpoolFiles.FAILURES_MAX) {
          tell(at, e);
          into.position(from).put(new byte[into.remaining()]);
          return;
        }
      }
    }
  }

  private void tell(long at, IOException e) {
    if (at >= unreadableEnd) {
      LOG.error("spool: {} cannot be read at byte {}: {}", file, at, e.getMessage());
    }
    unreadableEnd = Math.max(unreadableEnd, at - at % PAGE_BYTES + PAGE_BYTES);
  }

  private SpoolFile channel() throws IOException {
    SpoolFile channel = open;
    if (channel == null || !channel.isOpen()) {
      channel = files.openToRead(file);
      open = channel;
    }
    return channel;
  }

  void close() throws IOException {
    if (open != null) {
      open.close();
    }
  }
}
