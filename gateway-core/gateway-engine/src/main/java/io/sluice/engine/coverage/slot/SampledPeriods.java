package io.sluice.engine.coverage.slot;

import static io.sluice.engine.coverage.slot.Calendar.HOUR_MICROS;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * In which minutes, hours and days of the recent past a device has samples, by their own time. Not
 * thread-safe.
 */
public final class SampledPeriods {
  private static final long NEVER = Long.MIN_VALUE;
  private static final int MINUTES = 0;
  private static final int HOURS = 2;
  private static final int DAYS = 3;

  /** Periods in a word. */
  private static final int KEPT = Long.SIZE;

  private final long[] newest = {NEVER, NEVER, NEVER, NEVER};

  /**
   * Of two hours' minutes, the even and the odd ones; of hours; of days. The newest period is in
   * the lowest bit.
   */
  private final long[] bits = new long[4];

  private final Calendar calendar;

  /** The minute added last: hours and days are of full minutes. */
  private long lastMinute = NEVER;

  SampledPeriods(Calendar calendar) {
    this.calendar = calendar;
  }

  void add(long micros) {
    long minute = Calendar.minute(micros);
    if (minute == lastMinute) {
      return;
    }
    lastMinute = minute;
    set(MINUTES + (int) (minute & 1), minute >> 1);
    set(HOURS, calendar.hour(micros));
    set(DAYS, calendar.day(micros));
  }

  private void set(int word, long period) {
    long last = newest[word];
    if (last == NEVER || period > last) {
      bits[word] = last == NEVER || period - last >= KEPT ? 0 : bits[word] << (period - last);
      newest[word] = period;
    }
    long age = newest[word] - period;
    if (age < KEPT) {
      bits[word] |= 1L << age;
    }
  }

  private boolean isSet(int word, long period) {
    long age = newest[word] - period;
    return newest[word] != NEVER && age >= 0 && age < KEPT && (bits[word] >>> age & 1) != 0;
  }

  /**
   * Whether a sample lies in the window, which ends at a full minute. It begins at one where it is
   * at most two hours, at a full hour where it is at most two days, else at a full day.
   */
  public boolean any(long start, long end) {
    long at = start;
    if (end - at > 2 * Calendar.DAY_MICROS) {
      long last = calendar.day(end);
      for (long day = calendar.day(at); day < last; day++) {
        if (isSet(DAYS, day)) {
          return true;
        }
      }
      at = calendar.dayStart(last);
    }
    if (end - at > 2 * HOUR_MICROS) {
      long last = calendar.hour(end);
      for (long hour = calendar.hour(at); hour < last; hour++) {
        if (isSet(HOURS, hour)) {
          return true;
        }
      }
      at = calendar.hourStart(last);
    }
    for (long minute = Calendar.minute(at); minute < Calendar.minute(end); minute++) {
      if (isSet(MINUTES + (int) (minute & 1), minute >> 1)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a sample lies in that hour, of the last 64. */
  public boolean inHour(long hour) {
    return isSet(HOURS, hour);
  }

  /** Whether a sample lies in that day, of the last 64. */
  public boolean inDay(long day) {
    return isSet(DAYS, day);
  }

  void write(DataOutput out) throws IOException {
    for (int word = 0; word < bits.length; word++) {
      out.writeLong(newest[word]);
      out.writeLong(bits[word]);
    }
  }

  void read(DataInput in) throws IOException {
    lastMinute = NEVER;
    for (int word = 0; word < bits.length; word++) {
      newest[word] = in.readLong();
      bits[word] = in.readLong();
    }
  }
}
