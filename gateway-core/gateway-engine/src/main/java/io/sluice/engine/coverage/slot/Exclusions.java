package io.sluice.engine.coverage.slot;

import io.sluice.api.operator.CoverageService.Stop;
import io.sluice.api.operator.CoverageService.StopScope;
import io.sluice.engine.coverage.slot.Intervals.Interval;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** When nothing counts, and for whom: approved stops, and the gateway's own outages. Immutable. */
public final class Exclusions implements ExcludedTimes {
  public static final Exclusions NONE = new Exclusions(List.of(), List.of());

  private final List<Interval> outages;
  private final List<Part> parts;
  private final Map<StopScope, Map<String, List<Interval>>> stops = new EnumMap<>(StopScope.class);
  private final Intervals always;

  /** Of a stop, what counts here. */
  private record Part(StopScope scope, String key, Interval time) {}

  private Exclusions(List<Part> parts, List<Interval> outages) {
    this.parts = parts;
    this.outages = List.copyOf(outages);
    for (StopScope scope : StopScope.values()) {
      stops.put(scope, new HashMap<>());
    }
    for (Part part : parts) {
      of(part.scope).computeIfAbsent(part.key, key -> new ArrayList<>()).add(part.time);
    }
    always = Intervals.of(outages);
  }

  public static Exclusions of(Collection<Stop> stops, List<Interval> outages) {
    return new Exclusions(
        stops.stream().map(stop -> new Part(stop.scope(), stop.key(), interval(stop))).toList(),
        outages);
  }

  static Interval interval(Stop stop) {
    Long to = stop.to();
    return new Interval(stop.from(), to == null ? Intervals.OPEN : to);
  }

  /** The gateway's own outages. */
  public List<Interval> outages() {
    return outages;
  }

  @Override
  public Intervals of(String device, GroupKey group) {
    if (parts.isEmpty()) {
      return always;
    }
    List<Interval> all = new ArrayList<>();
    add(StopScope.ALL, "", all);
    add(StopScope.SECTOR, group.sector(), all);
    add(StopScope.SITE, group.site(), all);
    add(StopScope.MODEL, group.model(), all);
    add(StopScope.DEVICE, device, all);
    if (all.isEmpty()) {
      return always;
    }
    all.addAll(outages);
    return Intervals.of(all);
  }

  private void add(StopScope scope, String key, List<Interval> to) {
    to.addAll(of(scope).getOrDefault(key, List.of()));
  }

  private Map<String, List<Interval>> of(StopScope scope) {
    return Objects.requireNonNull(stops.get(scope));
  }

  public void write(DataOutput out) throws IOException {
    Numbers.write(out, parts.size());
    for (Part part : parts) {
      out.writeUTF(part.scope.name());
      out.writeUTF(part.key);
      write(out, part.time);
    }
    Numbers.write(out, outages.size());
    for (Interval outage : outages) {
      write(out, outage);
    }
  }

  private static void write(DataOutput out, Interval interval) throws IOException {
    out.writeLong(interval.from());
    out.writeLong(interval.to());
  }

  public static Exclusions read(DataInput in) throws IOException {
    List<Part> parts = new ArrayList<>();
    for (long left = Numbers.read(in); left > 0; left--) {
      parts.add(
          new Part(
              StopScope.valueOf(in.readUTF()),
              in.readUTF(),
              new Interval(in.readLong(), in.readLong())));
    }
    List<Interval> outages = new ArrayList<>();
    for (long left = Numbers.read(in); left > 0; left--) {
      outages.add(new Interval(in.readLong(), in.readLong()));
    }
    return new Exclusions(List.copyOf(parts), outages);
  }
}
