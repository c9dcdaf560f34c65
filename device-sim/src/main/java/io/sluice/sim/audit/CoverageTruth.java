package io.sluice.sim.audit;

import io.sluice.sim.audit.GatewayApi.Site;
import io.sluice.sim.fleet.FleetRun.Played;
import io.sluice.sim.fleet.SentLog;
import io.sluice.sim.scenario.Fault.Kind;
import io.sluice.sim.scenario.Group;
import io.sluice.sim.scenario.Scenario;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What coverage really was, by what the fleet knows of itself. Written after the public formulas,
 * not after the gateway: a device's slots lie at its first sample's time plus k·I; a sample fills
 * the slot within ±I/2 of it, for each metric of its profile; a slot that is filled stays so.
 *
 * <p>Where the fleet cannot know (a clock that was off on purpose, an outcome that never came, a
 * form without counter, a time before the device was known), the truth is a range.
 */
public final class CoverageTruth {
  private static final long SHORTEST_MILLIS = 1_000;

  private CoverageTruth() {}

  /** Whether a message got through to where it is counted. */
  interface Arrival {
    Outcome of(Played played, int index);
  }

  /** What became of a message. */
  public enum Outcome {
    ARRIVED,
    LOST,
    UNKNOWN
  }

  /**
   * @param filledLow values that certainly fill a slot
   * @param filledHigh values that may
   * @param slotValues what one slot of every device is worth, in values
   * @param valuesPerMilli values that become due each millisecond
   */
  record Counts(
      long devices, long filledLow, long filledHigh, long slotValues, double valuesPerMilli) {
    Counts plus(Counts more) {
      return new Counts(
          devices + more.devices,
          filledLow + more.filledLow,
          filledHigh + more.filledHigh,
          slotValues + more.slotValues,
          valuesPerMilli + more.valuesPerMilli);
    }
  }

  /**
   * @param isFresh whether the gateway has counted nothing of a site before: otherwise its devices'
   *     slots lie where an earlier run put them, which is not known here
   */
  static Map<Site, Counts> of(
      Scenario scenario, List<Played> ledger, Arrival arrival, Predicate<Site> isFresh) {
    return of(scenario, ledger, arrival, isFresh, Long.MAX_VALUE);
  }

  /**
   * The same at a moment of the run.
   *
   * @param untilMillis since the run's start; what was measured later does not count
   */
  static Map<Site, Counts> of(
      Scenario scenario,
      List<Played> ledger,
      Arrival arrival,
      Predicate<Site> isFresh,
      long untilMillis) {
    Map<Site, Counts> truth = new TreeMap<>();
    for (Played played : ledger) {
      Group group = played.device().spec().group();
      Site site = new Site(group.sector(), group.site());
      truth.merge(
          site, of(scenario, played, arrival, isFresh.test(site), untilMillis), Counts::plus);
    }
    return truth;
  }

  private static Counts of(
      Scenario scenario, Played played, Arrival arrival, boolean isGridKnown, long untilMillis) {
    Group group = played.device().spec().group();
    long interval = Math.max(SHORTEST_MILLIS, group.interval().toMillis());
    int metrics = metrics(group);
    SentLog log = played.log();
    Set<Long> certain = new HashSet<>();
    Set<Long> possible = new HashSet<>();
    boolean isClear =
        group.form().carriesCounter() && group.form().carriesTime() && !isSkewed(scenario, played);
    long anchor = Long.MIN_VALUE;
    for (int i = 0; i < log.size(); i++) {
      Outcome outcome = log.badAt(i) ? Outcome.LOST : arrival.of(played, i);
      if (outcome == Outcome.LOST || log.millisAt(i) > untilMillis) {
        continue;
      }
      if (anchor == Long.MIN_VALUE) {
        anchor = log.millisAt(i);
        isClear &= outcome == Outcome.ARRIVED && !log.anyOrderAt(i) && !log.historyAt(i);
      }
      long slot = Math.floorDiv(log.millisAt(i) - anchor + interval / 2, interval);
      possible.add(slot);
      if (outcome == Outcome.ARRIVED && !log.historyAt(i)) {
        certain.add(slot);
      }
    }
    // on another grid, two that share a slot may lie in two, and two neighbours in one
    long low = isGridKnown ? certain.size() : (certain.size() + 1) / 2;
    long high =
        isClear && isGridKnown ? possible.size() : Math.min(log.size(), 2L * possible.size());
    return new Counts(
        1, isClear ? low * metrics : 0, high * metrics, metrics, (double) metrics / interval);
  }

  /** Metrics that are due: those of the profile; a plc's tags are nobody's to expect. */
  private static int metrics(Group group) {
    return group.profile().id().equals("plc") ? 0 : group.profile().metrics().size();
  }

  private static boolean isSkewed(Scenario scenario, Played played) {
    for (int number = 0; number < scenario.faults().size(); number++) {
      if (scenario.faults().get(number).kind() == Kind.SKEW
          && scenario.faults().get(number).hits(played.device().spec(), number)) {
        return true;
      }
    }
    return false;
  }
}
