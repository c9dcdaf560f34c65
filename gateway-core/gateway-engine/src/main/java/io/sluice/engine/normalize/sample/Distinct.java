package io.sluice.engine.normalize.sample;

import io.sluice.engine.record.RecordFormat.Kind;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Sees to it that a record holds no name twice with one time.
 *
 * <p>Samples without time come in their order, and the last is the newest: where they have a name
 * in common, each lies one spacing before the next. Of several values with one name and one time
 * that the device gave, an equal one is left out, and another one is told apart by {@code #2} and
 * so on behind its name. Not thread-safe; its table is used again.
 */
final class Distinct {
  private static final int EMPTY = -1;

  private int[] table = new int[64];
  private long spacingMicros = 1;
  private boolean apartAll;
  private boolean apartColliding;
  private Samples samples = new Samples();
  private long received;

  /** Microseconds between samples without time. */
  void spacing(long micros) {
    spacingMicros = micros;
  }

  /**
   * Which rows are told apart by their time: each of them is one alarm's.
   *
   * @param all whether all are
   * @param colliding whether those are that have a name and a time in common, with other values
   */
  void apart(boolean all, boolean colliding) {
    apartAll = all;
    apartColliding = colliding;
  }

  void settle(Samples samples, long receivedMicros) {
    this.samples = samples;
    this.received = receivedMicros;
    boolean again = orderUntimed();
    if (samples.rows
        && samples.begun > 2
        && (apartAll || (apartColliding && again && collides()))) {
      spaceRows();
      spaceTimed();
      again = orderUntimed();
    }
    if (again) {
      tellApart();
    }
  }

  /** Whether a row has a value that another row has otherwise, with one name and one time. */
  private boolean collides() {
    clear();
    for (int i = 0; i < samples.count; i++) {
      int other = put(i);
      if (other != EMPTY && samples.ordinals[other] != samples.ordinals[i] && !isSame(i, other)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Rows of one time that the device gave: each lies one microsecond before the next. What stands
   * around rows and says nothing of its own takes no row: it is of the first one.
   */
  private void spaceTimed() {
    BitSet frames = mereFrames();
    Map<Long, Integer> rowsAt = new HashMap<>();
    int row = -1;
    long rowTime = Samples.NO_TIME;
    int before = 0;
    for (int i = 0; i < samples.count; i++) {
      long own = samples.times[i];
      if (own == Samples.NO_TIME || frames.get(samples.ordinals[i])) {
        continue;
      }
      if (samples.ordinals[i] != row || own != rowTime) {
        row = samples.ordinals[i];
        rowTime = own;
        before = rowsAt.merge(own, 1, Integer::sum) - 1;
      }
      samples.times[i] = own + before;
    }
  }

  /**
   * Samples around others of which the profile knows nothing, and whose fields all stand in further
   * objects: the message of a network server around what its device measured.
   */
  private BitSet mereFrames() {
    BitSet frames = (BitSet) samples.frames.clone();
    for (int i = 0; i < samples.count; i++) {
      if (samples.fields[i] != null || samples.names[i].indexOf('.') < 0) {
        frames.clear(samples.ordinals[i]);
      }
    }
    return frames;
  }

  /** Returns whether names may still come twice. */
  private boolean orderUntimed() {
    boolean again = false;
    boolean untimedAgain = false;
    clear();
    for (int i = 0; i < samples.count; i++) {
      int other = put(i);
      again |= other != EMPTY;
      untimedAgain |= other != EMPTY && samples.times[i] == Samples.NO_TIME;
    }
    if (untimedAgain) {
      if (samples.rows) {
        spaceRows();
      } else {
        spaceNames();
      }
    }
    return again;
  }

  /** Rows of values: each row without time lies one spacing before the next. */
  private void spaceRows() {
    int last = 0;
    for (int i = 0; i < samples.count; i++) {
      if (samples.times[i] == Samples.NO_TIME) {
        last = Math.max(last, samples.ordinals[i]);
      }
    }
    for (int i = 0; i < samples.count; i++) {
      if (samples.times[i] == Samples.NO_TIME && samples.ordinals[i] < last) {
        samples.times[i] = received - (last - samples.ordinals[i]) * spacingMicros;
      }
    }
  }

  /** Single values: those of one name lie one spacing apart. */
  private void spaceNames() {
    clear();
    int[] later = new int[samples.count];
    for (int i = samples.count - 1; i >= 0; i--) {
      if (samples.times[i] == Samples.NO_TIME) {
        int slot = slotOf(i, true);
        later[i] = table[slot] == EMPTY ? 0 : later[table[slot]] + 1;
        table[slot] = i;
      }
    }
    for (int i = 0; i < samples.count; i++) {
      if (later[i] > 0) {
        samples.times[i] = received - later[i] * spacingMicros;
      }
    }
  }

  private void tellApart() {
    clear();
    boolean[] left = null;
    for (int i = 0; i < samples.count; i++) {
      int other = put(i);
      if (other != EMPTY) {
        if (isSame(i, other)) {
          left = left == null ? new boolean[samples.count] : left;
          left[i] = true;
        } else {
          rename(i);
        }
      }
    }
    if (left != null) {
      samples.leaveOut(left);
    }
  }

  private void rename(int index) {
    String name = samples.nameOf(index);
    samples.fields[index] = null;
    int number = 1;
    do {
      samples.names[index] = name + '#' + ++number;
    } while (put(index) != EMPTY);
  }

  private boolean isSame(int a, int b) {
    Kind kind = samples.kinds[a];
    Kind other = samples.kinds[b];
    if (kind != other && isNumber(kind) && isNumber(other)) {
      return samples.bad[a] == samples.bad[b] && number(a) == number(b);
    }
    return kind == other
        && samples.bits[a] == samples.bits[b]
        && samples.bad[a] == samples.bad[b]
        && Objects.deepEquals(samples.objects[a], samples.objects[b]);
  }

  private static boolean isNumber(Kind kind) {
    return kind == Kind.LONG || kind == Kind.DOUBLE;
  }

  private double number(int index) {
    long bits = samples.bits[index];
    return samples.kinds[index] == Kind.LONG ? (double) bits : Double.longBitsToDouble(bits);
  }

  private void clear() {
    int wanted = Integer.highestOneBit(Math.max(32, samples.count)) << 2;
    if (table.length < wanted) {
      table = new int[wanted];
    }
    Arrays.fill(table, EMPTY);
  }

  /** Puts it in; returns the one of the same name and time that is there already, or EMPTY. */
  private int put(int index) {
    int slot = slotOf(index, false);
    int there = table[slot];
    if (there == EMPTY) {
      table[slot] = index;
    }
    return there;
  }

  private int slotOf(int index, boolean byName) {
    String name = samples.nameOf(index);
    long time = byName ? 0 : effective(index);
    int mask = table.length - 1;
    int slot = (((name.hashCode() * 31 + Long.hashCode(time)) * 0x9E3779B1) >>> 7) & mask;
    while (table[slot] != EMPTY) {
      int other = table[slot];
      if ((byName || effective(other) == time) && samples.nameOf(other).equals(name)) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private long effective(int index) {
    long own = samples.times[index];
    return own == Samples.NO_TIME ? received : own;
  }
}
