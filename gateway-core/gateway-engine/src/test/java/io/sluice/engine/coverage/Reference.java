package io.sluice.engine.coverage;

import io.sluice.engine.coverage.Intervals.Interval;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Coverage by its definition (DOMAIN section 2): keeps every sample in a list and looks at all of
 * them each time.
 */
final class Reference {
  private static final long LATE_MAX = 72 * Calendar.HOUR_MICROS;
  private static final long AHEAD_MAX = 300_000_000L;

  private final Map<String, List<Period>> periods = new HashMap<>();
  private final Map<String, Map<Filled, Boolean>> filled = new HashMap<>();
  private final Map<String, Set<Long>> times = new HashMap<>();
  private final List<Ruled> exclusions = new ArrayList<>();

  /** Slots of one interval from one anchor on; the anchor is known with the first sample. */
  static final class Grid {
    private final Shape shape;
    private Long anchor;

    Grid(Shape shape) {
      this.shape = shape;
    }

    private long slotAt(long micros) {
      if (anchor == null) {
        anchor = micros;
      }
      long interval = shape.intervalMicros();
      return anchor + Math.floorDiv(micros - anchor + interval / 2, interval) * interval;
    }
  }

  private static final class Period {
    private final long from;
    private long to = Long.MAX_VALUE;
    private final Group group;
    private final Grid grid;

    Period(long from, Group group, Grid grid) {
      this.from = from;
      this.group = group;
      this.grid = grid;
    }
  }

  private record Filled(Grid grid, long slot, int metric) {}

  /** A time that does not count, of all in a site, of a device, or of all where both are empty. */
  record Ruled(String site, String device, Interval time) {
    boolean of(String id, Group group) {
      return (site.isEmpty() || site.equals(group.site()))
          && (device.isEmpty() || device.equals(id));
    }
  }

  void change(String id, Group group, Shape shape, long at) {
    List<Period> own = periods.computeIfAbsent(id, key -> new ArrayList<>());
    if (own.isEmpty()) {
      own.add(new Period(at, group, new Grid(shape)));
      return;
    }
    Period last = own.getLast();
    if (last.group.equals(group) && last.grid.shape.equals(shape)) {
      return;
    }
    last.to = Math.max(last.from, at);
    boolean isSameGrid = last.grid.shape.equals(shape) && last.grid.anchor != null;
    own.add(new Period(last.to, group, isSameGrid ? last.grid : new Grid(shape)));
  }

  void sample(String id, long micros, long received, int metric, boolean isGood) {
    boolean counts = micros <= received + AHEAD_MAX && micros >= received - LATE_MAX;
    if (!counts) {
      return;
    }
    for (Period period : periods.get(id)) {
      if (micros >= period.from && micros < period.to) {
        long slot = period.grid.slotAt(micros);
        if (slot >= received - LATE_MAX) {
          filled
              .computeIfAbsent(id, key -> new HashMap<>())
              .merge(new Filled(period.grid, slot, metric), isGood, Boolean::logicalOr);
        }
        return;
      }
    }
  }

  /** A record came, whatever is in it. */
  void heard(String id, long micros, long received) {
    if (micros <= received + AHEAD_MAX && micros >= received - LATE_MAX) {
      times.computeIfAbsent(id, key -> new HashSet<>()).add(micros);
    }
  }

  /** Devices that are not in a stop now and have a sample in the window. */
  long reporting(long start, long end, long now) {
    return periods.entrySet().stream()
        .filter(entry ->
            exclusions.stream()
                .noneMatch(rule ->
                    rule.of(entry.getKey(), entry.getValue().getLast().group)
                        && rule.time.from() <= now
                        && now < rule.time.to()))
        .filter(entry ->
            times.getOrDefault(entry.getKey(), Set.of()).stream()
                .anyMatch(time -> time >= start && time < end + Calendar.MINUTE_MICROS))
        .count();
  }

  void exclude(Ruled rule) {
    exclusions.add(rule);
  }

  /** The rule ends earlier than was said. */
  void end(Ruled rule, long to) {
    exclusions.remove(rule);
    exclusions.add(new Ruled(rule.site, rule.device, new Interval(rule.time.from(), to)));
  }

  /** Due, filled and good by group. */
  Map<Group, long[]> figures(long start, long end) {
    Map<Group, long[]> sums = new HashMap<>();
    periods.forEach((id, own) -> {
      for (Period period : own) {
        add(id, period, start, end, sums);
      }
    });
    return sums;
  }

  private void add(String id, Period period, long start, long end, Map<Group, long[]> sums) {
    long low = Math.max(start, period.from);
    long high = Math.min(end, period.to);
    if (low >= high) {
      return;
    }
    List<Interval> gaps =
        exclusions.stream().filter(rule -> rule.of(id, period.group)).map(Ruled::time).toList();
    long interval = period.grid.shape.intervalMicros();
    long due = (high - low - covered(gaps, low, high)) / interval * period.grid.shape.count();
    long found = 0;
    long good = 0;
    for (Map.Entry<Filled, Boolean> entry : filled.getOrDefault(id, Map.of()).entrySet()) {
      Filled slot = entry.getKey();
      boolean isCounted =
          slot.grid == period.grid
              && slot.slot >= low
              && slot.slot < high
              && gaps.stream().noneMatch(gap -> slot.slot >= gap.from() && slot.slot < gap.to());
      found += isCounted ? 1 : 0;
      good += isCounted && entry.getValue() ? 1 : 0;
    }
    long[] sum = sums.computeIfAbsent(period.group, key -> new long[3]);
    sum[0] += due;
    sum[1] += Math.min(due, found);
    sum[2] += Math.min(Math.min(due, found), good);
  }

  /** How much of a time lies in any of the gaps, which may overlap. */
  private static long covered(List<Interval> gaps, long low, long high) {
    List<Interval> sorted = new ArrayList<>(gaps);
    sorted.sort(java.util.Comparator.comparingLong(Interval::from));
    long covered = 0;
    long at = low;
    for (Interval gap : sorted) {
      long from = Math.max(at, gap.from());
      long to = Math.min(high, gap.to());
      if (from < to) {
        covered += to - from;
        at = to;
      }
    }
    return covered;
  }
}
