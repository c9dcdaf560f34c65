package io.sluice.spool;

import io.sluice.api.Lane;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One upstream's place in the spool. Used by one thread (its Forwarder's), except for the queries,
 * which any thread may ask.
 *
 * <p>Per lane there is a live stream and, after an outage, a backlog (one or more ranges of
 * sequences, oldest first). Reading moves a volatile position forward; {@link #commit} moves the
 * cursor, which is saved to disk in the background, at least each second and on close; after a
 * crash, what was delivered since the last save is delivered again.
 */
public interface SpoolReader extends AutoCloseable {
  /**
   * The next records that have not been read yet; null where there are none.
   *
   * @param maxBytes bound of the bodies' total; at least one record is returned all the same
   */
  @Nullable SpoolBatch read(Lane lane, SpoolBatch.Stream stream, int maxRecords, int maxBytes)
      throws IOException;

  /**
   * The batch is done with. Batches of one lane and stream are committed in the order in which they
   * were read.
   *
   * @param delivered how many of it arrived
   * @param dropped how many were set aside, by reason; with {@code delivered} it makes up the
   *     batch's count
   * @throws IllegalArgumentException where it does not make up the batch's count
   * @throws IllegalStateException where it is not the one of its lane and stream that was read
   *     first and is not committed, or it was forgotten by {@link #rewind}. Nothing is counted then
   */
  void commit(SpoolBatch batch, int delivered, Map<String, Integer> dropped);

  /** Forgets what was read and not committed: reading goes on from the cursors. */
  void rewind();

  /** Makes all that is not yet committed the lane's backlog: live begins with the next append. */
  void splitBacklog(Lane lane);

  /** Records not yet committed. */
  long queued(Lane lane);

  /** Those of them that are backlog. */
  long backlog(Lane lane);

  /** Receipt time of the oldest record not yet committed, microseconds; null where none. */
  @Nullable Long oldestMicros(Lane lane);

  /**
   * Waits until some lane has unread records, a bounded time. Ends at once when the reader is
   * closed.
   *
   * @return whether there are any; false where it is closed
   */
  boolean awaitReadable(long timeoutMillis) throws InterruptedException;

  /**
   * Waits until a lane up to that one has unread records, a bounded time: what comes in the lanes
   * behind it wakes nobody. Ends early where the waiting thread is unparked, and when the reader is
   * closed.
   *
   * @param last alarms come before events, these before telemetry
   */
  void awaitUpTo(Lane last, long timeoutMillis) throws InterruptedException;

  /** Whether an operator wants nothing sent from here. Survives restarts. */
  boolean isPaused();

  /**
   * Keeps on disk whether an operator wants nothing sent from here. Any thread; waits for the disk.
   *
   * @throws IOException where it cannot be kept now; it holds until the next start all the same
   */
  void pause(boolean isPaused) throws IOException;

  /** Forgets what was not committed, and ends {@link #awaitReadable}. Any thread. */
  @Override
  void close();
}
