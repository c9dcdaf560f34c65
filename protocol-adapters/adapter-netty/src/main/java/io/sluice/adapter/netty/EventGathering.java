package io.sluice.adapter.netty;

import java.util.concurrent.TimeUnit;

/**
 * Whether an event loop lets events of its sockets gather for a moment before it looks at them.
 * Each look costs a wake-up and a system call, as much as handling an event: where many peers send
 * when they like, one look serves several of them. Where peers wait for answers, waiting only slows
 * them down: then all that can come comes early, so it is judged by what comes late. Not
 * thread-safe.
 */
final class EventGathering {
  /** For so long events gather. */
  static final long WAIT_NANOS = TimeUnit.MICROSECONDS.toNanos(600);

  /** Looks that found something are counted for so long. */
  private static final long WINDOW_NANOS = TimeUnit.MICROSECONDS.toNanos(2_000);

  /** So many of them in a window are worth a wait... */
  private static final int LOOKS_MIN = 6;

  /** ...where they found no more than so many events each. */
  private static final int EVENTS_PER_LOOK_MAX = 8;

  /** A wait that brings fewer was in vain. */
  private static final int GATHERED_MIN = 2;

  /** So many of those in a row: it is quiet now. */
  private static final int QUIET_WAITS = 3;

  /** So many watched waits in a row of no use, and it is left off. */
  private static final int PATIENCE = 4;

  /** One wait in so many is watched while they are of use: watching costs a look of its own. */
  private static final int WATCHED_ONE_IN = 16;

  private static final long OFF_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long OFF_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(1_600);

  private boolean isOn;
  private long windowNanos;
  private int looks;
  private int events;
  private int quietWaits;

  private int patience = PATIENCE;
  private int unwatched = WATCHED_ONE_IN;
  private long offNanos = OFF_MIN_NANOS;
  private long offUntilNanos;

  /**
   * @param nowNanos by {@link System#nanoTime}
   */
  EventGathering(long nowNanos) {
    windowNanos = nowNanos;
    offUntilNanos = nowNanos;
  }

  /** Whether to wait before the next look. */
  boolean isOn() {
    return isOn;
  }

  /** Whether this wait is to be watched: a look in its middle tells what came early. */
  boolean isWatched() {
    return patience < PATIENCE || unwatched >= WATCHED_ONE_IN;
  }

  /** A look without a wait before it found so many events. */
  void looked(int found, long nowNanos) {
    if (nowNanos - windowNanos > WINDOW_NANOS) {
      windowNanos = nowNanos;
      looks = 0;
      events = 0;
    }
    looks++;
    events += found;
    if (looks >= LOOKS_MIN
        && events <= looks * EVENTS_PER_LOOK_MAX
        && nowNanos - offUntilNanos >= 0) {
      isOn = true;
    }
  }

  /** A whole wait, not watched, brought so many events. */
  void waited(int found, long nowNanos) {
    unwatched++;
    isQuiet(found, nowNanos);
  }

  private boolean isQuiet(int found, long nowNanos) {
    if (found >= GATHERED_MIN) {
      quietWaits = 0;
      return false;
    }
    quietWaits++;
    if (quietWaits == QUIET_WAITS) {
      leave(nowNanos);
    }
    return true;
  }

  /** A watched wait was whole. */
  void watched(int early, int late, long nowNanos) {
    if (isQuiet(early + late, nowNanos)) {
      return;
    }
    if (2 * late >= early) {
      patience = PATIENCE;
      unwatched = 0;
      offNanos = OFF_MIN_NANOS;
    } else if (--patience == 0) {
      patience = 1; // of the next attempt
      offUntilNanos = nowNanos + offNanos;
      offNanos = Math.min(2 * offNanos, OFF_MAX_NANOS);
      leave(nowNanos);
    }
  }

  private void leave(long nowNanos) {
    isOn = false;
    quietWaits = 0;
    windowNanos = nowNanos;
    looks = 0;
    events = 0;
  }
}
