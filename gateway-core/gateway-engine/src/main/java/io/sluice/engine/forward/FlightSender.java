package io.sluice.engine.forward;

import io.sluice.api.upstream.Delivery;
import io.sluice.api.upstream.RecordVerdicts;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * Hands batches, or parts of them, to the upstream, and counts those that wait for their verdict.
 * Confined to the Forwarder's thread.
 */
final class FlightSender {
  private final Forwarder.Target target;
  private int underWay;

  FlightSender(Forwarder.Target target) {
    this.target = target;
  }

  /** Whether nothing waits for its verdict. */
  boolean isIdle() {
    return underWay == 0;
  }

  /**
   * Sends what of a batch is neither settled nor held.
   *
   * @return false where there is nothing of it to send
   */
  boolean sendOpen(Flight flight, long nowNanos) {
    if (flight.isDone() || !flight.selectOpen()) {
      return false;
    }
    dispatch(flight, nowNanos);
    return true;
  }

  /** Sends one record of a batch, whether it is held or not. */
  void sendOne(Flight flight, int index, long nowNanos) {
    flight.part = new int[] {index};
    dispatch(flight, nowNanos);
  }

  /** Takes the verdict of what was sent: the batch is under way no more. */
  CompletableFuture<Delivery> claimVerdict(Flight flight) {
    CompletableFuture<Delivery> verdict = Objects.requireNonNull(flight.verdict);
    flight.verdict = null;
    underWay--;
    return verdict;
  }

  /** Forgets what is under way: its connection is over. */
  void clear() {
    underWay = 0;
  }

  private void dispatch(Flight flight, long nowNanos) {
    flight.sentNanos = nowNanos;
    underWay++;
    try {
      flight.verdict = send(flight);
    } catch (UnreadableRecordException e) {
      RecordVerdicts unreadable = new RecordVerdicts(flight.partCount());
      for (int i = 0; i < flight.partCount(); i++) {
        if (flight.indexOf(i) == e.index()) {
          unreadable.refuse(i, String.valueOf(e.getMessage()));
        }
      }
      flight.verdict = CompletableFuture.completedFuture(new Delivery.Parted(unreadable, null));
    }
  }

  private CompletableFuture<Delivery> send(Flight flight) {
    CompletableFuture<Delivery> verdict = target.upstream().send(flight.selected());
    if (!verdict.isDone()) {
      // The wake-up hangs on the verdict itself: what whenComplete returns is done a moment later.
      Thread forwarder = Thread.currentThread();
      var _ = verdict.whenComplete((delivery, fault) -> LockSupport.unpark(forwarder));
    }
    return verdict;
  }

  /** Name of a record's destination; empty where the record cannot be read. */
  String destination(Flight flight, int index) {
    try {
      return target.upstream().destination(flight.batch, index);
    } catch (UnreadableRecordException e) {
      return "";
    }
  }
}
