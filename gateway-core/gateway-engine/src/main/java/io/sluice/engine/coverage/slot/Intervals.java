package io.sluice.engine.coverage.slot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Times that do not count, as intervals from the first to before the second, in order and apart.
 * Microseconds since the epoch. Immutable.
 */
public final class Intervals {
  /** The end of one that has none yet. */
  public static final long OPEN = Long.MAX_VALUE;

  public static final Intervals NONE = new Intervals(new long[0]);

  /** From, to, from, to: ascending. */
  private final long[] bounds;

  private Intervals(long[] bounds) {
    this.bounds = bounds;
  }

  /** The union of the given ones, in any order. */
  public static Intervals of(List<Interval> parts) {
    List<Interval> sorted = new ArrayList<>(parts);
    sorted.removeIf(part -> part.from() >= part.to());
    if (sorted.isEmpty()) {
      return NONE;
    }
    sorted.sort(Comparator.comparingLong(Interval::from));
    long[] bounds = new long[2 * sorted.size()];
    int used = 0;
    for (Interval part : sorted) {
      if (used > 0 && part.from() <= bounds[used - 1]) {
        bounds[used - 1] = Math.max(bounds[used - 1], part.to());
      } else {
        bounds[used++] = part.from();
        bounds[used++] = part.to();
      }
    }
    return new Intervals(Arrays.copyOf(bounds, used));
  }

  /** How many there are. */
  public int size() {
    return bounds.length / 2;
  }

  /** Where the one of that number begins, from 0. */
  public long from(int index) {
    return bounds[2 * index];
  }

  /** Where the one of that number ends: the first microsecond that is not in it. */
  public long to(int index) {
    return bounds[2 * index + 1];
  }

  /** Whether that moment lies in one of them. */
  public boolean contains(long micros) {
    if (bounds.length == 0 || micros >= bounds[bounds.length - 1] || micros < bounds[0]) {
      return false;
    }
    int low = 0;
    int high = size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (from(middle) <= micros) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return micros < to(low);
  }

  /** How much of the time from {@code start} to {@code end} lies in them. */
  public long overlap(long start, long end) {
    long sum = 0;
    for (int i = size() - 1; i >= 0 && to(i) > start; i--) {
      sum += Math.max(0, Math.min(end, to(i)) - Math.max(start, from(i)));
    }
    return sum;
  }

  /** What lies in these and in {@code other}. */
  public Intervals within(Intervals other) {
    return without(without(other));
  }

  /** They, one by one. */
  public List<Interval> list() {
    List<Interval> all = new ArrayList<>(size());
    for (int i = 0; i < size(); i++) {
      all.add(new Interval(from(i), to(i)));
    }
    return all;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Intervals those && Arrays.equals(bounds, those.bounds);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bounds);
  }

  /** What lies in these and not in {@code other}. */
  public Intervals without(Intervals other) {
    List<Interval> left = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      long at = from(i);
      for (int j = 0; j < other.size() && at < to(i); j++) {
        if (other.to(j) > at && other.from(j) < to(i)) {
          left.add(new Interval(at, Math.min(to(i), other.from(j))));
          at = Math.max(at, other.to(j));
        }
      }
      left.add(new Interval(at, to(i)));
    }
    return of(left);
  }

  /**
   * One of them; empty where it does not end after it begins.
   *
   * @param from inclusive
   * @param to exclusive
   */
  public record Interval(long from, long to) {}
}
