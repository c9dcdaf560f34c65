package io.sluice.spool;

import io.sluice.api.Lane;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The durable queue between acceptance and forwarding: three lanes, and the dead-letter log beside
 * them, written by one thread with one group commit.
 *
 * <p>Thread-safe. {@link #append} never blocks.
 */
public interface Spool extends AutoCloseable {
  /**
   * A random name that this spool got when it was made: tells a spool that was lost and made anew
   * from the one before, for what keeps sequences of it. Letters and digits.
   */
  String epoch();

  /**
   * The random part of a record's id: that of the start in which the record was taken in, so that
   * no id names two records although sequences may come again in a directory that was restored.
   * Letters and digits. Any thread.
   */
  default String epoch(Lane lane, long sequence) {
    return epoch();
  }

  /**
   * Queues an entry for the next group commit.
   *
   * @return false where it cannot be taken now: the queue is full, or the lane is at its bound and
   *     its policy is to refuse. Nothing was kept and the entry is not completed.
   */
  boolean append(SpoolEntry entry);

  /** The same for the dead-letter log; {@link SpoolEntry#lane} is not looked at. */
  boolean appendDeadLetter(SpoolEntry entry);

  /**
   * The reader of that name, made where there was none; a new one begins at the oldest record kept.
   * One per name at a time.
   */
  SpoolReader reader(String name);

  /**
   * The gateway's own reader of that name: it is no upstream, shows in no ledger and no age, and is
   * kept whatever is configured. One per name at a time.
   */
  InternalReader internalReader(String name);

  /**
   * Parks the readers that are not among these names: they keep their place, but hold nothing back
   * once the lane is at its bound. One that is handed out again is parked no more.
   */
  void retainReaders(List<String> names);

  /** Names of the readers that are parked. */
  List<String> parkedReaders();

  /**
   * Gives up the place of a parked reader.
   *
   * @return false where none is parked by that name
   */
  boolean forgetReader(String name) throws IOException;

  /**
   * Has a reader go on under another name.
   *
   * @return false where there is none by the old name, or one by the new already
   */
  boolean renameReader(String was, String name) throws IOException;

  List<LaneStats> lanes();

  /** Per upstream and lane. */
  List<ReaderStats> ledger();

  long deadLetterCount();

  /** Dead letters newest first, below {@code before} where it is given. Reads disk. */
  List<StoredEntry> deadLetters(@Nullable Long before, int limit);

  /** The newest records of a lane, newest first. Reads disk. */
  List<StoredEntry> newest(Lane lane, int limit);

  /** Null while appends to all lanes can succeed; otherwise the cause (disk full, I/O error). */
  @Nullable String fault();

  /** The same of one lane: the others may be well. */
  @Nullable String fault(Lane lane);

  /** What lanes at their bound do to records: one line each; empty where all have room. */
  default List<String> shortages() {
    return List.of();
  }

  /** Writes what is queued, saves the cursors, closes the files. */
  @Override
  void close();

  /** What the bodies name by number that are appended in this run. */
  default Terms terms() {
    return Terms.NONE;
  }

  /**
   * @param terms what the body names by number
   */
  record StoredEntry(long sequence, long receivedMicros, byte[] body, Terms terms) {
    /** One whose body names nothing by number. */
    public StoredEntry(long sequence, long receivedMicros, byte[] body) {
      this(sequence, receivedMicros, body, Terms.NONE);
    }
  }
}
