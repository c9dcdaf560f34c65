package io.sluice.sim.audit.coverage;

import io.sluice.sim.audit.coverage.CoverageApi.Site;
import io.sluice.sim.audit.coverage.OutageAudit.Outage;
import io.sluice.sim.fleet.FleetRun.Played;
import io.sluice.sim.fleet.SentLog;
import io.sluice.sim.scenario.DeviceGroup;
import io.sluice.sim.scenario.Scenario;
import io.sluice.sim.scenario.ScenarioFault.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What coverage really was, by what the fleet knows of itself. Written after the public formulas,
 * not after the gateway: the centres of a device's slots lie at its first sample's time plus k·I; a
 * sample fills the slot within ±I/2 of it, for each metric of its profile; a slot that is filled
 * stays so, and counts, as due and as filled, when its centre has come.
 *
 * <p>Where the fleet cannot know (a clock that was off on purpose, an outcome that never came, a
 * form without counter, a time before the device was known), the truth is a range.
 */
public final class CoverageTruth {
  private static final long SHORTEST_MILLIS = 1_000;

  /** What is further ahead of when it was received is of no slot. */
  private static final long AHEAD_MAX_MICROS = 300_000_000;

  /** The slots lie where the first sample puts them. */
  private static final long BY_FIRST = Long.MIN_VALUE;

  /** More than any run has. */
  static final long ANY = 1L << 50;

  private CoverageTruth() {}

  /** Whether a message got through to where it is counted. */
  interface Arrival {
    Outcome of(Played played, int index);

    /** How long after its own time it was received, microseconds; null where nobody knows. */
    default @Nullable Long lateness(Played played, int index) {
      return null;
    }

    /** Messages of a device that were received more than once; null where nobody knows. */
    default @Nullable Long copies(Played played) {
      return null;
    }
  }

  /** What became of a message. */
  public enum Outcome {
    ARRIVED,
    LOST,
    UNKNOWN
  }

  /**
   * When the gateway was asked, milliseconds since the run's start: some time between the two.
   *
   * @param beganFrom before the fleet played
   * @param nowFrom at the moment that is looked at
   * @param away the gateway's outages: nothing is due in them, and nothing fills them
   */
  record Looks(long beganFrom, long beganTo, long nowFrom, long nowTo, List<Outage> away) {
    Looks(long beganFrom, long beganTo, long nowFrom, long nowTo) {
      this(beganFrom, beganTo, nowFrom, nowTo, List.of());
    }

    boolean isAway(long millis) {
      return away.stream()
          .anyMatch(outage -> millis >= outage.fromMillis() && millis < outage.toMillis());
    }

    /** From the run's start to that moment of it. */
    static Looks until(long millis) {
      return new Looks(0, 0, millis, millis);
    }
  }

  /**
   * @param samples that certainly arrived
   * @param samplesHigh that may have, copies counted
   * @param timelyLow that certainly were received in time
   * @param filledLow values that certainly fill a slot
   * @param filledHigh values that may
   * @param dueLow values that certainly became due between the two looks
   * @param dueHigh values that may have
   */
  record Counts(
      long devices,
      long samples,
      long samplesHigh,
      long timelyLow,
      long timelyHigh,
      long filledLow,
      long filledHigh,
      long goodLow,
      long goodHigh,
      long dueLow,
      long dueHigh) {
    Counts plus(Counts more) {
      return new Counts(
          devices + more.devices,
          samples + more.samples,
          samplesHigh + more.samplesHigh,
          timelyLow + more.timelyLow,
          timelyHigh + more.timelyHigh,
          filledLow + more.filledLow,
          filledHigh + more.filledHigh,
          goodLow + more.goodLow,
          goodHigh + more.goodHigh,
          dueLow + more.dueLow,
          dueHigh + more.dueHigh);
    }

    /** What holds for either. */
    Counts or(Counts other) {
      return new Counts(
          devices,
          Math.min(samples, other.samples),
          Math.max(samplesHigh, other.samplesHigh),
          Math.min(timelyLow, other.timelyLow),
          Math.max(timelyHigh, other.timelyHigh),
          Math.min(filledLow, other.filledLow),
          Math.max(filledHigh, other.filledHigh),
          Math.min(goodLow, other.goodLow),
          Math.max(goodHigh, other.goodHigh),
          Math.min(dueLow, other.dueLow),
          Math.max(dueHigh, other.dueHigh));
    }
  }

  /**
   * @param isFresh whether the gateway has counted nothing of a site before: otherwise its devices'
   *     slots lie where an earlier run put them, which is not known here
   * @param looks what was measured after the second does not count
   */
  static Map<Site, Counts> of(
      Scenario scenario,
      List<Played> ledger,
      Arrival arrival,
      Predicate<Site> isFresh,
      Looks looks) {
    Map<Site, Counts> truth = new TreeMap<>();
    for (Played played : ledger) {
      DeviceGroup group = played.device().spec().group();
      Site site = new Site(group.sector(), group.site());
      truth.merge(site, of(scenario, played, arrival, isFresh.test(site), looks), Counts::plus);
    }
    return truth;
  }

  /** A gateway that counts alarms ahead of the rest may have its first sample from one of these. */
  private static Counts of(
      Scenario scenario, Played played, Arrival arrival, boolean isGridKnown, Looks looks) {
    Counts counts = of(scenario, played, arrival, isGridKnown, looks, BY_FIRST);
    SentLog log = played.log();
    for (int i = 0; i < log.size(); i++) {
      if (log.kindAt(i).isAlarm() && arrival.of(played, i) != Outcome.LOST) {
        return counts.or(of(scenario, played, arrival, isGridKnown, looks, log.millisAt(i)));
      }
    }
    return counts;
  }

  /**
   * @param begin where a slot's centre lies, or {@link #BY_FIRST}
   */
  private static Counts of(
      Scenario scenario,
      Played played,
      Arrival arrival,
      boolean isGridKnown,
      Looks looks,
      long begin) {
    DeviceGroup group = played.device().spec().group();
    long interval = Math.max(SHORTEST_MILLIS, group.interval().toMillis());
    SentLog log = played.log();
    Map<Long, Long> certain = new HashMap<>();
    Map<Long, Long> possible = new HashMap<>();
    ValueQuality quality = new ValueQuality(scenario, played);
    boolean isClear =
        group.form().carriesCounter() && group.form().carriesTime() && !isSkewed(scenario, played);
    long anchor = Long.MIN_VALUE;
    long samples = 0;
    long unknown = 0;
    long timely = 0;
    long maybeTimely = 0;
    for (int i = 0; i < log.size(); i++) {
      Outcome outcome = log.badAt(i) ? Outcome.LOST : arrival.of(played, i);
      if (outcome == Outcome.LOST) {
        continue;
      }
      Long lateness = arrival.lateness(played, i);
      boolean isAhead = lateness != null && lateness < -AHEAD_MAX_MICROS;
      if (isAhead || log.millisAt(i) > looks.nowTo) {
        unknown++; // its clock is ahead: received, but of no slot whose time has come
        maybeTimely++;
        continue;
      }
      boolean isTimely = lateness != null && lateness <= limitMicros(group, log.kindAt(i));
      samples += outcome == Outcome.ARRIVED ? 1 : 0;
      unknown += outcome == Outcome.UNKNOWN ? 1 : 0;
      timely += outcome == Outcome.ARRIVED && isTimely ? 1 : 0;
      maybeTimely += outcome == Outcome.UNKNOWN || isTimely || lateness == null ? 1 : 0;
      if (anchor == Long.MIN_VALUE) {
        anchor = begin == BY_FIRST ? log.millisAt(i) : begin;
        isClear &= outcome == Outcome.ARRIVED && !log.anyOrderAt(i) && !log.historyAt(i);
      }
      long slot = Math.floorDiv(log.millisAt(i) - anchor + interval / 2, interval);
      long centre = anchor + slot * interval;
      boolean isFree = centre < looks.nowTo && !looks.isAway(centre);
      if (isFree || !isClear || !isGridKnown) {
        possible.merge(slot, quality.may(i), (a, b) -> a | b);
      }
      if (outcome == Outcome.ARRIVED
          && !log.historyAt(i)
          && centre < looks.nowFrom
          && !looks.isAway(centre)) {
        certain.merge(slot, quality.certain(i, lateness), (a, b) -> a | b);
      }
    }
    Long copies = arrival.copies(played);
    // on another grid, two that share a slot may lie in two, and two neighbours in one
    long low = isGridKnown ? certain.size() : (certain.size() + 1) / 2;
    long high =
        isClear && isGridKnown ? possible.size() : Math.min(log.size(), 2L * possible.size());
    if (!isClear && copies != null) {
      high += copies; // each may be a sample of its own, at the time at which it came
    }
    boolean isConcentrator = played.device().spec().isConcentrator();
    int metrics = isConcentrator ? 0 : metrics(group);
    boolean isOnGrid = isClear && isGridKnown && anchor != Long.MIN_VALUE;
    long more = copies == null ? ANY : copies;
    return new Counts(
        isConcentrator ? 0 : 1,
        samples,
        samples + unknown + more,
        timely,
        maybeTimely + more,
        isClear ? low * metrics : 0,
        high * metrics,
        isOnGrid ? good(certain) : 0,
        isOnGrid ? good(possible) : high * metrics,
        (isOnGrid ? dueLow(anchor, interval, looks) : dueLow(interval, looks)) * metrics,
        (isOnGrid
                ? due(anchor, interval, looks.beganFrom, looks.nowTo, looks)
                : dueHigh(interval, looks))
            * metrics);
  }

  /** How many slots have their centre from the first time to before the second. */
  private static long slots(long anchor, long interval, long from, long to) {
    return Math.ceilDiv(to - anchor, interval) - Math.ceilDiv(from - anchor, interval);
  }

  /** The same without those in an outage. */
  private static long due(long anchor, long interval, long from, long to, Looks looks) {
    long slots = slots(anchor, interval, from, to);
    for (Outage outage : looks.away) {
      long begin = Math.max(from, outage.fromMillis());
      long end = Math.min(to, outage.toMillis());
      slots -= begin < end ? slots(anchor, interval, begin, end) : 0;
    }
    return slots;
  }

  private static long good(Map<Long, Long> slots) {
    return slots.values().stream().mapToLong(Long::bitCount).sum();
  }

  /** Within what a sample is in time. */
  private static long limitMicros(DeviceGroup group, io.sluice.sim.device.Kind kind) {
    if (kind.isAlarm()) {
      return 10_000_000;
    }
    return switch (group.sector()) {
      case "emergency" -> 10_000_000;
      case "factory" -> 5_000_000;
      case "public-service" -> 900_000_000;
      default -> 2_000 * Math.max(SHORTEST_MILLIS, group.interval().toMillis());
    };
  }

  // until the first sample slots lie at the time from which it was expected: that may have put one
  // more before the first look than there is now
  private static long dueLow(long anchor, long interval, Looks looks) {
    return Math.max(0, due(anchor, interval, looks.beganTo, looks.nowFrom, looks) - 1);
  }

  private static long dueLow(long interval, Looks looks) {
    long away = looks.away.stream().mapToLong(each -> each.toMillis() - each.fromMillis()).sum();
    long edges = 1L + looks.away.size();
    return Math.max(0, Math.floorDiv(looks.nowFrom - looks.beganTo - away, interval) - edges);
  }

  private static long dueHigh(long interval, Looks looks) {
    long away = looks.away.stream().mapToLong(each -> each.toMillis() - each.fromMillis()).sum();
    return Math.ceilDiv(looks.nowTo - looks.beganFrom - away, interval) + looks.away.size();
  }

  /** Metrics that are due: those of the profile; a plc's tags are nobody's to expect. */
  private static int metrics(DeviceGroup group) {
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
