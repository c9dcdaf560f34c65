package io.sluice.engine.forward;

import io.sluice.api.Lane;
import io.sluice.engine.spool.SpoolBatch;
import io.sluice.engine.spool.SpoolBatch.Stream;
import io.sluice.engine.spool.SpoolReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The batches under way. Verdicts may come in any order; each lane and stream is committed in the
 * order in which it was read. Owned by the Forwarder's thread.
 */
final class Window {
  private final Forwarder.Target target;
  private final SpoolReader reader;
  private final SetAside setAside;
  private final ForwardMeters meters;
  private final BatchSize batchSize;
  private final Map<Lane, Map<Stream, ArrayDeque<Flight>>> sources = new EnumMap<>(Lane.class);
  private final List<ArrayDeque<Flight>> all = new ArrayList<>();
  private int alarms;
  private int others;

  Window(
      Forwarder.Target target,
      SpoolReader reader,
      SetAside setAside,
      ForwardMeters meters,
      BatchSize batchSize) {
    this.target = target;
    this.reader = reader;
    this.setAside = setAside;
    this.meters = meters;
    this.batchSize = batchSize;
    for (Lane lane : Lane.values()) {
      Map<Stream, ArrayDeque<Flight>> streams = new EnumMap<>(Stream.class);
      for (Stream stream : Stream.values()) {
        streams.put(stream, new ArrayDeque<>());
      }
      sources.put(lane, streams);
      all.addAll(streams.values());
    }
  }

  private static final class Flight {
    final SpoolBatch spooled;
    final OutboundBatch batch;
    CompletableFuture<Delivery> verdict;
    final long sentNanos;
    int restFrom;
    int refused;
    boolean done;

    Flight(
        SpoolBatch spooled,
        OutboundBatch batch,
        CompletableFuture<Delivery> verdict,
        long sentNanos) {
      this.spooled = spooled;
      this.sentNanos = sentNanos;
      this.batch = batch;
      this.verdict = verdict;
    }
  }

  void send(SpoolBatch spooled, long nowNanos) {
    OutboundBatch batch = target.encoder().apply(spooled);
    source(spooled).add(new Flight(spooled, batch, dispatch(batch, 0), nowNanos));
    count(spooled, 1);
  }

  /** Batches under way, of the alarm lane. */
  int alarms() {
    return alarms;
  }

  /** Batches under way, of the other lanes. */
  int others() {
    return others;
  }

  boolean isEmpty() {
    return alarms + others == 0;
  }

  /**
   * Acts on the verdicts that are in and commits what is complete.
   *
   * @return whether there was any verdict
   * @throws SessionEnd after committing, where a batch must be sent again
   */
  boolean settle(long nowNanos) throws SessionEnd, InterruptedException {
    boolean progress = false;
    @Nullable SessionEnd failure = null;
    for (ArrayDeque<Flight> source : all) {
      for (Flight flight : source) {
        if (!flight.done && flight.verdict.isDone()) {
          SessionEnd end = judge(flight);
          failure = failure == null ? end : failure;
          progress |= end == null;
          if (flight.done && flight.refused == 0 && flight.spooled.lane() != Lane.ALARM) {
            batchSize.observe(flight.spooled.count(), nowNanos - flight.sentNanos);
          }
        }
      }
      commitCompleted(source);
    }
    if (failure != null) {
      throw failure;
    }
    return progress;
  }

  /** Forgets all that is under way. */
  void clear() {
    all.forEach(ArrayDeque::clear);
    alarms = 0;
    others = 0;
  }

  private @Nullable SessionEnd judge(Flight flight) throws InterruptedException {
    if (flight.verdict.isCompletedExceptionally()) {
      return new SessionEnd(UpstreamState.WAITING, faultOf(flight.verdict), 0);
    }
    return switch (flight.verdict.join()) {
      case Delivery.Delivered delivered -> {
        flight.done = true;
        yield null;
      }
      case Delivery.Retry retry ->
          new SessionEnd(UpstreamState.WAITING, retry.cause(), retry.afterMillis());
      case Delivery.Refused refused -> setAside(flight, refused);
    };
  }

  private static String faultOf(CompletableFuture<Delivery> verdict) {
    return String.valueOf(verdict.exceptionNow());
  }

  private @Nullable SessionEnd setAside(Flight flight, Delivery.Refused refused)
      throws InterruptedException {
    int index = flight.restFrom + refused.index();
    try {
      setAside.keep(target.name(), flight.spooled, index, refused.cause());
    } catch (IOException e) {
      return new SessionEnd(
          UpstreamState.WAITING, "cannot keep a refused record: " + e.getMessage(), 0);
    }
    flight.refused++;
    flight.restFrom = index + 1;
    if (flight.restFrom == flight.spooled.count()) {
      flight.done = true;
    } else {
      flight.verdict = dispatch(flight.batch, flight.restFrom);
    }
    return null;
  }

  private CompletableFuture<Delivery> dispatch(OutboundBatch batch, int from) {
    try {
      return send(batch, from, batch.count());
    } catch (UnreadableRecordException e) {
      Delivery refused = new Delivery.Refused(e.index() - from, e.getMessage());
      if (e.index() == from) {
        return CompletableFuture.completedFuture(refused);
      }
      return send(batch, from, e.index())
          .thenApply(delivery -> delivery instanceof Delivery.Delivered ? refused : delivery);
    }
  }

  private CompletableFuture<Delivery> send(OutboundBatch batch, int from, int to) {
    boolean whole = from == 0 && to == batch.count();
    CompletableFuture<Delivery> verdict =
        target.upstream().send(whole ? batch : new BatchRange(batch, from, to));
    if (!verdict.isDone()) {
      // The wake-up hangs on the verdict itself: what whenComplete returns is done a moment later.
      Thread forwarder = Thread.currentThread();
      var _ = verdict.whenComplete((delivery, fault) -> LockSupport.unpark(forwarder));
    }
    return verdict;
  }

  private void commitCompleted(ArrayDeque<Flight> source) {
    for (Flight head = source.peek(); head != null && head.done; head = source.peek()) {
      source.remove();
      count(head.spooled, -1);
      int delivered = head.spooled.count() - head.refused;
      reader.commit(
          head.spooled, delivered, head.refused == 0 ? Map.of() : Map.of("refused", head.refused));
      meters.committed(head.spooled, head.refused);
    }
  }

  private ArrayDeque<Flight> source(SpoolBatch batch) {
    return Objects.requireNonNull(sources.get(batch.lane()).get(batch.stream()));
  }

  private void count(SpoolBatch batch, int change) {
    if (batch.lane() == Lane.ALARM) {
      alarms += change;
    } else {
      others += change;
    }
  }
}
