package io.sluice.spool;

import io.sluice.api.Lane;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A reader for a part of the gateway itself, which saves its own position elsewhere. A record that
 * it has read stays in the spool until {@link #release}. It holds no segment back once a lane is at
 * its bound. Confined to one thread.
 */
public interface InternalReader extends AutoCloseable {
  /** The next sequence to be read. */
  long position(Lane lane);

  /**
   * Reads on from a sequence, or from the oldest that is still held: what was released is not read
   * again.
   */
  void seek(Lane lane, long sequence);

  /**
   * The next records, in the order of their sequences; null where there are none yet. Damaged ones
   * are skipped. They lie where the lane's next ones will: they are valid until the next call.
   *
   * @param maxBytes bound of the bodies' total; at least one record is returned all the same
   */
  @Nullable SpoolBatch read(Lane lane, int maxRecords, int maxBytes) throws IOException;

  /** The share of a lane's disk, 0 to 1, that is held back by what was read and not released. */
  double held();

  /** What was read so far is needed no more. */
  void release();

  /**
   * Waits until some lane has unread records, a bounded time. Ends at once when the reader is
   * closed.
   *
   * @return whether there are any; false where it is closed
   */
  boolean awaitReadable(long timeoutMillis) throws InterruptedException;

  @Override
  void close();
}
