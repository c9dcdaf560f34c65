package io.sluice.sim.audit.coverage;

import io.sluice.sim.audit.FarEnd;
import io.sluice.sim.audit.GatewayApi;
import io.sluice.sim.audit.coverage.CoverageApi.Site;
import io.sluice.sim.audit.coverage.CoverageApi.SiteCounts;
import io.sluice.sim.audit.coverage.CoverageTruth.Counts;
import io.sluice.sim.audit.coverage.CoverageTruth.Looks;
import io.sluice.sim.audit.coverage.OutageAudit.Outage;
import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.fleet.FleetRun.Played;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Coverage as the gateway reports it against coverage as it was, by site, from the moment of {@link
 * #begin} on.
 */
public final class CoverageAudit {
  private static final int MOST_LOOKS = 60;
  private static final int MOST_PRINTED = 50;
  private static final long RETRY_MILLIS = 500;

  private final CoverageApi api;
  private final Clock clock;
  private final Look began;
  private final List<Look> looks = new ArrayList<>();
  private int calls;
  private int callsALook = 1;
  private final YearMonth month;

  private CoverageAudit(GatewayApi api, Clock clock) throws IOException, InterruptedException {
    this.api = new CoverageApi(api);
    this.clock = clock;
    this.month = month();
    this.began = ask();
  }

  /**
   * Takes down what the gateway has counted before the fleet plays.
   *
   * @param clock the one that the fleet, and the gateway, go by
   */
  public static CoverageAudit begin(GatewayApi api, Clock clock)
      throws IOException, InterruptedException {
    return new CoverageAudit(api, clock);
  }

  /** What the gateway said, at some moment between two. */
  private record Look(long fromMillis, long toMillis, Map<Site, SiteCounts> sites) {
    SiteCounts of(Site site) {
      return sites.getOrDefault(site, SiteCounts.NONE);
    }
  }

  private Look ask() throws IOException, InterruptedException {
    long from = clock.millis();
    Map<Site, SiteCounts> sites = api.coverage(month);
    return new Look(from, clock.millis(), sites);
  }

  /** Takes down what the gateway counts now, for the course; every second one goes at the bound. */
  public void look() throws IOException, InterruptedException {
    if (calls++ % callsALook != 0) {
      return;
    }
    looks.add(ask());
    if (looks.size() == MOST_LOOKS) {
      for (int i = MOST_LOOKS - 1; i >= 0; i -= 2) {
        looks.remove(i);
      }
      callsALook *= 2;
    }
  }

  private YearMonth month() {
    return YearMonth.now(clock.withZone(ZoneOffset.UTC));
  }

  /**
   * One site.
   *
   * @param devicesTrue in the fleet
   * @param filledLow values that certainly filled a slot
   * @param filledHigh values that may have
   * @param dueTrue values that were due: as reported where that can be, else by time and interval
   * @param fault what is wrong, or null
   */
  public record SiteResult(
      String sector,
      String site,
      long devicesReported,
      long devicesTrue,
      long dueReported,
      long filledReported,
      long filledLow,
      long filledHigh,
      long goodReported,
      double dueTrue,
      @Nullable String fault) {}

  /**
   * Completeness since the start, at a moment of the run.
   *
   * @param reported filled ÷ due as the gateway counts; null while nothing is due
   * @param real the same as it was
   */
  public record CoursePoint(long atMillis, @Nullable Double reported, @Nullable Double real) {}

  /**
   * @param elsewhere what is wrong besides the sites: outages that were none, sums that differ,
   *     sites that are nobody's
   * @param outages of the gateway within the run, by its own word, in which nothing is due
   * @param course how completeness went; empty until {@link CoverageAudit#withCourse}
   * @param compared why there is nothing to compare, or null where there was
   */
  public record Result(
      List<SiteResult> sites,
      List<String> elsewhere,
      List<Outage> outages,
      List<CoursePoint> course,
      @Nullable String compared) {
    static Result notCompared(String why) {
      return new Result(List.of(), List.of(), List.of(), List.of(), why);
    }

    public boolean holds() {
      return elsewhere.isEmpty() && sites.stream().allMatch(site -> site.fault() == null);
    }

    /** A few aligned lines. */
    public String text() {
      if (compared != null) {
        return "coverage: " + compared + "\n";
      }
      StringBuilder text = new StringBuilder("coverage: ");
      text.append(holds() ? "reported as it was" : "NOT AS IT WAS").append('\n');
      for (SiteResult site : sites) {
        text.append(
            "  %-30s devices %d (%d)  filled %,d (%s)  due %,d%s%n"
                .formatted(
                    site.sector + "/" + site.site,
                    site.devicesReported,
                    site.devicesTrue,
                    site.filledReported,
                    range(site.filledLow, site.filledHigh),
                    site.dueReported,
                    site.fault == null ? "" : "  " + site.fault));
      }
      for (Outage outage : outages) {
        text.append(
            "  the gateway was away from %s for %.1f s%n"
                .formatted(
                    Instant.ofEpochMilli(outage.fromMillis()),
                    (outage.toMillis() - outage.fromMillis()) / 1e3));
      }
      elsewhere.stream()
          .limit(MOST_PRINTED)
          .forEach(fault -> text.append("  ").append(fault).append('\n'));
      return text.toString();
    }
  }

  private static String range(long low, long high) {
    if (high >= CoverageTruth.ANY) {
      return "at least %,d".formatted(low);
    }
    return low == high ? "%,d".formatted(low) : "%,d to %,d".formatted(low, high);
  }

  /**
   * Compares; the run has stopped.
   *
   * @param far what is known of the far end, or null: then what was acknowledged counts
   */
  public Result compare(FleetRun run, @Nullable FarEnd far)
      throws IOException, InterruptedException {
    if (!month.equals(month())) {
      return Result.notCompared("not compared, as a month ended during the run");
    }
    Look now = ask();
    long start = run.startMillis();
    List<Outage> outages = OutageAudit.within(api.outages(), start, now.toMillis);
    List<String> elsewhere = new ArrayList<>(OutageAudit.faults(outages, run.silences().all()));
    CoverageConsistency everywhere = api.everywhere(month);
    elsewhere.addAll(everywhere.faults());
    Looks looks =
        new Looks(
            began.fromMillis - start,
            began.toMillis - start,
            now.fromMillis - start,
            now.toMillis - start,
            since(outages, start));
    Map<Site, Counts> truth = truth(run, far, looks);
    List<SiteResult> sites = new ArrayList<>();
    truth.forEach((site, counts) -> sites.add(compare(site, counts, now)));
    for (Site site : now.sites.keySet()) {
      if (!truth.containsKey(site) && !began.sites.containsKey(site)) {
        elsewhere.add("site " + site + " has appeared, and is none of the fleet's");
      }
    }
    elsewhere.addAll(
        new CoverageNow(run, far == null ? CoverageAudit::acknowledged : atFarEnd(far))
            .faults(everywhere.bySite()));
    return new Result(sites, elsewhere, outages, List.of(), null);
  }

  private static List<Outage> since(List<Outage> outages, long startMillis) {
    return outages.stream()
        .map(each -> new Outage(each.fromMillis() - startMillis, each.toMillis() - startMillis))
        .toList();
  }

  /** Compares until it holds or that time is over: a slot counts only when its time has come. */
  public Result settled(FleetRun run, @Nullable FarEnd far, Duration within)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + within.toNanos();
    Result result = compare(run, far);
    while (!result.holds() && System.nanoTime() < until) {
      TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
      result = compare(run, far);
    }
    return result;
  }

  /** The same with its course, which costs a look at every message for each look at the gateway. */
  public Result withCourse(Result result, FleetRun run, @Nullable FarEnd far) {
    return result.compared() == null
        ? new Result(result.sites(), result.elsewhere(), result.outages(), course(run, far), null)
        : result;
  }

  private Map<Site, Counts> truth(FleetRun run, @Nullable FarEnd far, Looks looks) {
    return CoverageTruth.of(
        run.scenario(),
        run.ledger(),
        far == null ? CoverageAudit::acknowledged : atFarEnd(far),
        site -> began.of(site).filled() == 0,
        looks);
  }

  private static CoverageTruth.Arrival atFarEnd(FarEnd far) {
    return new CoverageTruth.Arrival() {
      @Override
      public CoverageTruth.Outcome of(Played played, int index) {
        return far.outcome(played, index);
      }

      @Override
      public Long lateness(Played played, int index) {
        return far.latenessMicros(played, index);
      }

      @Override
      public Long copies(Played played) {
        return far.copies(played);
      }
    };
  }

  /** Of all sites together; late data counts in the truth from when it was measured. */
  private List<CoursePoint> course(FleetRun run, @Nullable FarEnd far) {
    List<CoursePoint> points = new ArrayList<>();
    for (Look look : looks) {
      long atMillis = look.toMillis - run.startMillis();
      Map<Site, Counts> truth = truth(run, far, Looks.until(atMillis));
      long filled = 0;
      long due = 0;
      long truly = 0;
      long expected = 0;
      for (Map.Entry<Site, Counts> site : truth.entrySet()) {
        filled += look.of(site.getKey()).filled() - began.of(site.getKey()).filled();
        due += look.of(site.getKey()).due() - began.of(site.getKey()).due();
        truly += site.getValue().filledLow();
        expected += site.getValue().dueHigh();
      }
      points.add(
          new CoursePoint(
              atMillis,
              due == 0 ? null : (double) filled / due,
              expected == 0 ? null : (double) truly / expected));
    }
    return points;
  }

  private static CoverageTruth.Outcome acknowledged(Played played, int index) {
    if (played.log().ackedAt(index)) {
      return CoverageTruth.Outcome.ARRIVED;
    }
    return played.log().refusedAt(index)
        ? CoverageTruth.Outcome.LOST
        : CoverageTruth.Outcome.UNKNOWN;
  }

  private SiteResult compare(Site site, Counts truth, Look look) {
    SiteCounts now = look.of(site);
    SiteCounts before = began.of(site);
    long filled = now.filled() - before.filled();
    long good = now.good() - before.good();
    long due = now.due() - before.due();
    long received = now.received() - before.received();
    long timely = now.timely() - before.timely();
    List<String> faults = new ArrayList<>();
    if (now.devices() != truth.devices()) {
      faults.add(now.devices() + " devices are counted, " + truth.devices() + " there are");
    }
    if (filled < truth.filledLow() || filled > truth.filledHigh()) {
      faults.add(
          "%,d values fill slots, really %s"
              .formatted(filled, range(truth.filledLow(), truth.filledHigh())));
    }
    if (received < truth.samples() || received > truth.samplesHigh()) {
      faults.add(
          "%,d samples are counted as received, really %s"
              .formatted(received, range(truth.samples(), truth.samplesHigh())));
    }
    if (timely < truth.timelyLow() || timely > truth.timelyHigh()) {
      faults.add(
          "%,d samples are counted as timely, really %s"
              .formatted(timely, range(truth.timelyLow(), truth.timelyHigh())));
    }
    if (good > filled) {
      faults.add("more values are good (%,d) than there are".formatted(good));
    } else if (good < truth.goodLow() || good > truth.goodHigh()) {
      faults.add(
          "%,d values are good, really %s"
              .formatted(good, range(truth.goodLow(), truth.goodHigh())));
    }
    boolean isDueRight = due >= truth.dueLow() && due <= truth.dueHigh();
    if (!isDueRight) {
      faults.add(
          "%,d values are due, really %s".formatted(due, range(truth.dueLow(), truth.dueHigh())));
    }
    return new SiteResult(
        site.sector(),
        site.site(),
        now.devices(),
        truth.devices(),
        due,
        filled,
        truth.filledLow(),
        truth.filledHigh(),
        good,
        isDueRight ? (double) due : (truth.dueLow() + truth.dueHigh()) / 2.0,
        faults.isEmpty() ? null : String.join("; ", faults));
  }
}
