package io.sluice.engine.forward;

import io.sluice.api.Lane;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The records of the batches under way that are held back so that others go on. {@link Suspects}
 * says which and when each is tried again; this tries them. Confined to the Forwarder's thread.
 */
final class HeldRecords {
  /** Most batches of alarms, and of the rest, that wait behind or with a record held back. */
  private static final int WAITING_MAX = 64;

  private static final long WAITING_BYTES_MAX = 8 << 20;
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final long ALONE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final FlightQueues queues;
  private final FlightSender sender;
  private final Suspects suspects;
  private boolean isAnyHeld;

  /** A record held back is to be tried alone: since when that is waited for. */
  private boolean isQuietWanted;

  private long quietSinceNanos;

  /** The batch of which a record is tried alone. */
  private @Nullable Flight alone;

  HeldRecords(FlightQueues queues, FlightSender sender, Suspects suspects) {
    this.queues = queues;
    this.sender = sender;
    this.suspects = suspects;
  }

  void hold(Flight flight, int index) {
    flight.hold(index);
    isAnyHeld = true;
  }

  /** Holds back what of a batch just read was held before, or has a destination that is. */
  void holdKnown(Flight flight) {
    for (int i = 0; i < flight.count(); i++) {
      int index = i;
      if (!flight.isSettled(i)
          && suspects.holds(
              flight.lane(), flight.spooled.sequence(i), () -> sender.destination(flight, index))) {
        hold(flight, i);
      }
    }
  }

  /** Whether sending pauses so that a record held back is tried alone. */
  boolean isQuiet(long nowNanos) {
    if (alone != null && (alone.verdict == null || nowNanos - alone.sentNanos > ALONE_NANOS)) {
      alone = null;
    }
    return isQuietWanted || alone != null;
  }

  /**
   * Whether another batch may be sent although so many are there: others only wait for a record
   * that is held.
   *
   * @param batches most of them under way
   */
  boolean hasRoomBeside(boolean ofAlarms, int batches) {
    int active = 0;
    int waiting = 0;
    long bytes = 0;
    boolean hasHeld = false;
    for (ArrayDeque<Flight> queue : queues.all()) {
      for (Flight flight : queue) {
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

  /**
   * Tries what is held back and due.
   *
   * @param mayTryAlone whether a record that connections end with may be tried now
   * @return whether something was sent
   */
  boolean sendDue(long nowNanos, boolean mayTryAlone) {
    isQuietWanted = false;
    if (!isAnyHeld) {
      return false;
    }
    isAnyHeld = false;
    boolean isSent = false;
    for (ArrayDeque<Flight> queue : queues.all()) {
      for (Flight flight : queue) {
        boolean isNext = !isSent && !isQuietWanted && flight.verdict == null;
        isSent |= isNext && flight.hasHeld() && sendDue(flight, nowNanos, mayTryAlone);
        isAnyHeld |= flight.hasHeld();
      }
    }
    if (!isQuietWanted) {
      quietSinceNanos = nowNanos;
    }
    return isSent;
  }

  private boolean sendDue(Flight flight, long nowNanos, boolean mayTryAlone) {
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
        if (mayTryAlone) {
          return sendAlone(flight, i, held, nowNanos);
        }
      }
    }
    return isFreed && sender.sendOpen(flight, nowNanos);
  }

  private boolean sendAlone(Flight flight, int index, Suspects.Case held, long nowNanos) {
    if (!sender.isIdle()) {
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
    sender.sendOne(flight, index, nowNanos);
    return true;
  }

  /** The connection is over: nothing of it is held or tried. */
  void clear() {
    alone = null;
    isQuietWanted = false;
    isAnyHeld = false;
  }
}
