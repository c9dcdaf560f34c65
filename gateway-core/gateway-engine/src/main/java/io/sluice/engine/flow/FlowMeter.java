package io.sluice.engine.flow;

import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.RejectReason;
import io.sluice.api.operator.Flow;
import io.sluice.api.operator.Flow.LaneFlow;
import io.sluice.api.operator.Flow.LedgerView;
import io.sluice.api.operator.Flow.RefusedCount;
import io.sluice.api.operator.Flow.UpstreamFlow;
import io.sluice.api.operator.Operations.EndpointView;
import io.sluice.api.operator.Operations.LaneView;
import io.sluice.api.operator.Operations.LedgerLine;
import io.sluice.api.operator.Operations.ListenerView;
import io.sluice.api.operator.Operations.Traffic;
import io.sluice.api.operator.Operations.UpstreamView;
import java.time.Clock;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts the flow's figures together, from counters alone: nothing of it grows with the number of
 * devices. {@link #sample} is called every two seconds by one thread, {@link #flow} by any.
 */
@SuppressWarnings("EnumOrdinal") // an index of the samples, kept nowhere
public final class FlowMeter {
  public static final int SAMPLE_SECONDS = 2;

  private static final int SAMPLES = 151;
  private static final long ACCEPTED_WINDOW_NANOS = 10_000_000_000L;
  private static final long GROWTH_WINDOW_NANOS = 300_000_000_000L;
  private static final long GROWTH_WINDOW_MIN_NANOS = 10_000_000_000L;
  private static final double SECONDS_PER_HOUR = 3600;

  /** Where the figures come from; each thread-safe. */
  public record Sources(
      Supplier<List<ListenerView>> listeners,
      Supplier<List<EndpointView>> endpoints,
      Supplier<Traffic> traffic,
      Supplier<List<LaneView>> lanes,
      Supplier<List<UpstreamView>> upstreams,
      Supplier<List<LedgerLine>> ledger) {}

  private final Sources sources;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final CounterRing accepted = new CounterRing(SAMPLES, 1);
  private final CounterRing laneBytes = new CounterRing(SAMPLES, Lane.values().length);

  public FlowMeter(Sources sources, Clock clock, LongSupplier nanoTime) {
    this.sources = sources;
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  public synchronized void sample() {
    long now = nanoTime.getAsLong();
    accepted.add(now, new long[] {accepted(sources.traffic().get())});
    long[] bytes = new long[Lane.values().length];
    sources.lanes().get().forEach(lane -> bytes[lane.lane().ordinal()] = lane.owedBytes());
    laneBytes.add(now, bytes);
  }

  private synchronized double acceptedPerSecond() {
    return accepted.perSecond(0, ACCEPTED_WINDOW_NANOS);
  }

  private synchronized double bytesPerSecond(Lane lane) {
    return laneBytes.perSecond(lane.ordinal(), GROWTH_WINDOW_NANOS);
  }

  /** The figures of this moment. */
  public Flow flow() {
    Traffic traffic = sources.traffic().get();
    List<LaneView> lanes = sources.lanes().get();
    List<LedgerLine> ledger = sources.ledger().get();
    return new Flow(
        clock.millis() * 1_000,
        connections(),
        acceptedPerSecond(),
        accepted(traffic),
        refused(traffic),
        lanes.stream().map(this::lane).toList(),
        sources.upstreams().get().stream().map(view -> upstream(view, lanes, ledger)).toList(),
        LedgerView.of(ledger),
        sources.endpoints().get());
  }

  private Map<String, Integer> connections() {
    Map<String, Integer> connections = new TreeMap<>(Map.of("mqtt", 0, "coap", 0));
    for (ListenerView listener : sources.listeners().get()) {
      connections.merge(listener.protocol(), listener.connections(), Integer::sum);
    }
    return connections;
  }

  private static long accepted(Traffic traffic) {
    long sum = 0;
    for (Map<MessageClass, Long> ofProtocol : traffic.accepted().values()) {
      for (long count : ofProtocol.values()) {
        sum += count;
      }
    }
    return sum;
  }

  private static List<RefusedCount> refused(Traffic traffic) {
    Map<RejectReason, Long> sums = new EnumMap<>(RejectReason.class);
    for (Map<RejectReason, Long> ofProtocol : traffic.rejected().values()) {
      ofProtocol.forEach((reason, count) -> sums.merge(reason, count, Long::sum));
    }
    return sums.entrySet().stream()
        .filter(sum -> sum.getValue() > 0)
        .map(sum -> new RefusedCount(sum.getKey(), sum.getValue()))
        .sorted(Comparator.comparingLong(RefusedCount::count).reversed())
        .toList();
  }

  private LaneFlow lane(LaneView lane) {
    double rate = bytesPerSecond(lane.lane());
    double fill = (double) lane.bytes() / Math.max(1, lane.capacityBytes());
    return new LaneFlow(
        lane.lane(),
        lane.bytes(),
        lane.capacityBytes(),
        lane.records(),
        Math.clamp(fill, 0, 1),
        rate,
        hoursLeft(lane, rate));
  }

  /** What upstreams had is gone, or goes when there is need: it takes no room. */
  private @Nullable Double hoursLeft(LaneView lane, double bytesPerSecond) {
    if (lane.atBound()) {
      return 0.0;
    }
    if (bytesPerSecond <= 0 || isTooEarly()) {
      return null;
    }
    long free = Math.max(0, lane.capacityBytes() - lane.owedBytes());
    return free / bytesPerSecond / SECONDS_PER_HOUR;
  }

  private synchronized boolean isTooEarly() {
    return laneBytes.spanNanos() < GROWTH_WINDOW_MIN_NANOS;
  }

  /** Of the lane that will be full first; null while none grows, or too little is known. */
  public @Nullable Double hoursLeft() {
    Double least = null;
    for (LaneView lane : sources.lanes().get()) {
      Double hours = hoursLeft(lane, bytesPerSecond(lane.lane()));
      least = least == null || (hours != null && hours < least) ? hours : least;
    }
    return least;
  }

  private static UpstreamFlow upstream(
      UpstreamView view, List<LaneView> lanes, List<LedgerLine> ledger) {
    long delivered = 0;
    double backlogBytes = 0;
    for (LedgerLine line : ledger) {
      if (line.upstream().equals(view.name())) {
        delivered += line.delivered();
        backlogBytes += line.queued() * meanBytes(line.lane(), lanes);
      }
    }
    return new UpstreamFlow(
        view.name(),
        view.state(),
        delivered,
        view.backlogRecords(),
        Math.round(backlogBytes),
        view.ratePerSecond(),
        view.drainSecondsLeft(),
        view.detail());
  }

  private static double meanBytes(Lane lane, List<LaneView> lanes) {
    for (LaneView view : lanes) {
      if (view.lane() == lane && view.records() > 0) {
        return (double) view.bytes() / view.records();
      }
    }
    return 0;
  }
}
