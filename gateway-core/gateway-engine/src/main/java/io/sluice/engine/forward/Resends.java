package io.sluice.engine.forward;

import io.sluice.api.upstream.Delivery;
import io.sluice.api.upstream.OutboundBatch;
import io.sluice.api.upstream.RecordVerdicts;
import io.sluice.api.upstream.Upstream;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Refused records that an operator sends once more, beside what is forwarded: one at a time, by the
 * id that they had. They were committed when they were refused, so nothing is committed here.
 *
 * <p>{@link #add} from any thread; the rest is the Forwarder's thread's alone.
 */
final class Resends {
  static final int OPEN_MAX = 16;

  /**
   * @param outcome empty once the far end has it; else why not
   */
  private record Order(SetAsideRecord record, CompletableFuture<Optional<String>> outcome) {}

  private final Function<SetAsideRecord, OutboundBatch> encoder;
  private final Queue<Order> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger open = new AtomicInteger();
  private @Nullable Order underWay;
  private @Nullable CompletableFuture<Delivery> verdict;

  Resends(Function<SetAsideRecord, OutboundBatch> encoder) {
    this.encoder = encoder;
  }

  /** Whoever waits for the outcome may complete it: a record that is not yet sent stays then. */
  CompletableFuture<Optional<String>> add(SetAsideRecord record) {
    CompletableFuture<Optional<String>> outcome = new CompletableFuture<>();
    if (open.incrementAndGet() > OPEN_MAX) {
      open.decrementAndGet();
      outcome.complete(Optional.of("others are being sent again; retry it after them"));
    } else {
      waiting.add(new Order(record, outcome));
    }
    return outcome;
  }

  boolean isIdle() {
    return open.get() == 0;
  }

  /**
   * Sends the next one, or acts on the verdict of the one that is under way.
   *
   * @throws SessionEnd where the connection is over
   */
  void step(Upstream upstream) throws SessionEnd {
    CompletableFuture<Delivery> sent = verdict;
    if (sent != null) {
      if (sent.isDone()) {
        String ended = judge(sent);
        if (ended != null) {
          throw new SessionEnd(UpstreamState.WAITING, ended, 0);
        }
      }
      return;
    }
    for (Order next = waiting.poll(); next != null; next = waiting.poll()) {
      if (next.outcome().isDone()) {
        open.decrementAndGet();
      } else {
        send(next, upstream);
        return;
      }
    }
  }

  private void send(Order order, Upstream upstream) {
    underWay = order;
    try {
      CompletableFuture<Delivery> sent = upstream.send(encoder.apply(order.record()));
      verdict = sent;
      Thread forwarder = Thread.currentThread();
      var _ = sent.whenComplete((delivery, fault) -> LockSupport.unpark(forwarder));
    } catch (UnreadableRecordException e) {
      tell(e.getMessage());
    }
  }

  /** Why the connection is over; null where it goes on. */
  private @Nullable String judge(CompletableFuture<Delivery> sent) {
    if (sent.isCompletedExceptionally()) {
      String fault = String.valueOf(sent.exceptionNow());
      tell(fault);
      return fault;
    }
    return switch (sent.join()) {
      case Delivery.Delivered delivered -> {
        tell(null);
        yield null;
      }
      case Delivery.Refused refused -> {
        tell("refused again: " + refused.cause());
        yield null;
      }
      case Delivery.Retry retry -> {
        tell(retry.cause());
        yield retry.cause();
      }
      case Delivery.Parted parted -> {
        tell(problem(parted));
        yield parted.ended();
      }
    };
  }

  private static @Nullable String problem(Delivery.Parted parted) {
    if (parted.records().isConfirmed(0)) {
      return null;
    }
    RecordVerdicts.Fault fault = parted.records().faults().get(0);
    if (fault == null) {
      return parted.ended() == null ? "not confirmed" : parted.ended();
    }
    boolean isRefused = fault.kind() == RecordVerdicts.Kind.REFUSED;
    return (isRefused ? "refused again: " : "") + fault.cause();
  }

  private void tell(@Nullable String problem) {
    Order done = underWay;
    underWay = null;
    verdict = null;
    if (done != null) {
      open.decrementAndGet();
      done.outcome().complete(Optional.ofNullable(problem));
    }
  }

  /** Nothing can be sent now: all that wait are told, after a verdict that is in. */
  void fail(String cause) {
    if (isIdle()) {
      return;
    }
    CompletableFuture<Delivery> sent = verdict;
    if (sent != null && sent.isDone()) {
      var _ = judge(sent);
    } else {
      tell(cause);
    }
    for (Order next = waiting.poll(); next != null; next = waiting.poll()) {
      open.decrementAndGet();
      next.outcome().complete(Optional.of(cause));
    }
  }
}
