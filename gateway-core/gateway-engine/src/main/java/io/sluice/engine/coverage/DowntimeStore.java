package io.sluice.engine.coverage;

import io.sluice.api.operator.CoverageService.Outage;
import io.sluice.api.operator.CoverageService.Stop;
import io.sluice.api.operator.CoverageService.StopScope;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.engine.coverage.slot.Calendar;
import io.sluice.engine.coverage.slot.Exclusions;
import io.sluice.engine.coverage.slot.Intervals.Interval;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Approved stops and the gateway's own outages: kept on disk before they hold in the book.
 * Thread-safe.
 */
final class DowntimeStore {
  private static final Logger LOG = LoggerFactory.getLogger(DowntimeStore.class);
  private static final int STOPS_MAX = 1_000;
  private static final int OUTAGES_MAX = 1_000;
  private static final int TEXT_MAX = 500;
  private static final long KEPT_MICROS = DayTable.DAYS_KEPT * Calendar.DAY_MICROS;
  private static final long OUTAGE_MIN_MICROS = 1_000_000;

  /** A gap between two signs of the gateway's own life that is no delay any more. */
  static final long GAP_MICROS = 30_000_000;

  private final DowntimeTable table;
  private final CoverageState book;
  private final LongSupplier nowMicros;
  private Map<Long, Stop> stops = new TreeMap<>();
  private List<Interval> outages = List.of();

  DowntimeStore(CoverageDatabase database, CoverageState book, LongSupplier nowMicros) {
    this.table = new DowntimeTable(database);
    this.book = book;
    this.nowMicros = nowMicros;
  }

  /**
   * Takes over what was kept.
   *
   * @param savedMicros when the book was saved: what came since may reach as far back as it could
   *     then, however long the gateway was away
   */
  synchronized void load(long savedMicros) throws IOException {
    stops = table.stops();
    outages = table.outages(OUTAGES_MAX);
    book.exclude(Exclusions.of(stops.values(), outages), savedMicros);
  }

  private void hold() {
    book.exclude(Exclusions.of(stops.values(), outages), nowMicros.getAsLong());
  }

  /** The gateway was away from the first to the second. */
  synchronized void addOutage(long from, long to) throws IOException {
    if (to - from >= OUTAGE_MIN_MICROS) {
      table.addOutage(new Interval(from, to), to - KEPT_MICROS);
      outages = table.outages(OUTAGES_MAX);
      hold();
    }
  }

  /**
   * The gateway did not look at its clock from the first to the second: it was held up, or the
   * clock was set. What lies between was nobody's to report.
   *
   * @param passedMicros what passed by a clock that nobody sets
   * @param heldUpMicros how long ago it looked last, by the machine's time
   */
  void noteGap(long from, long to, long passedMicros, long heldUpMicros) throws IOException {
    if (heldUpMicros >= GAP_MICROS || to - from - passedMicros >= GAP_MICROS) {
      LOG.warn(
          "coverage: {} s of time are missing ({} s passed): the clock was set forward or the"
              + " gateway was held up; nothing is due in them",
          (to - from) / 1_000_000,
          passedMicros / 1_000_000);
      addOutage(from, to);
    }
  }

  /** Keeps all of it once more: the file was begun anew. */
  synchronized void keepAgain(long now) throws IOException {
    for (Stop stop : stops.values()) {
      table.put(stop);
    }
    for (Interval outage : outages) {
      table.addOutage(outage, now - KEPT_MICROS);
    }
  }

  /** Newest first. */
  synchronized List<Outage> outages() {
    return outages.stream()
        .map(each -> new Outage(each.from(), each.to(), (each.to() - each.from()) / 1e6))
        .toList();
  }

  /** Newest first. */
  synchronized List<Stop> stops() {
    return stops.values().stream()
        .sorted(Comparator.comparingLong(Stop::from).thenComparingLong(Stop::id).reversed())
        .toList();
  }

  synchronized Stop add(Stop wanted) {
    Stop stop =
        new Stop(
            0,
            wanted.scope(),
            wanted.key(),
            wanted.from() == 0 ? nowMicros.getAsLong() : wanted.from(),
            wanted.to(),
            wanted.reason(),
            wanted.by());
    check(stop);
    try {
      Stop kept = table.put(stop);
      stops.put(kept.id(), kept);
      hold();
      return kept;
    } catch (IOException e) {
      throw new StoreUnavailableException(String.valueOf(e.getMessage()), e);
    }
  }

  private void check(Stop stop) {
    Long to = stop.to();
    if (stops.size() >= STOPS_MAX) {
      throw new IllegalArgumentException(
          STOPS_MAX + " stops are known already; put several devices into one by site or model");
    }
    if (stop.from() < nowMicros.getAsLong() - CoverageState.FINAL_MICROS) {
      throw new IllegalArgumentException(
          "from lies more than 72 h in the past: what was counted then is final");
    }
    if (to != null && to <= stop.from()) {
      throw new IllegalArgumentException("to must lie after from; leave it out where it is open");
    }
    if (stop.reason().isBlank() || stop.reason().length() > TEXT_MAX) {
      throw new IllegalArgumentException(
          "reason must have 1 to " + TEXT_MAX + " characters: it stands in the report");
    }
    if ((stop.scope() == StopScope.ALL) != stop.key().isEmpty()) {
      throw new IllegalArgumentException(
          "key must name the sector, site, model or device, and be left out where scope is all");
    }
  }

  synchronized @Nullable Stop end(long id) {
    Stop stop = stops.get(id);
    if (stop == null) {
      return null;
    }
    long now = nowMicros.getAsLong();
    Long to = stop.to();
    if (to != null && to <= now) {
      return stop;
    }
    Stop ended =
        new Stop(
            id,
            stop.scope(),
            stop.key(),
            stop.from(),
            Math.max(stop.from(), now),
            stop.reason(),
            stop.by());
    try {
      table.put(ended);
    } catch (IOException e) {
      throw new StoreUnavailableException(String.valueOf(e.getMessage()), e);
    }
    stops.put(id, ended);
    hold();
    return ended;
  }

  /** Forgets what no report looks at any more. */
  synchronized void forgetOld(long now) throws IOException {
    table.removeStopsBefore(now - KEPT_MICROS);
    stops = table.stops();
  }
}
