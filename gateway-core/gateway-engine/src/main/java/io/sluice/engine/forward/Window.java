package io.sluice.engine.forward;

import io.sluice.api.Lane;
import io.sluice.api.upstream.Delivery;
import io.sluice.api.upstream.RecordVerdicts;
import io.sluice.api.upstream.RecordVerdicts.Fault;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolBatch.Stream;
import io.sluice.spool.SpoolReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The batches under way. Verdicts may come in any order, and each record has its own; each lane and
 * stream is committed in the order in which it was read. What has its verdict is not sent again,
 * also where the connection ends before it can be committed. Owned by the Forwarder's thread.
 */
final class Window {
  private static final Logger LOG = LoggerFactory.getLogger(Window.class);

  /** Most batches of alarms, and of the rest, that wait behind or with a record held back. */
  private static final int WAITING_MAX = 64;

  private static final long WAITING_BYTES_MAX = 8 << 20;

  /** Where so many are not taken and none is, it is the far end, not the records. */
  private static final int FAILURES_OF_RECORDS = 16;

  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final long ALONE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Forwarder.Target target;
  private final SpoolReader reader;
  private final SetAside setAside;
  private final ForwardMeters meters;
  private final BatchSize batchSize;
  private final Refusals refusals;
  private final Suspects suspects;
  private final int batches;
  private final Settled settled = new Settled();
  private final Map<Lane, Map<Stream, ArrayDeque<Flight>>> sources = new EnumMap<>(Lane.class);
  private final List<ArrayDeque<Flight>> all = new ArrayList<>();
  private int alarms;
  private int others;
  private int underWay;

  /** Records ever confirmed, and those of this connection. */
  private long confirmed;

  private long confirmedHere;

  /** A record held back is to be tried alone: since when that is waited for. */
  private boolean isQuietWanted;

  private boolean isAnyHeld;
  private long quietSinceNanos;
  private @Nullable Flight alone;

  /** The record that the connection seems to have ended with. */
  private @Nullable Flight blamed;

  private int blamedIndex;

  /**
   * @param batches most of them under way, of alarms and of the rest
   */
  Window(
      Forwarder.Target target,
      SpoolReader reader,
      SetAside setAside,
      ForwardMeters meters,
      BatchSize batchSize,
      Refusals refusals,
      Suspects suspects,
      int batches) {
    this.target = target;
    this.reader = reader;
    this.setAside = setAside;
    this.meters = meters;
    this.batchSize = batchSize;
    this.refusals = refusals;
    this.suspects = suspects;
    this.batches = batches;
    for (Lane lane : Lane.values()) {
      Map<Stream, ArrayDeque<Flight>> streams = new EnumMap<>(Stream.class);
      for (Stream stream : Stream.values()) {
        streams.put(stream, new ArrayDeque<>());
      }
      sources.put(lane, streams);
      all.addAll(streams.values());
    }
  }

  void send(SpoolBatch spooled, long nowNanos) {
    Flight flight = new Flight(spooled, target.encoder().apply(spooled));
    source(spooled).add(flight);
    count(spooled, 1);
    if (!settled.isEmpty()) {
      recall(flight);
    }
    if (!suspects.isIdle()) {
      holdBack(flight);
    }
    dispatchOpen(flight, nowNanos);
  }

  private void recall(Flight flight) {
    for (int i = 0; i < flight.count(); i++) {
      Boolean isRefused = settled.take(flight.lane(), flight.spooled.sequence(i));
      if (isRefused != null) {
        flight.settle(i, isRefused);
      }
    }
  }

  private void holdBack(Flight flight) {
    for (int i = 0; i < flight.count(); i++) {
      int index = i;
      if (!flight.isSettled(i)
          && suspects.holds(
              flight.lane(), flight.spooled.sequence(i), () -> destination(flight, index))) {
        hold(flight, i);
      }
    }
  }

  private void hold(Flight flight, int index) {
    flight.hold(index);
    isAnyHeld = true;
  }

  /** Whether another batch of alarms, or of the rest, may be sent now. */
  boolean hasRoom(boolean ofAlarms, long nowNanos) {
    if (isQuiet(nowNanos)) {
      return false;
    }
    return (ofAlarms ? alarms : others) < batches
        || (!suspects.isIdle() && hasRoomBesideHeld(ofAlarms));
  }

  /** Whether sending pauses so that a record held back is tried alone. */
  boolean isQuiet(long nowNanos) {
    if (alone != null && (alone.verdict == null || nowNanos - alone.sentNanos > ALONE_NANOS)) {
      alone = null;
    }
    return isQuietWanted || alone != null;
  }

  private boolean hasRoomBesideHeld(boolean ofAlarms) {
    int active = 0;
    int waiting = 0;
    long bytes = 0;
    boolean hasHeld = false;
    for (ArrayDeque<Flight> source : all) {
      for (Flight flight : source) {
        if ((flight.lane() == Lane.ALARM) != ofAlarms) {
          continue;
        }
        hasHeld |= flight.hasHeld();
        active += flight.verdict == null ? 0 : 1;
        waiting += flight.verdict == null ? 1 : 0;
        bytes += flight.verdict == null ? flight.spooled.bytes().length : 0;
      }
    }
    if (!hasHeld || active >= batches) {
      return false;
    }
    if (waiting < WAITING_MAX && bytes < WAITING_BYTES_MAX) {
      return true;
    }
    suspects.hurry();
    return false;
  }

  /** Whether nothing was read that is not committed. */
  boolean isEmpty() {
    return alarms + others == 0;
  }

  /** Whether nothing waits for its verdict. */
  boolean isIdle() {
    return underWay == 0;
  }

  /** Records confirmed on this connection. */
  long confirmedHere() {
    return confirmedHere;
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
    for (ArrayDeque<Flight> source : all) {
      for (Flight flight : source) {
        if (flight.verdict != null && flight.verdict.isDone()) {
          SessionEnd end = judge(flight, nowNanos);
          failure = failure == null ? end : failure;
          progress |= end == null;
          if (end == null) {
            dispatchOpen(flight, nowNanos);
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

  /**
   * Tries what is held back and due.
   *
   * @param isIdle whether there is nothing else to send
   * @return whether something was sent
   */
  boolean sendHeld(long nowNanos, boolean isIdle) {
    isQuietWanted = false;
    if (!isAnyHeld) {
      return false;
    }
    isAnyHeld = false;
    boolean isSent = false;
    for (ArrayDeque<Flight> source : all) {
      for (Flight flight : source) {
        boolean isNext = !isSent && !isQuietWanted && flight.verdict == null;
        isSent |= isNext && flight.hasHeld() && sendHeld(flight, nowNanos, isIdle);
        isAnyHeld |= flight.hasHeld();
      }
    }
    if (!isQuietWanted) {
      quietSinceNanos = nowNanos;
    }
    return isSent;
  }

  private boolean sendHeld(Flight flight, long nowNanos, boolean isIdle) {
    boolean isFreed = false;
    for (int i = flight.nextHeld(0); i >= 0; i = flight.nextHeld(i + 1)) {
      Suspects.Case held = suspects.of(flight.lane(), flight.spooled.sequence(i));
      if (held == null) {
        flight.release(i);
        isFreed = true;
      } else if (!isFreed && suspects.isDue(held, nowNanos)) {
        if (!held.isAlone) {
          return send(flight, i, held, nowNanos);
        }
        if (confirmedHere > 0 || isIdle) {
          return sendAlone(flight, i, held, nowNanos);
        }
      }
    }
    return isFreed && dispatchOpen(flight, nowNanos);
  }

  private boolean sendAlone(Flight flight, int index, Suspects.Case held, long nowNanos) {
    if (underWay > 0) {
      if (nowNanos - quietSinceNanos > QUIET_NANOS) {
        suspects.postpone(held, nowNanos);
        quietSinceNanos = nowNanos;
      } else {
        isQuietWanted = true;
      }
      return false;
    }
    alone = flight;
    return send(flight, index, held, nowNanos);
  }

  private boolean send(Flight flight, int index, Suspects.Case held, long nowNanos) {
    suspects.tried(held, nowNanos);
    flight.part = new int[] {index};
    dispatch(flight, nowNanos);
    return true;
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
      for (ArrayDeque<Flight> source : all) {
        for (Flight flight : source) {
          if (flight.verdict != null && flight.verdict.isDone()) {
            var _ = judge(flight, nowNanos);
          }
        }
      }
      boolean isExplained = blamed != null && confirmedHere > 0 && !suspects.isLineAtFault();
      if (blamed != null && cause != null) {
        var _ = strike(blamed, blamedIndex, cause, true, nowNanos);
      }
      for (ArrayDeque<Flight> source : all) {
        commitCompleted(source);
        source.forEach(this::remember);
      }
      return isExplained;
    } finally {
      clear();
    }
  }

  private void clear() {
    all.forEach(ArrayDeque::clear);
    blamed = null;
    alone = null;
    isQuietWanted = false;
    isAnyHeld = false;
    alarms = 0;
    others = 0;
    underWay = 0;
    confirmedHere = 0;
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

  private @Nullable SessionEnd judge(Flight flight, long nowNanos) throws InterruptedException {
    CompletableFuture<Delivery> verdict = Objects.requireNonNull(flight.verdict);
    flight.verdict = null;
    underWay--;
    if (verdict.isCompletedExceptionally()) {
      return waiting(String.valueOf(verdict.exceptionNow()), 0);
    }
    return switch (verdict.join()) {
      case Delivery.Delivered delivered -> delivered(flight, nowNanos);
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

  private @Nullable SessionEnd delivered(Flight flight, long nowNanos) {
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
    return null;
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
      // Those it frees are found by sendHeld.
      var _ =
          suspects.confirmed(
              flight.lane(), flight.spooled.sequence(index), () -> destination(flight, index));
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
        flight.lane(), flight.spooled.sequence(index), destination(flight, index), cause, nowNanos);
    hold(flight, index);
  }

  private @Nullable SessionEnd strike(
      Flight flight, int index, String cause, boolean isAlone, long nowNanos)
      throws InterruptedException {
    if (flight.isDone() || flight.isSettled(index)) {
      return null;
    }
    hold(flight, index);
    Suspects.Case convict =
        suspects.strike(
            flight.lane(),
            flight.spooled.sequence(index),
            destination(flight, index),
            cause,
            isAlone,
            confirmed,
            nowNanos);
    if (convict == null) {
      tellHeld(flight, index, cause);
      return null;
    }
    String why = cause + ", " + convict.strikes + " times, while others were taken";
    SessionEnd end = refuse(flight, index, isAlone ? why : cause);
    return end == null ? refuseLike(convict, cause, nowNanos) : end;
  }

  private @Nullable SessionEnd refuseAndLike(Flight flight, int index, String cause, long nowNanos)
      throws InterruptedException {
    Suspects.Case held = suspects.of(flight.lane(), flight.spooled.sequence(index));
    SessionEnd end = refuse(flight, index, cause);
    return end != null || held == null ? end : refuseLike(held, cause, nowNanos);
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

  private void tellHeld(Flight flight, int index, String cause) {
    Suspects.Case held = suspects.of(flight.lane(), flight.spooled.sequence(index));
    if (held != null && held.strikes == 2) {
      LOG.warn(
          "upstream {}: {} at {} again; it is tried apart, the others go on",
          target.name(),
          cause,
          named(flight, index));
    }
  }

  /** A record that is held somewhere, by the same cause as another. */
  private @Nullable SessionEnd refuseHeld(Suspects.Case like, String cause)
      throws InterruptedException {
    for (ArrayDeque<Flight> source : Objects.requireNonNull(sources.get(like.lane)).values()) {
      for (Flight flight : source) {
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
      setAside.keep(target.name(), flight.spooled, index, cause);
    } catch (IOException e) {
      return waiting("cannot keep a refused record: " + e.getMessage(), 0);
    }
    flight.settle(index, true);
    Suspects.Case held = suspects.of(flight.lane(), flight.spooled.sequence(index));
    if (held != null) {
      suspects.forget(held);
    }
    refusals.tell(named(flight, index), cause);
    return null;
  }

  private static String named(Flight flight, int index) {
    try {
      return "record " + flight.batch.id(index) + " of " + flight.batch.device(index);
    } catch (UnreadableRecordException e) {
      return "record " + flight.spooled.sequence(index) + " of the " + flight.lane() + " lane";
    }
  }

  private String destination(Flight flight, int index) {
    try {
      return target.upstream().destination(flight.batch, index);
    } catch (UnreadableRecordException e) {
      return "";
    }
  }

  private boolean dispatchOpen(Flight flight, long nowNanos) {
    if (flight.isDone() || !flight.selectOpen()) {
      return false;
    }
    dispatch(flight, nowNanos);
    return true;
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
          unreadable.refuse(i, e.getMessage());
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

  private void commitCompleted(ArrayDeque<Flight> source) {
    for (Flight head = source.peek(); head != null && head.isDone(); head = source.peek()) {
      source.remove();
      count(head.spooled, -1);
      int refused = head.refusedCount();
      reader.commit(
          head.spooled,
          head.count() - refused,
          refused == 0 ? Map.of() : Map.of("refused", refused));
      meters.committed(head.spooled, refused);
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
