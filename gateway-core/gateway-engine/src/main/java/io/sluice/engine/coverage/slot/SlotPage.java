package io.sluice.engine.coverage.slot;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The slots of one device and block of time, two bits a slot and metric: filled, good. A page whose
 * every bit is set keeps none of them. Not thread-safe.
 */
public final class SlotPage {
  /** What a value changed, as a set of bits. */
  static final int FILLED = 1;

  static final int GOOD = 2;

  private static final int COMPLETE = 0;
  private static final int ALL_GOOD = 1;
  private static final int MIXED = 2;

  final long block;
  private final long firstSlot;
  private final int slots;
  private final int metrics;
  private long @Nullable [] filled;
  private long @Nullable [] good;
  private int filledCount;
  private int goodCount;

  /**
   * @param block which, in blocks since the epoch
   * @param firstSlot the first whose time lies in it
   * @param slots how many do, at least 1
   */
  public SlotPage(long block, long firstSlot, int slots, int metrics) {
    this.block = block;
    this.firstSlot = firstSlot;
    this.slots = slots;
    this.metrics = metrics;
    int words = (Math.multiplyExact(slots, metrics) + 63) >>> 6;
    this.filled = new long[words];
    this.good = new long[words];
  }

  /**
   * Fills a slot; what is filled already stays, and a good value makes it good.
   *
   * @return what it changed: {@link #FILLED}, {@link #GOOD}, both or 0
   */
  int fill(long slot, int metric, boolean isGood) {
    long[] filled = this.filled;
    long[] good = this.good;
    if (filled == null || good == null) {
      return 0;
    }
    int bit = (int) (slot - firstSlot) * metrics + metric;
    int word = bit >>> 6;
    long mask = 1L << bit;
    int changed = 0;
    if ((filled[word] & mask) == 0) {
      filled[word] |= mask;
      filledCount++;
      changed = FILLED;
    }
    if (isGood && (good[word] & mask) == 0) {
      good[word] |= mask;
      goodCount++;
      changed |= GOOD;
    }
    if (goodCount == slots * metrics) {
      this.filled = null;
      this.good = null;
    }
    return changed;
  }

  /** Takes over what a page of the same block and slots has. */
  void add(SlotPage other) {
    for (int slot = 0; slot < slots; slot++) {
      for (int metric = 0; metric < metrics; metric++) {
        int bit = slot * metrics + metric;
        if (isSet(other.filled, bit)) {
          fill(firstSlot + slot, metric, isSet(other.good, bit));
        }
      }
    }
  }

  private static boolean isSet(long @Nullable [] words, int bit) {
    return words == null || (words[bit >>> 6] >>> bit & 1) != 0;
  }

  /**
   * Adds the slots from {@code from} to before {@code to} to places 1 and 2 of {@code sum}: filled,
   * good.
   */
  void count(long from, long to, long[] sum) {
    int low = (int) (Math.max(from, firstSlot) - firstSlot);
    int high = (int) (Math.min(to, firstSlot + slots) - firstSlot);
    long[] filled = this.filled;
    long[] good = this.good;
    if (low >= high) {
      return;
    }
    if (filled == null || good == null) {
      sum[1] += (long) (high - low) * metrics;
      sum[2] += (long) (high - low) * metrics;
    } else if (high - low == slots) {
      sum[1] += filledCount;
      sum[2] += goodCount;
    } else {
      sum[1] += ones(filled, low * metrics, high * metrics);
      sum[2] += ones(good, low * metrics, high * metrics);
    }
  }

  /** The same for one metric. */
  void count(int metric, long from, long to, long[] sum) {
    int low = (int) (Math.max(from, firstSlot) - firstSlot);
    int high = (int) (Math.min(to, firstSlot + slots) - firstSlot);
    long[] filled = this.filled;
    long[] good = this.good;
    for (int slot = low; slot < high; slot++) {
      int bit = slot * metrics + metric;
      sum[1] += filled == null ? 1 : filled[bit >>> 6] >>> bit & 1;
      sum[2] += good == null ? 1 : good[bit >>> 6] >>> bit & 1;
    }
  }

  private static int ones(long[] words, int from, int to) {
    int first = from >>> 6;
    int last = (to - 1) >>> 6;
    long head = -1L << from;
    long tail = -1L >>> -to;
    if (first == last) {
      return Long.bitCount(words[first] & head & tail);
    }
    int count = Long.bitCount(words[first] & head) + Long.bitCount(words[last] & tail);
    for (int i = first + 1; i < last; i++) {
      count += Long.bitCount(words[i]);
    }
    return count;
  }

  /** Writes what {@link #read} takes; the good bits only where they are not the filled ones. */
  public void write(DataOutput out) throws IOException {
    long[] filled = this.filled;
    long[] good = this.good;
    if (filled == null || good == null) {
      out.writeByte(COMPLETE);
      return;
    }
    boolean isAllGood = filledCount == goodCount;
    out.writeByte(isAllGood ? ALL_GOOD : MIXED);
    write(out, filled);
    if (!isAllGood) {
      write(out, good);
    }
  }

  private static void write(DataOutput out, long[] words) throws IOException {
    for (long word : words) {
      out.writeLong(word);
    }
  }

  /** Takes over what was written of a page of the same block, slots and metrics. */
  public void read(DataInput in) throws IOException {
    int form = in.readByte();
    if (form == COMPLETE) {
      filled = null;
      good = null;
      filledCount = slots * metrics;
      goodCount = filledCount;
      return;
    }
    long[] filled = read(in, new long[(slots * metrics + 63) >>> 6]);
    long[] good = form == ALL_GOOD ? filled.clone() : read(in, new long[filled.length]);
    filledCount = ones(filled, 0, slots * metrics);
    goodCount = ones(good, 0, slots * metrics);
    this.filled = filled;
    this.good = good;
  }

  private static long[] read(DataInput in, long[] words) throws IOException {
    for (int i = 0; i < words.length; i++) {
      words[i] = in.readLong();
    }
    return words;
  }
}
