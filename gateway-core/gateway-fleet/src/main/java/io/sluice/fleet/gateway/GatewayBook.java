package io.sluice.fleet.gateway;

import io.sluice.api.operator.CoverageService.Stop;
import io.sluice.api.operator.CoverageService.StopScope;
import io.sluice.engine.coverage.slot.Exclusions;
import io.sluice.engine.coverage.slot.GroupKey;
import io.sluice.engine.coverage.slot.Intervals;
import io.sluice.engine.coverage.slot.Intervals.Interval;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * All gateways, by what they wrote to the topic {@code sluice.fleet.gateways}: their status, and
 * when they were away. One instance of the fleet process has all of it in memory: some 2 KB a
 * gateway. Thread-safe.
 */
public final class GatewayBook {
  /** A gateway that has said nothing for so long is silent; it says something each 10 s. */
  public static final long SILENT_MICROS = 35_000_000;

  private static final Logger LOG = LoggerFactory.getLogger(GatewayBook.class);
  private static final String DOWNTIME = "#downtime";
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Clock clock;
  private final AtomicLong poison = new AtomicLong();
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
   * Takes one record of the topic. What cannot be read is counted and told, and changes nothing.
   *
   * @param heardMillis when the broker took it
   */
  public synchronized void take(byte @Nullable [] key, byte @Nullable [] value, long heardMillis) {
    if (key == null) {
      refuse("a record without a key");
      return;
    }
    String name = new String(key, StandardCharsets.UTF_8);
    boolean isDowntime = name.endsWith(DOWNTIME);
    String gateway = isDowntime ? name.substring(0, name.length() - DOWNTIME.length()) : name;
    try {
      JsonNode said = value == null ? null : JSON.readTree(value);
      if (isDowntime) {
        downtime(gateway, said);
      } else {
        status(gateway, said, heardMillis);
      }
    } catch (JacksonException | IllegalArgumentException e) {
      refuse("the record of " + name + ": " + e.getMessage());
    }
  }

  private void refuse(String what) {
    if (poison.getAndIncrement() == 0) {
      LOG.warn("fleet: {} cannot be read, and is left out; further ones are only counted", what);
    }
  }

  /** How many records could not be read. */
  public long poison() {
    return poison.get();
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

  private void downtime(String gateway, @Nullable JsonNode said) {
    Map<String, Exclusions> downtimes = new TreeMap<>(state.downtimes);
    Map<String, List<Stop>> stops = new TreeMap<>(state.stops);
    if (said == null) {
      downtimes.remove(gateway);
      stops.remove(gateway);
    } else {
      List<Interval> outages = new ArrayList<>();
      said.path("outages")
          .forEach(each -> outages.add(new Interval(each.path(0).asLong(), each.path(1).asLong())));
      List<Stop> own = stops(said);
      stops.put(gateway, own);
      downtimes.put(gateway, Exclusions.of(own, outages));
    }
    state = new State(state.statuses, downtimes, stops, state.revision + 1);
  }

  private static List<Stop> stops(JsonNode said) {
    List<Stop> stops = new ArrayList<>();
    for (JsonNode each : said.path("stops")) {
      JsonNode to = each.path("to");
      stops.add(
          new Stop(
              each.path("id").asLong(0),
              StopScope.valueOf(each.path("scope").asString("").toUpperCase(Locale.ROOT)),
              each.path("key").asString(""),
              each.path("from").asLong(),
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
