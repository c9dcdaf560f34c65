package io.sluice.admin;

import io.sluice.api.operator.CoverageService;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One site: one of two devices reports, half of what is due came, all of it good. */
final class FixedCoverage implements CoverageService {
  private final List<Stop> stops = new ArrayList<>();

  /** What the last trend was asked of. */
  Filter lastTrend = Filter.ALL;

  /** What changes were asked for last. */
  ChangeFilter lastChanges = new ChangeFilter(1, List.of(), 1, 1);

  @Override
  public Coverage coverage(Window window, By by) {
    Group group =
        new Group(
            "north", "farm", "north", null, 2, 1, 1, 20, 10, 10, 0.5, 0.5, 0.5, 1.0, 0.5, null, 0,
            0, 0, null, 0, 0, null, null, null);
    return new Coverage(window.label(), 7, true, false, 1, 6, 0, List.of(group));
  }

  @Override
  public Coverage latest(Window window, By by) {
    return coverage(window, by);
  }

  @Override
  public Trend trend(Window window, Filter of) {
    lastTrend = of;
    Point point = new Point(1, 20, 10, 10, 2, 1, 0.5, 0.5, 1.0, 0.5, 0);
    return new Trend(window.label(), 3_600, List.of(point));
  }

  private static DeviceRow row(String id) {
    return new DeviceRow(
        id, "farm", "north", "soil-probe", 60, true, 5L, 5L, 10, 5, 5, 0.5, 1.0, 0.5, false);
  }

  @Override
  public List<DeviceRow> devices(
      Window window, Filter filter, boolean worstFirst, int limit, @Nullable String after) {
    return Stream.of("d-1", "d-2")
        .filter(id -> after == null || id.compareTo(after) > 0)
        .limit(limit)
        .map(FixedCoverage::row)
        .toList();
  }

  @Override
  public long count(Filter filter, boolean commissionedOnly) {
    return 2;
  }

  @Override
  public @Nullable DeviceDetail device(String id) {
    if (!id.equals("d-1")) {
      return null;
    }
    MetricRow metric = new MetricRow("moisture", 10, 5, 5);
    return new DeviceDetail(id, List.of(new DeviceWindow("1h", 1, 6, row(id), List.of(metric))));
  }

  @Override
  public Changes changes(ChangeFilter filter) {
    lastChanges = filter;
    return new Changes(
        List.of(new Change(3, 5, "d-2", "farm", "north", "soil-probe", What.LOST)),
        Map.of(What.LOST, 1L),
        false);
  }

  @Override
  public List<Outage> outages() {
    return List.of(new Outage(1, 2_000_001, 2));
  }

  @Override
  public List<Stop> stops() {
    return stops;
  }

  @Override
  public Stop addStop(Stop stop) {
    if (stop.reason().isBlank()) {
      throw new IllegalArgumentException("reason must have 1 to 500 characters");
    }
    stops.add(stop);
    return stop;
  }

  @Override
  public @Nullable String unknown(StopScope scope, String key) {
    return key.equals("nroth") ? "no device has the site \"nroth\"" : null;
  }

  @Override
  public @Nullable Stop endStop(long id) {
    return id == 1 ? new Stop(1, StopScope.ALL, "", 1, 2L, "works", "ada") : null;
  }

  @Override
  public Month month(YearMonth month) {
    return new Month(month.toString(), "gw", 1, 6, false, List.of(), List.of(), stops, outages());
  }
}
