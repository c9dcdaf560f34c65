package io.sluice.engine.coverage;

import io.sluice.api.operator.CoverageService.DeviceDetail;
import io.sluice.api.operator.CoverageService.DeviceRow;
import io.sluice.api.operator.CoverageService.DeviceWindow;
import io.sluice.api.operator.CoverageService.Filter;
import io.sluice.api.operator.CoverageService.MetricRow;
import io.sluice.api.operator.CoverageService.Point;
import io.sluice.api.operator.CoverageService.StopScope;
import io.sluice.api.operator.CoverageService.Trend;
import io.sluice.api.operator.CoverageService.Window;
import io.sluice.engine.config.NearestKey;
import io.sluice.engine.coverage.slot.Calendar;
import io.sluice.engine.coverage.slot.DeviceCoverage;
import io.sluice.engine.coverage.slot.ExpectationPeriod;
import io.sluice.engine.coverage.slot.GroupKey;
import io.sluice.engine.coverage.slot.Intervals;
import io.sluice.engine.coverage.slot.Lateness;
import io.sluice.engine.coverage.slot.SlotPageCache;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** Looks into the book that are asked for now and then: each takes time with the devices. */
public final class CoverageViews {
  /** The worst first: by effective coverage, those with nothing due last. */
  public static final Comparator<DeviceRow> WORST =
      Comparator.comparing(
              DeviceRow::effective, Comparator.nullsLast(Comparator.<Double>naturalOrder()))
          .thenComparing(DeviceRow::connected)
          .thenComparing(DeviceRow::device);

  /** Names that a message lists. */
  private static final int NAMES_MAX = 10;

  private final CoverageState book;
  private final CoverageState.Sessions sessions;
  private final BiPredicate<Filter, DeviceCoverage> also;

  CoverageViews(CoverageState book, CoverageState.Sessions sessions) {
    this(book, sessions, (filter, device) -> true);
  }

  /**
   * Over that book.
   *
   * @param also whether a filter takes a device, beside what it says of group and id
   */
  public CoverageViews(
      CoverageState book,
      CoverageState.Sessions sessions,
      BiPredicate<Filter, DeviceCoverage> also) {
    this.book = book;
    this.sessions = sessions;
    this.also = also;
  }

  /** Sums of one point of a trend. */
  private static final class Step {
    private final long start;
    private final long end;
    private final long[] sum = new long[3];
    private long expected;
    private long reporting;

    Step(long start, long end) {
      this.start = start;
      this.end = end;
    }

    private void add(DeviceCoverage device, boolean isReporting, Filter of, SlotPageCache shelf) {
      boolean isExpected = false;
      for (ExpectationPeriod span : device.spans()) {
        if (takes(of, span.group)) {
          span.count(start, end, shelf, sum);
          isExpected |= span.touches(start, end);
        }
      }
      expected += isExpected ? 1 : 0;
      reporting += isExpected && isReporting ? 1 : 0;
    }

    private Point point(Intervals outages) {
      return new Point(
          start,
          sum[0],
          sum[1],
          sum[2],
          expected,
          reporting,
          RatioCounts.ratio(reporting, expected),
          RatioCounts.ratio(sum[1], sum[0]),
          RatioCounts.ratio(sum[2], sum[1]),
          RatioCounts.ratio(sum[2], sum[0]),
          outages.overlap(start, end) / 1e6);
    }
  }

  /** See {@code CoverageService.trend}. */
  public Trend trend(Window window, Filter of, long nowMicros) {
    boolean isByDay = window == Window.MONTH;
    Calendar calendar = book.calendar();
    CoverageFigures.Bounds bounds =
        CoverageFigures.bounds(isByDay ? Window.MONTH : Window.DAY, nowMicros, calendar);
    long length = isByDay ? Calendar.DAY_MICROS : Calendar.HOUR_MICROS;
    List<Step> steps = new ArrayList<>();
    for (long start = bounds.start(); start < bounds.end(); ) {
      long next = isByDay ? calendar.dayStart(calendar.day(start) + 1) : start + length;
      steps.add(new Step(start, Math.min(next, bounds.end())));
      start = next;
    }
    book.forEach(device -> {
      if (!also.test(of, device)) {
        return;
      }
      for (Step step : steps) {
        boolean isReporting =
            isByDay
                ? device.times.inDay(calendar.day(step.start))
                : device.times.inHour(calendar.hour(step.start));
        step.add(device, isReporting, of, book.shelf());
      }
    });
    Intervals outages = Intervals.of(book.exclusions().outages());
    return new Trend(
        (isByDay ? Window.MONTH : Window.DAY).label(),
        length / 1_000_000,
        steps.stream().map(step -> step.point(outages)).toList());
  }

  /** See {@code CoverageService.devices}. */
  public List<DeviceRow> devices(
      Window window,
      Filter filter,
      boolean isWorstFirst,
      int limit,
      @Nullable String after,
      long nowMicros) {
    CoverageFigures.Bounds bounds = CoverageFigures.bounds(window, nowMicros, book.calendar());
    Comparator<DeviceRow> order = isWorstFirst ? WORST : Comparator.comparing(DeviceRow::device);
    PriorityQueue<DeviceRow> last = new PriorityQueue<>(order.reversed());
    book.forEach(device -> {
      boolean isWanted =
          takes(filter, device)
              && (isWorstFirst
                  ? device.isCommissioned()
                  : after == null || device.id.compareTo(after) > 0);
      if (isWanted) {
        last.add(row(device, bounds, nowMicros));
        if (last.size() > limit) {
          last.remove();
        }
      }
    });
    List<DeviceRow> rows = new ArrayList<>(last);
    rows.sort(order);
    return rows;
  }

  /** See {@code CoverageService.count}. */
  public long count(Filter filter, boolean commissionedOnly) {
    long[] count = new long[1];
    book.forEach(device -> {
      if (takes(filter, device) && (!commissionedOnly || device.isCommissioned())) {
        count[0]++;
      }
    });
    return count[0];
  }

  private boolean takes(Filter filter, DeviceCoverage device) {
    String search = filter.search();
    return (search == null || contains(device.id, search))
        && takes(filter, device.group())
        && also.test(filter, device);
  }

  private static boolean takes(Filter filter, GroupKey group) {
    return filter.takes(group.sector(), group.site(), group.model());
  }

  private static boolean contains(String id, String part) {
    for (int at = 0; at <= id.length() - part.length(); at++) {
      if (id.regionMatches(true, at, part, 0, part.length())) {
        return true;
      }
    }
    return false;
  }

  /** See {@code CoverageService.unknown}. */
  @Nullable String unknown(StopScope scope, String key) {
    if (scope == StopScope.ALL) {
      return null;
    }
    Set<String> known = new TreeSet<>();
    book.forEach(device -> {
      GroupKey group = device.group();
      known.add(
          switch (scope) {
            case SECTOR -> group.sector();
            case SITE -> group.site();
            case MODEL -> group.model();
            case ALL, DEVICE -> device.id;
          });
    });
    if (known.contains(key)) {
      return null;
    }
    String nearest = NearestKey.of(key, known);
    String remedy =
        nearest != null
            ? "did you mean \"" + nearest + "\"?"
            : known.isEmpty()
                ? "there are no devices yet"
                : "known are "
                    + String.join(", ", known.stream().limit(NAMES_MAX).toList())
                    + (known.size() > NAMES_MAX
                        ? " and " + (known.size() - NAMES_MAX) + " more"
                        : "");
    return "no device has the %s \"%s\", so that nothing is stopped until one has; %s"
        .formatted(scope.name().toLowerCase(Locale.ROOT), key, remedy);
  }

  private DeviceRow row(DeviceCoverage device, CoverageFigures.Bounds bounds, long nowMicros) {
    long[] sum = new long[3];
    for (ExpectationPeriod span : device.spans()) {
      span.count(bounds.start(), bounds.end(), book.shelf(), sum);
    }
    ExpectationPeriod current = device.current();
    GroupKey group = device.group();
    return new DeviceRow(
        device.id,
        group.sector(),
        group.site(),
        group.model(),
        current == null ? 0 : current.shape.intervalMicros() / 1e6,
        CoverageState.isConnected(device, nowMicros, sessions),
        known(CoverageState.lastSeenMicros(device, sessions)),
        known(device.lastSampleMicros()),
        sum[0],
        sum[1],
        sum[2],
        RatioCounts.ratio(sum[1], sum[0]),
        RatioCounts.ratio(sum[2], sum[1]),
        RatioCounts.ratio(sum[2], sum[0]),
        device.isStopped(nowMicros));
  }

  private static @Nullable Long known(long micros) {
    return micros == Long.MIN_VALUE ? null : (Long) micros;
  }

  /** See {@code CoverageService.device}. */
  public @Nullable DeviceDetail device(String id, long nowMicros) {
    synchronized (book) {
      DeviceCoverage device = book.find(id);
      if (device == null) {
        return null;
      }
      List<DeviceWindow> windows = new ArrayList<>();
      for (Window window : List.of(Window.HOUR, Window.DAY, Window.MONTH)) {
        CoverageFigures.Bounds bounds = CoverageFigures.bounds(window, nowMicros, book.calendar());
        windows.add(
            new DeviceWindow(
                window.label(),
                bounds.start(),
                bounds.end(),
                row(device, bounds, nowMicros),
                window == Window.MONTH ? List.of() : metrics(device, bounds)));
      }
      return new DeviceDetail(id, windows);
    }
  }

  private List<MetricRow> metrics(DeviceCoverage device, CoverageFigures.Bounds bounds) {
    Map<String, long[]> sums = new TreeMap<>();
    for (ExpectationPeriod span : device.spans()) {
      span.shape
          .metrics()
          .forEach((name, place) ->
              span.count(
                  place,
                  bounds.start(),
                  bounds.end(),
                  book.shelf(),
                  sums.computeIfAbsent(name, key -> new long[3])));
    }
    List<MetricRow> rows = new ArrayList<>();
    sums.forEach((name, sum) -> rows.add(new MetricRow(name, sum[0], sum[1], sum[2])));
    return rows;
  }

  /** What a day has, by group, as far as the book still knows it. */
  Map<GroupKey, long[]> day(long day, long nowMicros) {
    Calendar calendar = book.calendar();
    long start = calendar.dayStart(day);
    long end = Math.min(calendar.dayStart(day + 1), nowMicros);
    Map<GroupKey, long[]> rows = new java.util.HashMap<>();
    synchronized (book) {
      book.forEach(device -> addDay(device, start, end, rows));
      book.lateness()
          .forEach((group, lateness) -> {
            Lateness.Sum sum = new Lateness.Sum();
            lateness.day(day, sum);
            if (sum.received() > 0) {
              long[] row = rows.computeIfAbsent(group, key -> new long[DayTable.COLUMNS]);
              row[DayTable.RECEIVED] += sum.received();
              row[DayTable.TIMELY] += sum.timely();
            }
          });
    }
    return rows;
  }

  private void addDay(DeviceCoverage device, long start, long end, Map<GroupKey, long[]> rows) {
    Set<GroupKey> counted = new HashSet<>();
    for (ExpectationPeriod span : device.spans()) {
      if (!span.touches(start, end)) {
        continue;
      }
      long[] sum = new long[3];
      span.count(start, end, book.shelf(), sum);
      long all = span.slots(start, end) * span.shape.count();
      long[] row = rows.computeIfAbsent(span.group, key -> new long[DayTable.COLUMNS]);
      row[DayTable.DEVICES] += counted.add(span.group) ? 1 : 0;
      row[DayTable.DUE] += sum[0];
      row[DayTable.FILLED] += sum[1];
      row[DayTable.GOOD] += sum[2];
      row[DayTable.EXCLUDED] += all - sum[0];
    }
    boolean isPlanned = device.isPlanned();
    if (isPlanned) {
      long[] row = rows.computeIfAbsent(device.group(), key -> new long[DayTable.COLUMNS]);
      row[DayTable.PLANNED]++;
      row[DayTable.COMMISSIONED] += device.isCommissioned() ? 1 : 0;
    }
  }
}
