package io.sluice.engine.spool;

import io.sluice.api.Lane;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A place in the spool of the gateway's own, which keeps its position elsewhere: what it has read
 * stays in the spool until it says that its own state is saved. It holds no segment back once a
 * lane is at its bound. Used by one thread.
 */
public final class SpoolTail implements AutoCloseable {
  private final CursorReader reader;

  SpoolTail(CursorReader reader) {
    this.reader = reader;
  }

  /** The next sequence to be read. */
  public long position(Lane lane) {
    return reader.position(lane);
  }

  /**
   * Reads on from a sequence, or from the oldest that is still held: what was released is not read
   * again.
   */
  public void seek(Lane lane, long sequence) {
    reader.seek(lane, sequence);
  }

  /**
   * The next records, in the order of their sequences; null where there are none yet. Damaged ones
   * are skipped.
   *
   * @param maxBytes bound of the bodies' total; at least one record is returned all the same
   */
  public @Nullable SpoolBatch read(Lane lane, int maxRecords, int maxBytes) throws IOException {
    return reader.skim(lane, maxRecords, maxBytes);
  }

  /** The share of a lane's disk, 0 to 1, that is held back by what was read and not released. */
  public double held() {
    return reader.held();
  }

  /** What was read so far is needed no more. */
  public void release() {
    reader.release();
  }

  /**
   * Waits until some lane has unread records, a bounded time.
   *
   * @return whether there are any
   */
  public boolean awaitReadable(long timeoutMillis) throws InterruptedException {
    return reader.awaitReadable(timeoutMillis);
  }

  @Override
  public void close() {
    reader.close();
  }
}
