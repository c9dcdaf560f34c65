package io.sluice.sim.audit;

import io.sluice.sim.audit.CoverageTruth.Counts;
import io.sluice.sim.audit.GatewayApi.Site;
import io.sluice.sim.audit.GatewayApi.SiteCounts;
import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.fleet.FleetRun.Played;
import java.io.IOException;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Coverage as the gateway reports it against coverage as it was, by site, from the moment of {@link
 * #begin} on.
 */
public final class CoverageAudit {
  private final GatewayApi api;
  private final Map<Site, SiteCounts> before;
  private final long beganMillis;
  private final YearMonth month;

  private CoverageAudit(GatewayApi api, Map<Site, SiteCounts> before) {
    this.api = api;
    this.before = before;
    this.beganMillis = System.currentTimeMillis();
    this.month = YearMonth.now(ZoneOffset.UTC);
  }

  /** Takes down what the gateway has counted before the fleet plays. */
  public static CoverageAudit begin(GatewayApi api) throws IOException, InterruptedException {
    return new CoverageAudit(api, api.coverage());
  }

  /**
   * One site.
   *
   * @param devicesTrue in the fleet
   * @param filledLow values that certainly filled a slot
   * @param filledHigh values that may have
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
      @Nullable String fault) {}

  /**
   * @param compared why there is nothing to compare, or null where there was
   */
  public record Result(List<SiteResult> sites, @Nullable String compared) {
    public boolean holds() {
      return sites.stream().allMatch(site -> site.fault() == null);
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
      return text.toString();
    }
  }

  private static String range(long low, long high) {
    return low == high ? "%,d".formatted(low) : "%,d to %,d".formatted(low, high);
  }

  /**
   * Compares; the run has stopped.
   *
   * @param far what is known of the far end, or null: then what was acknowledged counts
   */
  public Result compare(FleetRun run, @Nullable FarEnd far)
      throws IOException, InterruptedException {
    if (!month.equals(YearMonth.now(ZoneOffset.UTC))) {
      return new Result(List.of(), "not compared, as a month ended during the run");
    }
    Map<Site, Counts> truth =
        CoverageTruth.of(
            run.scenario(),
            run.ledger(),
            far == null ? CoverageAudit::acknowledged : far::outcome,
            site -> before.getOrDefault(site, SiteCounts.NONE).filled() == 0);
    Map<Site, SiteCounts> now = api.coverage();
    double millis = System.currentTimeMillis() - beganMillis;
    List<SiteResult> sites = new ArrayList<>();
    truth.forEach((site, counts) ->
        sites.add(
            compare(
                site,
                counts,
                now.getOrDefault(site, SiteCounts.NONE),
                before.getOrDefault(site, SiteCounts.NONE),
                millis)));
    return new Result(sites, null);
  }

  private static CoverageTruth.Outcome acknowledged(Played played, int index) {
    if (played.log().ackedAt(index)) {
      return CoverageTruth.Outcome.ARRIVED;
    }
    return played.log().refusedAt(index)
        ? CoverageTruth.Outcome.LOST
        : CoverageTruth.Outcome.UNKNOWN;
  }

  private static SiteResult compare(
      Site site, Counts truth, SiteCounts now, SiteCounts before, double millis) {
    long filled = now.filled() - before.filled();
    long good = now.good() - before.good();
    long due = now.due() - before.due();
    List<String> faults = new ArrayList<>();
    if (now.devices() != truth.devices()) {
      faults.add(now.devices() + " devices are counted, " + truth.devices() + " there are");
    }
    if (filled < truth.filledLow() || filled > truth.filledHigh()) {
      faults.add(
          "%,d values fill slots, really %s"
              .formatted(filled, range(truth.filledLow(), truth.filledHigh())));
    }
    if (good > filled) {
      faults.add("more values are good (%,d) than there are".formatted(good));
    }
    // between two looks each device gets its whole slots, and one more or less at the ends
    double expected = millis * truth.valuesPerMilli();
    if (Math.abs(due - expected) > 1.5 * truth.slotValues()) {
      faults.add("%,d values are due, really about %,.0f".formatted(due, expected));
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
        faults.isEmpty() ? null : String.join("; ", faults));
  }
}
