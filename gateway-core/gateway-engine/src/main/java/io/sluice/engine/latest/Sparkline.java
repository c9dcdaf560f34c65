package io.sluice.engine.latest;

import io.sluice.api.operator.LatestValues.Point;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The last numbers of a metric in the order of their times, but for the newest, which the metric
 * itself has. Grows as it fills, so that a metric that reports rarely costs little. Not
 * thread-safe.
 */
final class Sparkline {
  /** With the newest. */
  static final int POINTS = 60;

  private static final int KEPT = POINTS - 1;

  private static final int FIRST_POINTS = 4;
  private static final int OVERHEAD_BYTES = 64;

  private long[] times = new long[FIRST_POINTS];
  private double[] values = new double[FIRST_POINTS];
  private int start;
  private int count;

  /**
   * Enters a point where its time says. One of the same time is replaced; one older than all of a
   * full line is left out.
   *
   * @return by how many bytes it has grown
   */
  int add(long timeMicros, double value) {
    int before = times.length;
    int place = count;
    while (place > 0 && times[index(place - 1)] > timeMicros) {
      place--;
    }
    if (place > 0 && times[index(place - 1)] == timeMicros) {
      values[index(place - 1)] = value;
      return 0;
    }
    if (count == KEPT) {
      if (place == 0) {
        return 0;
      }
      start = index(1);
      count--;
      place--;
    } else if (count == times.length) {
      grow();
    }
    for (int i = count; i > place; i--) {
      times[index(i)] = times[index(i - 1)];
      values[index(i)] = values[index(i - 1)];
    }
    times[index(place)] = timeMicros;
    values[index(place)] = value;
    count++;
    return (times.length - before) * (Long.BYTES + Double.BYTES);
  }

  /** The time of its newest point. It has one. */
  long newestMicros() {
    return times[index(count - 1)];
  }

  private int index(int place) {
    int index = start + place;
    return index < times.length ? index : index - times.length;
  }

  /** Only a full line turns round, and that grows no more. */
  private void grow() {
    int capacity = Math.min(KEPT, times.length * 2);
    times = Arrays.copyOf(times, capacity);
    values = Arrays.copyOf(values, capacity);
  }

  int bytes() {
    return OVERHEAD_BYTES + times.length * (Long.BYTES + Double.BYTES);
  }

  List<Point> points() {
    List<Point> points = new ArrayList<>(count + 1);
    for (int i = 0; i < count; i++) {
      points.add(new Point(times[index(i)], values[index(i)]));
    }
    return points;
  }
}
