package io.sluice.engine.coverage;

import io.sluice.engine.coverage.slot.Calendar;
import io.sluice.engine.coverage.slot.Grid;
import io.sluice.engine.coverage.slot.GroupKey;
import io.sluice.engine.coverage.slot.Intervals.Interval;
import io.sluice.engine.coverage.slot.ReportingExpectation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Coverage by its definition (docs/coverage.md), counted slot by slot: keeps every sample in a list
 * and looks at all of them each time. Knows nothing of how the engine does it.
 */
final class Reference {
  private static final long LATE_MAX = 72 * Calendar.HOUR_MICROS;
  private static final long AHEAD_MAX = 300_000_000L;

  private final Map<String, List<Period>> periods = new HashMap<>();
  private final Map<String, Map<Filled, Boolean>> filled = new HashMap<>();
  private final Map<String, Set<Long>> times = new HashMap<>();
  private final List<Receipt> receipts = new ArrayList<>();
  private final List<Ruled> exclusions = new ArrayList<>();

  /** One sample that came. */
  private record Receipt(GroupKey group, long received, boolean isTimely) {}

  /**
   * Slots of one interval. Their anchor is the first sample; until it comes, the time from which
   * samples were expected.
   */
  static final class Grid {
    private final ReportingExpectation shape;
    private long anchor;
    private boolean hasSample;

    Grid(ReportingExpectation shape, long expectedFrom) {
      this.shape = shape;
      this.anchor = expectedFrom;
    }

    private long slotAt(long micros) {
      if (!hasSample) {
        hasSample = true;
        anchor = micros;
      }
      long interval = shape.intervalMicros();
      return anchor + Math.floorDiv(micros - anchor + interval / 2, interval) * interval;
    }

    /** The first centre at that time or after it. */
    private long centreFrom(long micros) {
      long interval = shape.intervalMicros();
      long ahead = Math.floorMod(micros - anchor, interval);
      return ahead == 0 ? micros : micros + interval - ahead;
    }
  }

  private static final class Period {
    private final long from;
    private long to = Long.MAX_VALUE;
    private final GroupKey group;
    private final Grid grid;

    Period(long from, GroupKey group, Grid grid) {
      this.from = from;
      this.group = group;
      this.grid = grid;
    }
  }

  private record Filled(Grid grid, long slot, int metric) {}

  /** A time that does not count, of all in a site, of a device, or of all where both are empty. */
  record Ruled(String site, String device, Interval time) {
    boolean of(String id, GroupKey group) {
      return (site.isEmpty() || site.equals(group.site()))
          && (device.isEmpty() || device.equals(id));
    }
  }

  void change(String id, GroupKey group, ReportingExpectation shape, long at) {
    List<Period> own = periods.computeIfAbsent(id, key -> new ArrayList<>());
    if (own.isEmpty()) {
      own.add(new Period(at, group, new Grid(shape, at)));
      return;
    }
    Period last = own.getLast();
    if (last.group.equals(group) && last.grid.shape.equals(shape)) {
      return;
    }
    last.to = Math.max(last.from, at);
    boolean isSameGrid = last.grid.shape.equals(shape);
    own.add(new Period(last.to, group, isSameGrid ? last.grid : new Grid(shape, last.to)));
  }

  /** A value of a metric came. */
  void value(String id, long micros, long received, int metric, boolean isGood) {
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

  /** A sample came, whatever is in it: what a message says of one time. */
  void sample(String id, long micros, long received) {
    Period present = periods.get(id).getLast();
    long allowed =
        switch (present.group.sector()) {
          case "factory" -> 5_000_000L;
          case "public-service" -> 900_000_000L;
          default -> 2 * present.grid.shape.intervalMicros();
        };
    receipts.add(new Receipt(present.group, received, received - micros <= allowed));
    if (micros <= received + AHEAD_MAX && micros >= received - LATE_MAX) {
      times.computeIfAbsent(id, key -> new HashSet<>()).add(micros);
    }
  }

  /** Received and timely samples of a group by when they came. */
  long[] timeliness(GroupKey group, long start, long end) {
    long[] sum = new long[2];
    for (Receipt receipt : receipts) {
      boolean isIn =
          receipt.group.equals(group) && receipt.received >= start && receipt.received < end;
      sum[0] += isIn ? 1 : 0;
      sum[1] += isIn && receipt.isTimely ? 1 : 0;
    }
    return sum;
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
  Map<GroupKey, long[]> figures(long start, long end) {
    Map<GroupKey, long[]> sums = new HashMap<>();
    periods.forEach((id, own) -> {
      for (Period period : own) {
        add(id, period, start, end, sums);
      }
    });
    return sums;
  }

  private void add(String id, Period period, long start, long end, Map<GroupKey, long[]> sums) {
    long low = Math.max(start, period.from);
    long high = Math.min(end, period.to);
    if (low >= high) {
      return;
    }
    List<Interval> gaps =
        exclusions.stream().filter(rule -> rule.of(id, period.group)).map(Ruled::time).toList();
    long due = 0;
    long interval = period.grid.shape.intervalMicros();
    for (long centre = period.grid.centreFrom(low); centre < high; centre += interval) {
      due += isIn(gaps, centre) ? 0 : period.grid.shape.count();
    }
    long found = 0;
    long good = 0;
    for (Map.Entry<Filled, Boolean> entry : filled.getOrDefault(id, Map.of()).entrySet()) {
      Filled slot = entry.getKey();
      boolean isCounted =
          slot.grid == period.grid
              && slot.slot >= low
              && slot.slot < high
              && !isIn(gaps, slot.slot);
      found += isCounted ? 1 : 0;
      good += isCounted && entry.getValue() ? 1 : 0;
    }
    long[] sum = sums.computeIfAbsent(period.group, key -> new long[3]);
    sum[0] += due;
    sum[1] += found;
    sum[2] += good;
  }

  private static boolean isIn(List<Interval> gaps, long micros) {
    for (Interval gap : gaps) {
      if (micros >= gap.from() && micros < gap.to()) {
        return true;
      }
    }
    return false;
  }
}
