package io.sluice.fleet.view;

import io.sluice.admin.http.BadRequestException;
import io.sluice.api.operator.CoverageService;
import io.sluice.engine.coverage.CoverageFigures;
import io.sluice.engine.coverage.CoverageViews;
import io.sluice.engine.coverage.slot.Calendar;
import io.sluice.engine.coverage.slot.Intervals;
import io.sluice.fleet.gateway.GatewayBook;
import io.sluice.fleet.view.Gathering.Gathered;
import java.time.Clock;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Coverage of the fleet: the sum over all partitions at one moment. Thread-safe; a look takes time
 * with the devices of the fastest and waits for the slowest instance.
 */
public final class FleetCoverage implements CoverageService {
  /** How old figures may be. */
  private static final long FRESH_MICROS = 2_000_000;

  private final Gathering gathering;
  private final GatewayBook gateways;
  private final Calendar calendar;
  private final Clock clock;
  private volatile @Nullable Total total;

  /** All partitions' sums at one moment. */
  private record Total(CoverageFigures figures, Share share) {}

  FleetCoverage(Gathering gathering, GatewayBook gateways, Calendar calendar, Clock clock) {
    this.gathering = gathering;
    this.gateways = gateways;
    this.calendar = calendar;
    this.clock = clock;
  }

  private long nowMicros() {
    return clock.millis() * 1_000;
  }

  private synchronized Total renewed() {
    Total known = total;
    long age = known == null ? Long.MAX_VALUE : nowMicros() - known.figures.atMicros;
    if (known == null || age < 0 || age >= FRESH_MICROS) {
      known = sum(null);
      total = known;
    }
    return known;
  }

  private Total sum(@Nullable String gateway) {
    long at = nowMicros();
    Gathered gathered = gathering.ask(PartQuestion.figures(at, gateway));
    CoverageFigures sum = new CoverageFigures(at, calendar);
    gathered.parts().forEach(each -> sum.add((CoverageFigures) each));
    return new Total(sum, gathered.share());
  }

  @Override
  public boolean isOfFleet() {
    return true;
  }

  @Override
  public Coverage coverage(Window window, By by) {
    return view(renewed(), window, by, gateways.outagesEverywhere());
  }

  @Override
  public Coverage coverage(Window window, By by, String gateway) {
    List<Intervals.Interval> own = gateways.outages().getOrDefault(gateway, List.of());
    return view(sum(gateway), window, by, Intervals.of(own));
  }

  private static Coverage view(Total of, Window window, By by, Intervals outages) {
    return of.figures.view(window, by, outages).of(of.share);
  }

  @Override
  public Coverage latest(Window window, By by) {
    Total known = total;
    return view(known == null ? renewed() : known, window, by, gateways.outagesEverywhere());
  }

  /** How much of the fleet answers now. */
  public Share share() {
    return renewed().share;
  }

  @Override
  public Trend trend(Window window, Filter of) {
    PartQuestion question = PartQuestion.of(PartQuestion.What.TREND, nowMicros(), window, of);
    List<Trend> parts = all(gathering.ask(question), Trend.class);
    if (parts.isEmpty()) {
      return new Trend((window == Window.MONTH ? Window.MONTH : Window.DAY).label(), 0, List.of());
    }
    Intervals outages = gateways.outagesEverywhere();
    Trend first = parts.getFirst();
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < first.points().size(); i++) {
      int place = i;
      List<Point> same = parts.stream().map(part -> part.points().get(place)).toList();
      long from = first.points().get(i).t();
      long to = i + 1 < first.points().size() ? first.points().get(i + 1).t() : question.at();
      points.add(sum(same, outages.overlap(from, to) / 1e6));
    }
    return new Trend(first.window(), first.step(), points);
  }

  private static Point sum(List<Point> points, double outageSeconds) {
    long due = points.stream().mapToLong(Point::due).sum();
    long filled = points.stream().mapToLong(Point::filled).sum();
    long good = points.stream().mapToLong(Point::good).sum();
    long expected = points.stream().mapToLong(Point::expected).sum();
    long reporting = points.stream().mapToLong(Point::reporting).sum();
    return new Point(
        points.getFirst().t(),
        due,
        filled,
        good,
        expected,
        reporting,
        ratio(reporting, expected),
        ratio(filled, due),
        ratio(good, filled),
        ratio(good, due),
        outageSeconds);
  }

  private static @Nullable Double ratio(long numerator, long denominator) {
    return denominator == 0 ? null : (Double) ((double) numerator / denominator);
  }

  private static <T> List<T> all(Gathered gathered, Class<T> type) {
    return gathered.parts().stream().map(type::cast).toList();
  }

  @Override
  public List<DeviceRow> devices(
      Window window, Filter filter, boolean worstFirst, int limit, @Nullable String after) {
    PartQuestion question =
        PartQuestion.rows(
            PartQuestion.What.ROWS, nowMicros(), window, filter, worstFirst, limit, after);
    Comparator<DeviceRow> order =
        worstFirst ? CoverageViews.WORST : Comparator.comparing(DeviceRow::device);
    return gathering.ask(question).parts().stream()
        .flatMap(part -> ((List<?>) part).stream())
        .map(DeviceRow.class::cast)
        .sorted(order)
        .limit(limit)
        .toList();
  }

  @Override
  public long count(Filter filter, boolean commissionedOnly) {
    PartQuestion question =
        PartQuestion.rows(
            PartQuestion.What.COUNT, nowMicros(), Window.HOUR, filter, commissionedOnly, 0, null);
    return all(gathering.ask(question), Long.class).stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public @Nullable DeviceDetail device(String id) {
    Gathered gathered = gathering.ask(PartQuestion.device(nowMicros(), id));
    return gathered.parts().stream()
        .flatMap(part -> ((List<?>) part).stream())
        .map(DeviceDetail.class::cast)
        .findFirst()
        .orElse(null);
  }

  @Override
  public Changes changes(ChangeFilter filter) {
    return new Changes(List.of(), Map.of(), false);
  }

  @Override
  public List<Outage> outages() {
    return gateways.outages().values().stream()
        .flatMap(List::stream)
        .map(each -> new Outage(each.from(), each.to(), (each.to() - each.from()) / 1e6))
        .sorted(Comparator.comparingLong(Outage::from).reversed())
        .limit(1_000)
        .toList();
  }

  @Override
  public List<Stop> stops() {
    return gateways.stops();
  }

  @Override
  public Stop addStop(Stop stop) {
    throw new BadRequestException(
        "a stop is approved at the gateways, which tell the fleet: POST it at each one's API");
  }

  @Override
  public @Nullable String unknown(StopScope scope, String key) {
    return null;
  }

  @Override
  public @Nullable Stop endStop(long id) {
    return null;
  }

  @Override
  public Month month(YearMonth month) {
    throw new BadRequestException("a report of a month is at each gateway: sluice coverage report");
  }

  /** All devices, in the order of their ids, with the share of the fleet that answered. */
  Gathered registered(PartQuestion question) {
    return Objects.requireNonNull(gathering.ask(question));
  }
}
