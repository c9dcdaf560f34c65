package io.sluice.spool.cursor;

import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolBatch.Stream;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one reader still has to bring out of one lane, and what became of the rest. Thread-safe: the
 * Forwarder reads and commits, the writer thread drops, anybody asks.
 *
 * <p>Pending are the backlog's ranges of sequences and all from {@code live} on. Each sequence
 * leaves that set exactly once, and is counted as delivered or dropped when it does: so the ledger
 * balances whatever happens to a batch that is under way.
 */
final class LaneCursor {
  private static final int RANGES_MAX = 16;
  private static final int REASONS_MAX = 32;

  /** So that all fit in a slot of {@link CursorFile}. */
  private static final int REASON_CHARS_MAX = 100;

  /** Sequences from the first to before the second. */
  private record Range(long from, long to) {
    long size() {
      return to - from;
    }

    long overlap(long otherFrom, long otherTo) {
      return Math.max(0, Math.min(to, otherTo) - Math.max(from, otherFrom));
    }
  }

  /** A batch that was read and not committed. */
  private record UnderWay(SpoolBatch batch, long from, long to) {}

  private final long start;
  private final List<Range> backlog = new ArrayList<>();
  private long live;
  private long delivered;
  private final Map<String, Long> dropped = new TreeMap<>();

  private long nextLive;
  private long nextBacklog;
  private final Deque<UnderWay> underWay = new ArrayDeque<>();

  /** A new reader's: it begins with that sequence. */
  LaneCursor(long start) {
    this.start = start;
    this.live = start;
    this.nextLive = start;
  }

  /** As saved; see {@link #save}. */
  LaneCursor(DataInput in) throws IOException {
    start = in.readLong();
    live = in.readLong();
    nextLive = live;
    delivered = in.readLong();
    int ranges = in.readUnsignedByte();
    for (int i = 0; i < ranges; i++) {
      backlog.add(new Range(in.readLong(), in.readLong()));
    }
    int reasons = in.readUnsignedByte();
    for (int i = 0; i < reasons; i++) {
      dropped.put(in.readUTF(), in.readLong());
    }
  }

  synchronized void save(DataOutput out) throws IOException {
    out.writeLong(start);
    out.writeLong(live);
    out.writeLong(delivered);
    out.writeByte(backlog.size());
    for (Range range : backlog) {
      out.writeLong(range.from());
      out.writeLong(range.to());
    }
    out.writeByte(dropped.size());
    for (Map.Entry<String, Long> entry : dropped.entrySet()) {
      out.writeUTF(entry.getKey());
      out.writeLong(entry.getValue());
    }
  }

  /** What to read next: from the first to before the second; empty where they are equal. */
  synchronized long[] unread(Stream stream, long endOfLog) {
    if (stream == Stream.LIVE) {
      long from = Math.max(nextLive, live);
      return new long[] {from, Math.max(from, endOfLog)};
    }
    for (Range range : backlog) {
      if (range.to() > nextBacklog) {
        return new long[] {Math.max(range.from(), nextBacklog), range.to()};
      }
    }
    return new long[] {0, 0};
  }

  /** A batch was read that covers those sequences. */
  synchronized void read(SpoolBatch batch, long from, long to) {
    underWay.add(new UnderWay(batch, from, to));
    advance(batch.stream(), to);
  }

  /** Moves the reading position alone, for a reader that commits by {@link #release}. */
  synchronized void seek(long to) {
    nextLive = Math.max(live, to);
  }

  /** All before the reading position is done with. */
  synchronized void release() {
    delivered += remove(0, nextLive);
  }

  /** Those sequences cannot be read: they are lost. */
  synchronized void lost(Stream stream, long from, long to) {
    UnderWay before = stream == Stream.LIVE && from > live ? lastLiveUnderWay() : null;
    if (before == null) {
      drop(from, to, "damaged");
    } else {
      // Counted when that batch is committed: live moves in order.
      underWay.remove(before);
      underWay.add(new UnderWay(before.batch(), before.from(), to));
    }
    advance(stream, to);
  }

  private @Nullable UnderWay lastLiveUnderWay() {
    Iterator<UnderWay> newestFirst = underWay.descendingIterator();
    while (newestFirst.hasNext()) {
      UnderWay candidate = newestFirst.next();
      if (candidate.batch().stream() == Stream.LIVE) {
        return candidate;
      }
    }
    return null;
  }

  /** All sequences before it are known to this reader. */
  synchronized long live() {
    return live;
  }

  private void advance(Stream stream, long to) {
    if (stream == Stream.LIVE) {
      nextLive = to;
    } else {
      nextBacklog = to;
    }
  }

  synchronized void commit(SpoolBatch batch, int deliveredOfIt, Map<String, Integer> droppedOfIt) {
    UnderWay done = take(batch);
    long removed = remove(done.from(), done.to());
    long left = removed;
    for (Map.Entry<String, Integer> entry : droppedOfIt.entrySet()) {
      long counted = Math.min(left, entry.getValue());
      count(entry.getKey(), counted);
      left -= counted;
    }
    long arrived = Math.min(left, deliveredOfIt);
    delivered += arrived;
    // What the batch covers but does not hold was damaged.
    count("damaged", left - arrived);
  }

  private UnderWay take(SpoolBatch batch) {
    for (Iterator<UnderWay> oldestFirst = underWay.iterator(); oldestFirst.hasNext(); ) {
      UnderWay candidate = oldestFirst.next();
      if (candidate.batch() == batch) {
        oldestFirst.remove();
        return candidate;
      }
      if (candidate.batch().stream() == batch.stream()) {
        break; // live moves in order: what was read before would be counted as damaged
      }
    }
    throw new IllegalStateException(
        "a batch is committed that was not read, was forgotten, or is not the next");
  }

  synchronized void rewind() {
    underWay.clear();
    nextLive = live;
    nextBacklog = 0;
  }

  synchronized void split(long endOfLog) {
    if (live < endOfLog && backlog.size() < RANGES_MAX) {
      backlog.add(new Range(live, endOfLog));
      live = endOfLog;
      nextLive = endOfLog;
    }
  }

  /** Takes sequences out of what is pending, and counts them. */
  synchronized void drop(long from, long to, String reason) {
    count(reason, remove(from, to));
  }

  private void count(String reason, long records) {
    if (records > 0) {
      boolean isKept = dropped.size() < REASONS_MAX && reason.length() <= REASON_CHARS_MAX;
      String key = isKept || dropped.containsKey(reason) ? reason : "other";
      dropped.merge(key, records, Long::sum);
    }
  }

  /** How many of them were pending. */
  private long remove(long from, long to) {
    long removed = 0;
    List<Range> rest = new ArrayList<>(backlog.size() + 1);
    for (Range range : backlog) {
      long overlap = range.overlap(from, to);
      removed += overlap;
      if (overlap == 0) {
        rest.add(range);
      } else {
        addIfAny(rest, range.from(), Math.min(range.to(), from));
        addIfAny(rest, Math.max(range.from(), to), range.to());
      }
    }
    backlog.clear();
    backlog.addAll(rest);
    if (to > live) {
      removed += to - live;
      // What lies before a batch in the live stream is under way, and is committed before it.
      live = to;
    }
    return removed;
  }

  private static void addIfAny(List<Range> ranges, long from, long to) {
    if (from < to) {
      ranges.add(new Range(from, to));
    }
  }

  synchronized long backlog() {
    return backlog.stream().mapToLong(Range::size).sum();
  }

  synchronized long queued(long endOfLog) {
    return backlog() + Math.max(0, endOfLog - live);
  }

  /** The oldest pending sequence; {@code endOfLog} where none is. */
  synchronized long oldest(long endOfLog) {
    return backlog.isEmpty() ? Math.min(live, endOfLog) : backlog.getFirst().from();
  }

  /** A line of the ledger at one moment. */
  record Balance(long accepted, long delivered, long queued, Map<String, Long> dropped) {}

  synchronized Balance balance(long endOfLog) {
    long end = Math.max(endOfLog, live);
    return new Balance(end - start, delivered, queued(end), Map.copyOf(dropped));
  }
}
