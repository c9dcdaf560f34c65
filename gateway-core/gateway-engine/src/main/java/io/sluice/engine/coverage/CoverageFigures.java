package io.sluice.engine.coverage;

import io.sluice.api.operator.CoverageService;
import io.sluice.api.operator.CoverageService.By;
import io.sluice.api.operator.CoverageService.Coverage;
import io.sluice.api.operator.CoverageService.Window;
import io.sluice.engine.coverage.slot.Calendar;
import io.sluice.engine.coverage.slot.DeviceCoverage;
import io.sluice.engine.coverage.slot.Exclusions;
import io.sluice.engine.coverage.slot.ExpectationPeriod;
import io.sluice.engine.coverage.slot.GroupKey;
import io.sluice.engine.coverage.slot.Intervals;
import io.sluice.engine.coverage.slot.Lateness;
import io.sluice.engine.coverage.slot.Numbers;
import io.sluice.engine.coverage.slot.SlotPageCache;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The sums over all devices at one moment, by group. Filled by one thread, then only read. */
public final class CoverageFigures {
  public final long atMicros;
  private final Calendar calendar;
  private final Part hour;
  private final Part day;
  private final Part month;

  public CoverageFigures(long nowMicros, Calendar calendar) {
    this.atMicros = nowMicros;
    this.calendar = calendar;
    this.hour = part(Window.HOUR);
    this.day = part(Window.DAY);
    this.month = part(Window.MONTH);
  }

  private Part part(Window window) {
    Bounds bounds = bounds(window, atMicros, calendar);
    return new Part(bounds.start, bounds.end);
  }

  /**
   * A window at a moment: it ends at the last full minute. The hour begins 60 minutes before; the
   * day at the first full hour that is at most 24 hours before; the 30 days at the first full day
   * that is at most 30 days before.
   */
  public static Bounds bounds(Window window, long nowMicros, Calendar calendar) {
    long end = Calendar.minute(nowMicros) * Calendar.MINUTE_MICROS;
    return switch (window) {
      case NOW, HOUR -> new Bounds(end - Calendar.HOUR_MICROS, end);
      case DAY -> new Bounds(calendar.hourStart(calendar.hour(end - 1) - 23), end);
      case MONTH -> new Bounds(calendar.dayStart(calendar.day(end - 1) - 29), end);
    };
  }

  /**
   * @param start inclusive
   * @param end exclusive
   */
  public record Bounds(long start, long end) {}

  /** One window. */
  private static final class Part {
    private final long start;
    private final long end;
    private final Map<GroupKey, RatioCounts> tallies = new HashMap<>();

    Part(long start, long end) {
      this.start = start;
      this.end = end;
    }

    private RatioCounts of(GroupKey group) {
      return tallies.computeIfAbsent(group, key -> new RatioCounts());
    }

    private void write(DataOutput out) throws IOException {
      Numbers.write(out, tallies.size());
      for (Map.Entry<GroupKey, RatioCounts> each : tallies.entrySet()) {
        each.getKey().write(out);
        each.getValue().write(out);
      }
    }

    private void read(DataInput in) throws IOException {
      for (long left = Numbers.read(in); left > 0; left--) {
        of(GroupKey.read(in)).read(in);
      }
    }

    private void add(
        DeviceCoverage device, boolean isConnected, boolean isStopped, SlotPageCache shelf) {
      of(device.group())
          .stands(
              device,
              isConnected,
              device.times.any(start, end + Calendar.MINUTE_MICROS),
              isStopped);
      long[] sum = new long[3];
      for (ExpectationPeriod span : device.spans()) {
        java.util.Arrays.fill(sum, 0);
        span.count(start, end, shelf, sum);
        if (sum[0] > 0) {
          of(span.group).slots(sum);
        }
      }
    }
  }

  void add(DeviceCoverage device, boolean isConnected, SlotPageCache shelf) {
    boolean isStopped = device.isStopped(atMicros);
    hour.add(device, isConnected, isStopped, shelf);
    day.add(device, isConnected, isStopped, shelf);
    month.add(device, isConnected, isStopped, shelf);
  }

  void add(GroupKey group, Lateness lateness) {
    lateness.sum(hour.start, hour.end, hour.of(group).lateness);
    lateness.sum(day.start, day.end, day.of(group).lateness);
    lateness.sum(month.start, month.end, month.of(group).lateness);
  }

  /** Adds figures of the same moment, of other devices. */
  public void add(CoverageFigures others) {
    others.hour.tallies.forEach((group, counts) -> hour.of(group).add(counts));
    others.day.tallies.forEach((group, counts) -> day.of(group).add(counts));
    others.month.tallies.forEach((group, counts) -> month.of(group).add(counts));
  }

  /** Writes what {@link #read} takes: some 200 bytes a group. */
  public void write(DataOutput out) throws IOException {
    hour.write(out);
    day.write(out);
    month.write(out);
  }

  /** Adds what was written of figures of the same moment. */
  public void read(DataInput in) throws IOException {
    hour.read(in);
    day.read(in);
    month.read(in);
  }

  Coverage view(Window window, By by, Exclusions exclusions) {
    return view(window, by, Intervals.of(exclusions.outages()));
  }

  /**
   * The rows of a window.
   *
   * @param outages when nothing was due of any device
   */
  public Coverage view(Window window, By by, Intervals outages) {
    Part part =
        switch (window) {
          case NOW, HOUR -> hour;
          case DAY -> day;
          case MONTH -> month;
        };
    Map<List<String>, RatioCounts> rows = new TreeMap<>(CoverageFigures::compare);
    if (by == By.ALL) {
      rows.put(List.of("all"), new RatioCounts());
    }
    part.tallies.forEach((group, tally) ->
        rows.computeIfAbsent(key(group, by), key -> new RatioCounts()).add(tally));
    List<CoverageService.Group> views = new ArrayList<>();
    rows.forEach((key, tally) -> views.add(tally.view(key, by)));
    double outage = outages.overlap(part.start, part.end) / 1e6;
    return new Coverage(
        window.label(), atMicros, true, false, part.start, part.end, outage, List.copyOf(views));
  }

  /** What tells the rows apart; the first is the row's key. A site may serve several sectors. */
  private static List<String> key(GroupKey group, By by) {
    return switch (by) {
      case ALL -> List.of("all");
      case SECTOR -> List.of(group.sector());
      case SITE -> List.of(group.site(), group.sector());
      case MODEL -> List.of(group.model());
    };
  }

  private static int compare(List<String> a, List<String> b) {
    int first = a.getFirst().compareTo(b.getFirst());
    return first != 0 ? first : a.getLast().compareTo(b.getLast());
  }
}
