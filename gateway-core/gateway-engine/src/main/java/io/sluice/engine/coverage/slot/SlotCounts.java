package io.sluice.engine.coverage.slot;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/** Filled and good slots by period (hour or day), of the newest periods. Not thread-safe. */
final class SlotCounts {
  private static final long NEVER = Long.MIN_VALUE;

  private final int[] counts;
  private long newest = NEVER;

  /**
   * @param periods how many are kept
   */
  SlotCounts(int periods) {
    counts = new int[2 * periods];
  }

  private int periods() {
    return counts.length / 2;
  }

  private boolean holds(long period) {
    return newest != NEVER && period <= newest && period > newest - periods();
  }

  /** Adds to a period; does nothing where it is older than what is kept. */
  void add(long period, int filled, int good) {
    if (newest == NEVER || period > newest) {
      forward(period);
    }
    if (holds(period)) {
      int at = at(period);
      counts[at] += filled;
      counts[at + 1] += good;
    }
  }

  private void forward(long period) {
    if (newest == NEVER || period - newest >= periods()) {
      Arrays.fill(counts, 0);
    } else {
      for (long cleared = newest + 1; cleared <= period; cleared++) {
        counts[at(cleared)] = 0;
        counts[at(cleared) + 1] = 0;
      }
    }
    newest = period;
  }

  private int at(long period) {
    return 2 * (int) Math.floorMod(period, (long) periods());
  }

  /** Adds the periods from {@code from} to before {@code to} to places 1 and 2: filled, good. */
  void sum(long from, long to, long[] sum) {
    if (newest == NEVER) {
      return;
    }
    long last = Math.min(to - 1, newest);
    for (long period = Math.max(from, newest - periods() + 1); period <= last; period++) {
      int at = at(period);
      sum[1] += counts[at];
      sum[2] += counts[at + 1];
    }
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(newest);
    if (newest != NEVER) {
      for (int count : counts) {
        Numbers.write(out, count);
      }
    }
  }

  void read(DataInput in) throws IOException {
    newest = in.readLong();
    if (newest != NEVER) {
      for (int i = 0; i < counts.length; i++) {
        counts[i] = (int) Numbers.read(in);
      }
    }
  }
}
