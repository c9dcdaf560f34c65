package io.sluice.sim.fleet;

import io.sluice.sim.device.Kind;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one device sent, in 8 bytes a message: milliseconds since the run's start (40 bits), kind,
 * and what became of it. Written by the device's event loop only; others read after the run has
 * stopped.
 */
public final class SentLog {
  private static final int KIND_SHIFT = 40;
  private static final long ACKED = 1L << 48;
  private static final long REFUSED = 1L << 49;
  private static final long RESENT = 1L << 50;
  private static final long BAD = 1L << 51;
  private static final long ANY_ORDER = 1L << 52;
  private static final long HISTORY = 1L << 53;
  private static final long FORGOTTEN = 1L << 54;
  private static final long MILLIS_MASK = (1L << KIND_SHIFT) - 1;

  /** Most messages that one device's log takes; the device falls silent then. */
  public static final int CAPACITY_MESSAGES = 1 << 22;

  /** Messages about alarms whose times are kept; of further ones nobody knows when. */
  private static final int MOST_TIMED = 100_000;

  private final long firstN;

  /** From when to when a message about an alarm was taken, by its position. */
  private final Map<Integer, Taken> taken = new HashMap<>(0);

  /**
   * When a message was taken by the server: some time between the two, by the fleet's clock.
   *
   * @param fromMillis when it was sent first, since the epoch
   * @param toMillis when its answer came; {@link Long#MAX_VALUE} while there is none
   */
  public record Taken(long fromMillis, long toMillis) {}

  private long[] entries = new long[16];
  private int size;

  /**
   * @param firstN the counter of the first message
   */
  public SentLog(long firstN) {
    this.firstN = firstN;
  }

  /**
   * Notes a message and gives it its counter.
   *
   * @param millisSinceStart its own time, by the device's clock; may be negative
   */
  public long append(Kind kind, long millisSinceStart) {
    if (size == entries.length) {
      entries = Arrays.copyOf(entries, size + (size >> 1));
    }
    entries[size] = (millisSinceStart & MILLIS_MASK) | ((long) kind.code() << KIND_SHIFT);
    return firstN + size++;
  }

  /** When it goes out for the first time. */
  public void sent(long n, long nowMillis) {
    if (taken.size() < MOST_TIMED) {
      taken.put(index(n), new Taken(nowMillis, Long.MAX_VALUE));
    }
  }

  /** When its first answer came. */
  public void answered(long n, long nowMillis) {
    taken.computeIfPresent(
        index(n),
        (at, before) ->
            before.toMillis == Long.MAX_VALUE ? new Taken(before.fromMillis, nowMillis) : before);
  }

  /** When a message about an alarm was taken; null where that is not known. */
  public @Nullable Taken takenAt(int index) {
    return taken.get(index);
  }

  /** The counter that the next message gets. */
  public long nextN() {
    return firstN + size;
  }

  boolean full() {
    return size >= CAPACITY_MESSAGES;
  }

  public void acked(long n) {
    entries[index(n)] |= ACKED;
  }

  public void refused(long n) {
    entries[index(n)] |= REFUSED;
  }

  public void resent(long n) {
    entries[index(n)] |= RESENT;
  }

  /** It was spoilt on purpose: nobody may take it for a record. */
  public void bad(long n) {
    entries[index(n)] |= BAD;
  }

  /** It was sent out of turn on purpose. */
  public void anyOrder(long n) {
    entries[index(n)] |= ANY_ORDER;
  }

  /** It was measured before the run. */
  public void history(long n) {
    entries[index(n)] |= HISTORY;
  }

  /** Who acknowledged it may not have kept it, and may give it out twice. */
  public void forgotten(long n) {
    entries[index(n)] |= FORGOTTEN | RESENT;
  }

  /** Whether it counts as acknowledged though it is not certain that it was kept. */
  public boolean forgottenAt(int index) {
    return (entries[index] & FORGOTTEN) != 0;
  }

  public boolean historyAt(int index) {
    return (entries[index] & HISTORY) != 0;
  }

  public boolean badAt(int index) {
    return (entries[index] & BAD) != 0;
  }

  public boolean anyOrderAt(int index) {
    return (entries[index] & ANY_ORDER) != 0;
  }

  public int size() {
    return size;
  }

  public boolean contains(long n) {
    return n >= firstN && n < firstN + size;
  }

  /** Position of a message in this log, from 0. */
  public int index(long n) {
    return (int) (n - firstN);
  }

  public long nAt(int index) {
    return firstN + index;
  }

  public long millisAt(int index) {
    return entries[index] << (64 - KIND_SHIFT) >> (64 - KIND_SHIFT);
  }

  public Kind kindAt(int index) {
    return Kind.of((int) (entries[index] >>> KIND_SHIFT) & 0xFF);
  }

  public boolean ackedAt(int index) {
    return (entries[index] & ACKED) != 0;
  }

  public boolean refusedAt(int index) {
    return (entries[index] & REFUSED) != 0;
  }

  public boolean resentAt(int index) {
    return (entries[index] & RESENT) != 0;
  }
}
