package io.sluice.engine.forward;

import io.sluice.api.Lane;
import io.sluice.api.upstream.Delivery;
import io.sluice.api.upstream.RecordVerdicts;
import io.sluice.api.upstream.RecordVerdicts.Fault;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a verdict means for each record: it has arrived, it is kept as a dead letter, or it is held
 * back and tried again. Confined to the Forwarder's thread.
 */
final class VerdictHandler {
  private static final Logger LOG = LoggerFactory.getLogger(VerdictHandler.class);

  /** Where so many are not taken and none is, it is the far end, not the records. */
  private static final int FAILURES_OF_RECORDS = 16;

  private final String upstream;
  private final DeadLetterSink deadLetters;
  private final BatchSize batchSize;
  private final Refusals refusals;
  private final Suspects suspects;
  private final FlightQueues queues;
  private final FlightSender sender;
  private final HeldRecords held;

  /** Records ever confirmed, and those of this connection. */
  private long confirmed;

  private long confirmedHere;

  /** The record that the connection seems to have ended with. */
  private @Nullable Flight blamed;

  private int blamedIndex;

  VerdictHandler(
      String upstream,
      DeadLetterSink deadLetters,
      BatchSize batchSize,
      Refusals refusals,
      Suspects suspects,
      FlightQueues queues,
      FlightSender sender,
      HeldRecords held) {
    this.upstream = upstream;
    this.deadLetters = deadLetters;
    this.batchSize = batchSize;
    this.refusals = refusals;
    this.suspects = suspects;
    this.queues = queues;
    this.sender = sender;
    this.held = held;
  }

  /** Records confirmed on this connection. */
  long confirmedHere() {
    return confirmedHere;
  }

  /**
   * Whether a record explains the end of the connection: others were confirmed on it, and the line
   * itself is not at fault.
   */
  boolean isEndExplained() {
    return blamed != null && confirmedHere > 0 && !suspects.isLineAtFault();
  }

  /** Counts the end of the connection against the record that it seems to have ended with. */
  void strikeBlamed(String cause, long nowNanos) throws InterruptedException {
    if (blamed != null) {
      var _ = strike(blamed, blamedIndex, cause, true, nowNanos);
    }
  }

  /** The connection is over. */
  void clear() {
    blamed = null;
    confirmedHere = 0;
  }

  /**
   * Acts on a verdict that is in.
   *
   * @return why the connection is over; null where it goes on
   */
  @Nullable SessionEnd handle(Flight flight, long nowNanos) throws InterruptedException {
    CompletableFuture<Delivery> verdict = sender.claimVerdict(flight);
    if (verdict.isCompletedExceptionally()) {
      return waiting(String.valueOf(verdict.exceptionNow()), 0);
    }
    return switch (verdict.join()) {
      case Delivery.Delivered delivered -> {
        delivered(flight, nowNanos);
        yield null;
      }
      case Delivery.Retry retry -> waiting(retry.cause(), retry.afterMillis());
      case Delivery.Refused refused -> {
        confirm(flight, refused.index());
        yield refuse(flight, flight.indexOf(refused.index()), refused.cause());
      }
      case Delivery.Parted parted -> parted(flight, parted, nowNanos);
    };
  }

  private static SessionEnd waiting(String cause, long afterMillis) {
    return new SessionEnd(UpstreamState.WAITING, cause, afterMillis);
  }

  private void delivered(Flight flight, long nowNanos) {
    int count = flight.partCount();
    if (flight.part == null && suspects.isIdle()) {
      flight.settleAll();
      confirmed += count;
      confirmedHere += count;
    } else {
      confirm(flight, count);
    }
    if (flight.part == null && flight.lane() != Lane.ALARM) {
      batchSize.observe(count, nowNanos - flight.sentNanos);
    }
  }

  /** The first so many of what is under way. */
  private void confirm(Flight flight, int count) {
    for (int i = 0; i < count; i++) {
      confirmOne(flight, flight.indexOf(i));
    }
  }

  private void confirmOne(Flight flight, int index) {
    if (!flight.settle(index, false)) {
      return;
    }
    confirmed++;
    confirmedHere++;
    if (!suspects.isIdle()) {
      // Those it frees are found by HeldRecords#sendDue.
      var _ =
          suspects.confirmed(
              flight.lane(),
              flight.spooled.sequence(index),
              () -> sender.destination(flight, index));
    }
  }

  private @Nullable SessionEnd parted(Flight flight, Delivery.Parted parted, long nowNanos)
      throws InterruptedException {
    RecordVerdicts records = parted.records();
    for (int i = records.confirmed().nextSetBit(0);
        i >= 0;
        i = records.confirmed().nextSetBit(i + 1)) {
      confirmOne(flight, flight.indexOf(i));
    }
    SessionEnd end = parted.ended() == null ? null : waiting(parted.ended(), 0);
    if (records.suspect() >= 0) {
      blamed = flight;
      blamedIndex = flight.indexOf(records.suspect());
    }
    int failures = 0;
    for (Map.Entry<Integer, Fault> entry : records.faults().entrySet()) {
      int index = flight.indexOf(entry.getKey());
      Fault fault = entry.getValue();
      SessionEnd fails = null;
      switch (fault.kind()) {
        case REFUSED -> fails = refuseAndLike(flight, index, fault.cause(), nowNanos);
        case NO_DESTINATION -> miss(flight, index, fault.cause(), nowNanos);
        case FAILED -> {
          boolean isOfAll = records.confirmedCount() == 0 && failures >= FAILURES_OF_RECORDS;
          failures++;
          fails =
              isOfAll
                  ? waiting(fault.cause(), 0)
                  : strike(flight, index, fault.cause(), false, nowNanos);
        }
      }
      end = end == null ? fails : end;
    }
    return end;
  }

  private void miss(Flight flight, int index, String cause, long nowNanos) {
    suspects.missDestination(
        flight.lane(),
        flight.spooled.sequence(index),
        sender.destination(flight, index),
        cause,
        nowNanos);
    held.hold(flight, index);
  }

  private @Nullable SessionEnd strike(
      Flight flight, int index, String cause, boolean isAlone, long nowNanos)
      throws InterruptedException {
    if (flight.isDone() || flight.isSettled(index)) {
      return null;
    }
    held.hold(flight, index);
    Suspects.Case convict =
        suspects.strike(
            flight.lane(),
            flight.spooled.sequence(index),
            sender.destination(flight, index),
            cause,
            isAlone,
            confirmed,
            nowNanos);
    if (convict == null) {
      reportHeld(flight, index, cause);
      return null;
    }
    String why = cause + ", " + convict.strikes + " times, while others were taken";
    SessionEnd end = refuse(flight, index, isAlone ? why : cause);
    return end == null ? refuseLike(convict, cause, nowNanos) : end;
  }

  private @Nullable SessionEnd refuseAndLike(Flight flight, int index, String cause, long nowNanos)
      throws InterruptedException {
    Suspects.Case before = suspects.of(flight.lane(), flight.spooled.sequence(index));
    SessionEnd end = refuse(flight, index, cause);
    return end != null || before == null ? end : refuseLike(before, cause, nowNanos);
  }

  /** Others of a destination of which one after the other is not taken. */
  private @Nullable SessionEnd refuseLike(Suspects.Case done, String cause, long nowNanos)
      throws InterruptedException {
    SessionEnd end = null;
    for (Suspects.Case like : suspects.convicted(done, confirmed, nowNanos)) {
      SessionEnd fails = refuseHeld(like, cause + ", as those before it of " + like.destination);
      end = end == null ? fails : end;
    }
    return end;
  }

  private void reportHeld(Flight flight, int index, String cause) {
    Suspects.Case struck = suspects.of(flight.lane(), flight.spooled.sequence(index));
    if (struck != null && struck.strikes == 2) {
      LOG.warn(
          "upstream {}: {} at {} again; it is tried apart, the others go on",
          upstream,
          cause,
          flight.named(index));
    }
  }

  /** A record that is held somewhere, by the same cause as another. */
  private @Nullable SessionEnd refuseHeld(Suspects.Case like, String cause)
      throws InterruptedException {
    for (ArrayDeque<Flight> queue : queues.of(like.lane)) {
      for (Flight flight : queue) {
        for (int i = flight.nextHeld(0); i >= 0; i = flight.nextHeld(i + 1)) {
          if (flight.spooled.sequence(i) == like.sequence) {
            SessionEnd end = refuse(flight, i, cause);
            if (end == null) {
              suspects.forget(like);
            }
            return end;
          }
        }
      }
    }
    return null;
  }

  private @Nullable SessionEnd refuse(Flight flight, int index, String cause)
      throws InterruptedException {
    if (flight.isSettled(index)) {
      return null;
    }
    try {
      deadLetters.save(upstream, flight.spooled, index, cause);
    } catch (IOException e) {
      return waiting("cannot keep a refused record: " + e.getMessage(), 0);
    }
    flight.settle(index, true);
    Suspects.Case struck = suspects.of(flight.lane(), flight.spooled.sequence(index));
    if (struck != null) {
      suspects.forget(struck);
    }
    refusals.tell(flight.named(index), cause);
    return null;
  }
}
