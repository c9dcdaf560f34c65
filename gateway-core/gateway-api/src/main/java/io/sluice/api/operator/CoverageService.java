package io.sluice.api.operator;

import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much of what the devices should report arrives (docs/coverage.md). Thread-safe. Times are
 * microseconds since the epoch.
 */
public interface CoverageService {
  /** What of the past is looked at. */
  enum Window {
    NOW("now"),
    HOUR("1h"),
    DAY("24h"),
    MONTH("30d");

    private final String label;

    Window(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }

    /** The label: so it is written in the configuration too. */
    @Override
    public String toString() {
      return label;
    }
  }

  /** By what devices are put together. */
  enum By {
    ALL,
    SECTOR,
    SITE,
    MODEL
  }

  /** The figures, at most 10 s old. Sorted by key. */
  Coverage coverage(Window window, By by);

  /** The figures as they were produced last, without producing them anew: costs no scan. */
  Coverage latest(Window window, By by);

  /**
   * @param window its label
   * @param at when the figures were produced
   * @param provisional whether reports of the window may still be on their way
   * @param isFinal whether nothing counts any more that comes now; {@code final} in JSON
   * @param start of the window, inclusive
   * @param end of the window, exclusive
   * @param outageSeconds how long the gateway itself was away in the window: nothing was due then
   * @param fleet how much of the fleet is in it; null at a gateway
   */
  record Coverage(
      String window,
      long at,
      boolean provisional,
      boolean isFinal,
      long start,
      long end,
      double outageSeconds,
      List<Group> groups,
      @Nullable Share fleet) {
    /** Of a gateway. */
    public Coverage(
        String window,
        long at,
        boolean provisional,
        boolean isFinal,
        long start,
        long end,
        double outageSeconds,
        List<Group> groups) {
      this(window, at, provisional, isFinal, start, end, outageSeconds, groups, null);
    }

    /** The same of a fleet. */
    public Coverage of(Share share) {
      return new Coverage(
          window, at, provisional, isFinal, start, end, outageSeconds, groups, share);
    }
  }

  /**
   * How much of a fleet an answer is of. A share that is missing makes the answer provisional; what
   * is there is right all the same.
   *
   * @param provisional whether anything of the following is missing
   * @param partitions into how many parts the devices are split
   * @param missing parts that no instance has answered for: they are being taken over, or their
   *     instance is away
   * @param behind parts that have not yet read what lies on their topics
   * @param missingShare those of both, of all parts: 0 to 1
   * @param silent gateways that have said nothing for 35 s: what they hold is not in it
   * @param instances those of the fleet's processes that have not answered, {@code host:port}
   */
  record Share(
      boolean provisional,
      int partitions,
      List<Integer> missing,
      List<Integer> behind,
      double missingShare,
      List<String> silent,
      List<String> instances) {}

  /** Whether it is of a fleet: then it may be asked of the devices at one gateway alone. */
  default boolean isOfFleet() {
    return false;
  }

  /**
   * As {@link #coverage(Window, By)}, of the devices that are at one gateway now; how late samples
   * were is not known of these.
   *
   * @throws UnsupportedOperationException at a gateway
   */
  default Coverage coverage(Window window, By by, String gateway) {
    throw new UnsupportedOperationException("a gateway has its own devices alone");
  }

  /**
   * One row. Ratios are null where nothing is expected.
   *
   * @param sector null where rows are not by sector or site
   * @param site null where rows are not by site
   * @param model null where rows are not by model
   * @param expected devices that are commissioned now, without those in an approved stop
   * @param connected those of them that can be reached now
   * @param reporting those of them with a sample whose own time lies in the window
   * @param due values that should have come
   * @param filled those of them that came
   * @param good those of them of quality good
   * @param stopped devices in an approved stop now
   * @param received samples received within the window
   * @param timely those of them that came in time
   * @param latenessP50 seconds from observation to receipt, within a factor √2; null where none
   */
  record Group(
      String key,
      @Nullable String sector,
      @Nullable String site,
      @Nullable String model,
      long expected,
      long connected,
      long reporting,
      long due,
      long filled,
      long good,
      @Nullable Double connection,
      @Nullable Double reportingRatio,
      @Nullable Double completeness,
      @Nullable Double validity,
      @Nullable Double effective,
      @Nullable Double timeliness,
      long stopped,
      long planned,
      long commissioned,
      @Nullable Double plan,
      long received,
      long timely,
      @Nullable Double latenessP50,
      @Nullable Double latenessP95,
      @Nullable Double latenessP99) {}

  /**
   * The course over time: by hours for the day, by days for the 30 days; the last one unfinished.
   *
   * @param of which devices; by their ids none is left out
   */
  Trend trend(Window window, Filter of);

  /**
   * @param step seconds from a point to the next
   */
  record Trend(String window, long step, List<Point> points) {}

  /**
   * @param t when it begins
   * @param expected devices that were commissioned in it, also where they are not any more
   * @param reporting those of them with a sample whose own time lies in it
   */
  record Point(
      long t,
      long due,
      long filled,
      long good,
      long expected,
      long reporting,
      @Nullable Double reportingRatio,
      @Nullable Double completeness,
      @Nullable Double validity,
      @Nullable Double effective,
      double outageSeconds) {}

  /**
   * Which devices; null takes all.
   *
   * @param search part of the id, in capitals or not
   * @param gateway where they are now; of a fleet alone
   */
  record Filter(
      @Nullable String sector,
      @Nullable String site,
      @Nullable String model,
      @Nullable String search,
      @Nullable String gateway) {
    /** At whatever gateway. */
    public Filter(
        @Nullable String sector,
        @Nullable String site,
        @Nullable String model,
        @Nullable String search) {
      this(sector, site, model, search, null);
    }

    /** All devices. */
    public static final Filter ALL = new Filter(null, null, null, null);

    /** Whether a group is taken, whatever the ids in it. */
    public boolean takes(String ofSector, String ofSite, String ofModel) {
      return (sector == null || sector.equals(ofSector))
          && (site == null || site.equals(ofSite))
          && (model == null || model.equals(ofModel));
    }
  }

  /**
   * @param worstFirst by effective coverage, those with nothing due last; else by id
   * @param limit from 1 to 1000
   * @param after the id after which to go on, where they are by id
   */
  List<DeviceRow> devices(
      Window window, Filter filter, boolean worstFirst, int limit, @Nullable String after);

  /**
   * How many devices the filter lets through.
   *
   * @param commissionedOnly as {@link #devices} with the worst first
   */
  long count(Filter filter, boolean commissionedOnly);

  /**
   * @param interval seconds
   * @param lastSeen when something of it was last heard, null where never
   * @param lastSample the newest own time of a sample, null where none came
   * @param stopped whether it is in an approved stop
   */
  record DeviceRow(
      String device,
      String sector,
      String site,
      String model,
      double interval,
      boolean connected,
      @Nullable Long lastSeen,
      @Nullable Long lastSample,
      long due,
      long filled,
      long good,
      @Nullable Double completeness,
      @Nullable Double validity,
      @Nullable Double effective,
      boolean stopped) {}

  /** One device over all windows; null where it is not known. Per metric for a day at most. */
  @Nullable DeviceDetail device(String id);

  record DeviceDetail(String device, List<DeviceWindow> windows) {}

  record DeviceWindow(
      String window, long start, long end, DeviceRow row, List<MetricRow> metrics) {}

  record MetricRow(String metric, long due, long filled, long good) {}

  /** What became of devices, newest first: at most 1000 of each kind, of the last day. */
  Changes changes(ChangeFilter filter);

  /**
   * @param hours how far back, 1 to 24
   * @param what which kinds; none for all
   * @param limit how many at most
   * @param before only those with a lesser id; {@link Long#MAX_VALUE} for the newest
   */
  record ChangeFilter(int hours, List<What> what, int limit, long before) {
    public boolean takes(What kind) {
      return what.isEmpty() || what.contains(kind);
    }
  }

  /**
   * @param counts how many of each kind there are in the window, whatever the filter takes
   * @param cut whether the window had more than the 1000 that are kept of a kind
   */
  record Changes(List<Change> changes, Map<What, Long> counts, boolean cut) {}

  /** In JSON in lower case. */
  enum What {
    LOST,
    RETURNED,
    REGISTERED,
    RETIRED,
    MOVED,
    STOPPED,
    RESUMED
  }

  /**
   * @param id ascending, never given twice
   */
  record Change(
      long id, long at, String device, String sector, String site, String model, What what) {}

  /** When the gateway itself was away, newest first: at most 1000, of the last 400 days. */
  List<Outage> outages();

  record Outage(long from, long to, double seconds) {}

  /** What a stop is for; in JSON in lower case. */
  enum StopScope {
    ALL,
    SECTOR,
    SITE,
    MODEL,
    DEVICE
  }

  /**
   * A time in which devices need not report, as somebody approved it.
   *
   * @param key of the sector, site, model or device; empty for all
   * @param to null where it is open
   * @param reason why, for the report
   * @param by who approved it
   */
  record Stop(
      long id,
      StopScope scope,
      String key,
      long from,
      @Nullable Long to,
      String reason,
      String by) {}

  /** Newest first. */
  List<Stop> stops();

  /**
   * Takes a stop down; it holds at once and is kept when this returns.
   *
   * @param stop its id is not looked at; from the present where {@code from} is 0
   * @return it with its id
   * @throws IllegalArgumentException where it begins more than 72 h ago, ends before it begins, or
   *     1000 are known already; the message tells the remedy
   */
  Stop addStop(Stop stop);

  /**
   * What is wrong with a key that no device has, with names to choose from; null where one has it.
   * A stop may be meant for what is still to come, so that it is no error.
   */
  @Nullable String unknown(StopScope scope, String key);

  /**
   * Ends a stop now, or takes it back where it has not begun.
   *
   * @return as it is now, null where there is none of that id
   */
  @Nullable Stop endStop(long id);

  /** A calendar month, for a report: the sum of its days. */
  Month month(YearMonth month);

  /**
   * @param month {@code 2026-10}
   * @param gateway its id
   * @param isFinal whether nothing counts any more that comes now; {@code final} in JSON
   */
  record Month(
      String month,
      String gateway,
      long start,
      long end,
      boolean isFinal,
      List<MonthRow> sites,
      List<MonthRow> models,
      List<Stop> stops,
      List<Outage> outages) {}

  /**
   * @param site null where rows are by model, as the sector
   * @param planned at the end of the month
   * @param devices most that were expected on a day
   * @param excludedSlots what was not due for a stop or an outage
   */
  record MonthRow(
      @Nullable String sector,
      @Nullable String site,
      @Nullable String model,
      long planned,
      long commissioned,
      long devices,
      long due,
      long filled,
      long good,
      long received,
      long timely,
      long excludedSlots,
      @Nullable Double completeness,
      @Nullable Double validity,
      @Nullable Double effective,
      @Nullable Double timeliness) {}
}
