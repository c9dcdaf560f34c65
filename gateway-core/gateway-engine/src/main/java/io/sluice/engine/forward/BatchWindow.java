package io.sluice.engine.forward;

import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolReader;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The batches under way. Verdicts may come in any order, and each record has its own; each lane and
 * stream is committed in the order in which it was read. What has its verdict is not sent again,
 * also where the connection ends before it can be committed. Confined to the Forwarder's thread.
 */
final class BatchWindow {
  private final Forwarder.Target target;
  private final Suspects suspects;
  private final int batches;
  private final FlightQueues queues;
  private final FlightSender sender;
  private final HeldRecords held;
  private final VerdictHandler verdicts;
  private final Settled settled = new Settled();

  /**
   * @param batches most of them under way, of alarms and of the rest
   */
  BatchWindow(
      Forwarder.Target target,
      SpoolReader reader,
      DeadLetterSink deadLetters,
      ForwardMeters meters,
      BatchSize batchSize,
      Refusals refusals,
      Suspects suspects,
      int batches) {
    this.target = target;
    this.suspects = suspects;
    this.batches = batches;
    this.queues = new FlightQueues(reader, meters);
    this.sender = new FlightSender(target);
    this.held = new HeldRecords(queues, sender, suspects);
    this.verdicts =
        new VerdictHandler(
            target.name(), deadLetters, batchSize, refusals, suspects, queues, sender, held);
  }

  void send(SpoolBatch spooled, long nowNanos) {
    Flight flight = new Flight(spooled, target.encoder().apply(spooled));
    queues.add(flight);
    if (!settled.isEmpty()) {
      recall(flight);
    }
    if (!suspects.isIdle()) {
      held.holdKnown(flight);
    }
    var _ = sender.sendOpen(flight, nowNanos);
  }

  /** What had its verdict on an earlier connection is not sent again. */
  private void recall(Flight flight) {
    for (int i = 0; i < flight.count(); i++) {
      Boolean isRefused = settled.take(flight.lane(), flight.spooled.sequence(i));
      if (isRefused != null) {
        flight.settle(i, isRefused);
      }
    }
  }

  /** Whether another batch of alarms, or of the rest, may be sent now. */
  boolean hasRoom(boolean ofAlarms, long nowNanos) {
    if (held.isQuiet(nowNanos)) {
      return false;
    }
    return queues.count(ofAlarms) < batches
        || (!suspects.isIdle() && held.hasRoomBeside(ofAlarms, batches));
  }

  /** Whether nothing was read that is not committed. */
  boolean isEmpty() {
    return queues.isEmpty();
  }

  /** Whether nothing waits for its verdict. */
  boolean isIdle() {
    return sender.isIdle();
  }

  /**
   * Acts on the verdicts that are in and commits what is complete.
   *
   * @return whether there was any verdict
   * @throws SessionEnd after committing, where the connection is over
   */
  boolean settle(long nowNanos) throws SessionEnd, InterruptedException {
    boolean progress = false;
    @Nullable SessionEnd failure = null;
    for (ArrayDeque<Flight> queue : queues.all()) {
      for (Flight flight : queue) {
        if (flight.hasVerdict()) {
          SessionEnd end = verdicts.handle(flight, nowNanos);
          failure = failure == null ? end : failure;
          progress |= end == null;
          if (end == null) {
            var _ = sender.sendOpen(flight, nowNanos);
          }
        }
      }
      queues.commitCompleted(queue);
    }
    if (failure != null) {
      throw failure;
    }
    return progress;
  }

  /**
   * Tries what is held back and due.
   *
   * @param isIdle whether there is nothing else to send
   * @return whether something was sent
   */
  boolean sendHeld(long nowNanos, boolean isIdle) {
    return held.sendDue(nowNanos, isIdle || verdicts.confirmedHere() > 0);
  }

  /** Takes what is known of a record that was held from what is read no more. */
  void nothingLeft() {
    suspects.forgetAll();
  }

  /**
   * The connection is over, and the upstream closed. Keeps what is known of each record, finds the
   * one that it ended with, and forgets the batches.
   *
   * @param cause why it is over; null where it was ended from here
   * @return whether a record explains the end: the line itself is not at fault
   */
  boolean end(@Nullable String cause, long nowNanos) throws InterruptedException {
    try {
      for (ArrayDeque<Flight> queue : queues.all()) {
        for (Flight flight : queue) {
          if (flight.hasVerdict()) {
            var _ = verdicts.handle(flight, nowNanos);
          }
        }
      }
      boolean isExplained = verdicts.isEndExplained();
      if (cause != null) {
        verdicts.strikeBlamed(cause, nowNanos);
      }
      for (ArrayDeque<Flight> queue : queues.all()) {
        queues.commitCompleted(queue);
        queue.forEach(this::remember);
      }
      return isExplained;
    } finally {
      queues.clear();
      sender.clear();
      held.clear();
      verdicts.clear();
    }
  }

  private void remember(Flight flight) {
    if (flight.isUntouched()) {
      return;
    }
    for (int i = 0; i < flight.count(); i++) {
      if (flight.isDone() || flight.isSettled(i)) {
        settled.add(flight.lane(), flight.spooled.sequence(i), flight.isRefused(i));
      }
    }
  }
}
