package io.sluice.fleet.gateway;

import io.sluice.api.operator.CoverageService.Stop;
import io.sluice.api.operator.CoverageService.StopScope;
import io.sluice.engine.coverage.slot.Exclusions;
import io.sluice.engine.coverage.slot.GroupKey;
import io.sluice.engine.coverage.slot.Intervals;
import io.sluice.engine.coverage.slot.Intervals.Interval;
import io.sluice.engine.record.PoisonRecordException;
import io.sluice.fleet.topic.TopicJson;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * All gateways, by what they wrote to the topic {@code sluice.fleet.gateways}: their status, and
 * when they were away. One instance of the fleet process has all of it in memory: some 2 KB a
 * gateway. Thread-safe.
 */
public final class GatewayBook {
  /** A gateway that has said nothing for so long is silent; it says something each 10 s. */
  public static final long SILENT_MICROS = 35_000_000;

  /** Gateways that are kept; those that come after them are left out. */
  private static final int MAX = 50_000;

  /** A clock is not off by less: what it differs by is the way of the message. */
  private static final long CLOCK_OFF_MICROS = 10_000_000;

  private static final String DOWNTIME = "#downtime";

  private final Clock clock;
  private volatile State state = new State(Map.of(), Map.of(), Map.of(), 0);

  /**
   * @param revision counts changes of what does not count
   */
  private record State(
      Map<String, GatewayStatus> statuses,
      Map<String, Exclusions> downtimes,
      Map<String, List<Stop>> stops,
      int revision) {}

  public GatewayBook(Clock clock) {
    this.clock = clock;
  }

  /**
   * Takes one record of the topic. What cannot be used changes nothing.
   *
   * @param heardMillis when the broker took it
   * @throws PoisonRecordException where it cannot be used
   */
  public synchronized void take(byte @Nullable [] key, byte @Nullable [] value, long heardMillis)
      throws PoisonRecordException {
    String name = TopicJson.key(key);
    boolean isDowntime = name.endsWith(DOWNTIME);
    String gateway = isDowntime ? name.substring(0, name.length() - DOWNTIME.length()) : name;
    JsonNode said = value == null ? null : TopicJson.object(value);
    if (said != null) {
      TopicJson.requireKey(said, "gateway", gateway);
      boolean isKnown =
          isDowntime ? state.downtimes.containsKey(gateway) : state.statuses.containsKey(gateway);
      int known = isDowntime ? state.downtimes.size() : state.statuses.size();
      if (!isKnown && known >= MAX) {
        throw TopicJson.invalid("is of one gateway more than " + MAX);
      }
    }
    if (isDowntime) {
      downtime(gateway, said);
    } else {
      status(gateway, said, heardMillis);
    }
  }

  private void status(String gateway, @Nullable JsonNode said, long heardMillis) {
    Map<String, GatewayStatus> statuses = new TreeMap<>(state.statuses);
    if (said == null) {
      statuses.remove(gateway);
    } else {
      statuses.put(gateway, GatewayStatus.of(gateway, said, heardMillis * 1_000));
    }
    boolean isSame = statuses.keySet().equals(state.statuses.keySet());
    state = new State(statuses, state.downtimes, state.stops, state.revision + (isSame ? 0 : 1));
  }

  private void downtime(String gateway, @Nullable JsonNode said) throws PoisonRecordException {
    Map<String, Exclusions> downtimes = new TreeMap<>(state.downtimes);
    Map<String, List<Stop>> stops = new TreeMap<>(state.stops);
    if (said == null) {
      downtimes.remove(gateway);
      stops.remove(gateway);
    } else {
      List<Interval> outages = new ArrayList<>();
      for (JsonNode each : said.path("outages")) {
        outages.add(outage(each));
      }
      List<Stop> own = stops(said);
      stops.put(gateway, own);
      downtimes.put(gateway, Exclusions.of(own, outages));
    }
    state = new State(state.statuses, downtimes, stops, state.revision + 1);
  }

  private Interval outage(JsonNode said) throws PoisonRecordException {
    JsonNode from = said.path(0);
    JsonNode to = said.path(1);
    if (!from.isIntegralNumber() || !to.isIntegralNumber() || from.asLong() > to.asLong()) {
      throw TopicJson.invalid("has an outage that is no pair of from and to");
    }
    long now = clock.millis() * 1_000;
    TopicJson.requireTime(from.asLong(), "outage", now);
    TopicJson.requireTime(to.asLong(), "outage", now);
    return new Interval(from.asLong(), to.asLong());
  }

  private static StopScope scope(JsonNode said) throws PoisonRecordException {
    String label = TopicJson.text(said, "scope");
    for (StopScope each : StopScope.values()) {
      if (label.equals(each.name().toLowerCase(Locale.ROOT))) {
        return each;
      }
    }
    throw TopicJson.invalid("has a stop of \"" + label + "\", which is no scope");
  }

  private static List<Stop> stops(JsonNode said) throws PoisonRecordException {
    List<Stop> stops = new ArrayList<>();
    for (JsonNode each : said.path("stops")) {
      JsonNode to = each.path("to");
      stops.add(
          new Stop(
              each.path("id").asLong(0),
              scope(each),
              each.path("key").asString(""),
              TopicJson.integer(each, "from"),
              to.isNumber() ? (Long) to.asLong() : null,
              each.path("reason").asString(""),
              each.path("by").asString("")));
    }
    return List.copyOf(stops);
  }

  /** Changes whenever what does not count has changed. */
  public int revision() {
    return state.revision;
  }

  /** When nothing counted of a device at that gateway: its outages and its approved stops. */
  public Intervals excluded(String gateway, String device, GroupKey group) {
    Exclusions own = state.downtimes.get(gateway);
    return own == null ? Intervals.NONE : own.of(device, group);
  }

  /** When nothing counted of a device at any gateway; nothing where no gateway is known. */
  public Intervals excludedEverywhere(String device, GroupKey group) {
    Intervals all = null;
    State now = state;
    for (String gateway : now.statuses.isEmpty() ? now.downtimes.keySet() : now.statuses.keySet()) {
      Intervals own = excluded(gateway, device, group);
      all = all == null ? own : all.within(own);
    }
    return all == null ? Intervals.NONE : all;
  }

  /** When every gateway was away at once. */
  public Intervals outagesEverywhere() {
    Intervals all = null;
    State now = state;
    for (String gateway : now.statuses.isEmpty() ? now.downtimes.keySet() : now.statuses.keySet()) {
      Exclusions of = now.downtimes.get(gateway);
      Intervals own = of == null ? Intervals.NONE : Intervals.of(of.outages());
      all = all == null ? own : all.within(own);
    }
    return all == null ? Intervals.NONE : all;
  }

  /** The outages of each gateway. */
  public Map<String, List<Interval>> outages() {
    Map<String, List<Interval>> all = new TreeMap<>();
    state.downtimes.forEach((gateway, own) -> all.put(gateway, own.outages()));
    return all;
  }

  /** The approved stops of all gateways, newest first. */
  public List<Stop> stops() {
    return state.stops.values().stream()
        .flatMap(List::stream)
        .sorted(Comparator.comparingLong(Stop::from).reversed())
        .toList();
  }

  /** In the order of their ids. */
  public List<GatewayStatus> all() {
    return List.copyOf(state.statuses.values());
  }

  /** The status of that gateway, or null. */
  public @Nullable GatewayStatus find(String gateway) {
    return state.statuses.get(gateway);
  }

  /** Whether a gateway has said nothing for {@value #SILENT_MICROS} µs, and has not stopped. */
  public boolean isSilent(GatewayStatus status) {
    return !status.stopped() && clock.millis() * 1_000 - status.heardMicros() > SILENT_MICROS;
  }

  /**
   * How far that gateway's clock is ahead of the broker's, microseconds, negative where it is
   * behind; 0 where it is not off by more than a message may take, or not known.
   */
  public long clockOffMicros(String gateway) {
    GatewayStatus status = state.statuses.get(gateway);
    long off = status == null ? 0 : status.atMicros() - status.heardMicros();
    return Math.abs(off) < CLOCK_OFF_MICROS ? 0 : off;
  }

  /** Whether sessions of that run of a gateway may still live. */
  public boolean isAlive(String gateway, String run) {
    GatewayStatus status = state.statuses.get(gateway);
    return status != null && status.run().equals(run) && !status.stopped() && !isSilent(status);
  }

  /** Those that are silent, by id. */
  public List<String> silent() {
    return state.statuses.values().stream()
        .filter(this::isSilent)
        .map(GatewayStatus::gateway)
        .toList();
  }
}
