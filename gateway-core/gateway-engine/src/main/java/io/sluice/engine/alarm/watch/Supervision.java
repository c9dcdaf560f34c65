package io.sluice.engine.alarm.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Which devices have been silent for their supervision interval. A timer wheel of one-second slots:
 * a sign of life is one look-up and one write, and moves nothing; when a device's turn comes it is
 * put off by what it has been heard since. A second costs the devices whose turn it is, and one
 * {@value #SLOTS}th of the others at most.
 *
 * <p>{@link #heard} on any thread; the rest on one. Times are of a monotonic clock, so that steps
 * of the wall clock neither raise nor hide a loss.
 */
final class Supervision {
  static final int SLOTS = 4096;
  private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Is told once of each loss and each return, on the thread that ticks. */
  interface Verdicts {
    void lost(String device, long intervalNanos);

    void returned(String device);
  }

  /** One device. Only {@link #heardNanos} and {@link #isLost} are written by other threads. */
  private static final class Watch {
    final String device;
    final long intervalNanos;
    final AtomicBoolean isLost;
    volatile long heardNanos;

    /** Its loss was reported and its return was not. */
    boolean isFaulted;

    /** Replaced by another watch, or its device is supervised no more. */
    boolean isOver;

    Watch(String device, long intervalNanos, long heardNanos, boolean isLost) {
      this.device = device;
      this.intervalNanos = intervalNanos;
      this.heardNanos = heardNanos;
      this.isLost = new AtomicBoolean(isLost);
      this.isFaulted = isLost;
    }
  }

  private final Map<String, Watch> watches = new ConcurrentHashMap<>();
  private final List<List<Watch>> wheel = new ArrayList<>(SLOTS);

  /** Returned and not yet reported: each lost device at most once. */
  private final Queue<Watch> returned = new ConcurrentLinkedQueue<>();

  private final long originNanos;
  private long turnedTo;

  Supervision(long nowNanos) {
    this.originNanos = nowNanos;
    for (int slot = 0; slot < SLOTS; slot++) {
      wheel.add(new ArrayList<>(0));
    }
  }

  /**
   * Supervises a device from now on; its whole interval begins now. One that was supervised before
   * and is lost stays lost.
   *
   * @param isLost whether its loss was reported before: then its return is what is waited for
   */
  void watch(String device, long intervalNanos, long nowNanos, boolean isLost) {
    Watch before = watches.get(device);
    boolean isFaulted = isLost || (before != null && before.isFaulted);
    Watch watch = new Watch(device, intervalNanos, nowNanos, isFaulted);
    watches.put(device, watch);
    if (before != null) {
      before.isOver = true;
      if (before.isFaulted && !before.isLost.get()) {
        heard(device, nowNanos); // it has returned, which nobody has been told yet
      }
    }
    if (!isFaulted) {
      schedule(watch);
    }
  }

  /**
   * Somebody has ended the alarm of a device that is lost: its whole interval begins now, as if it
   * had been heard. Nothing where it is not lost; on the thread that ticks.
   */
  void giveInterval(String device, long nowNanos) {
    Watch watch = watches.get(device);
    if (watch != null && watch.isFaulted) {
      Watch next = new Watch(device, watch.intervalNanos, nowNanos, false);
      watches.put(device, next);
      watch.isOver = true;
      schedule(next);
    }
  }

  /** The device is supervised no more. True where its loss was reported and its return was not. */
  boolean forget(String device) {
    Watch watch = watches.remove(device);
    if (watch == null) {
      return false;
    }
    watch.isOver = true;
    return watch.isFaulted;
  }

  /** The interval by which a device is supervised; 0 where it is not. */
  long intervalNanos(String device) {
    Watch watch = watches.get(device);
    return watch == null ? 0 : watch.intervalNanos;
  }

  /** Tells once more of each device that is lost; on the thread that ticks. */
  void lostAgain(Verdicts verdicts) {
    for (Watch watch : watches.values()) {
      if (watch.isFaulted) {
        verdicts.lost(watch.device, watch.intervalNanos);
      }
    }
  }

  /** A sign of life. Never blocks. */
  void heard(String device, long nowNanos) {
    Watch watch = watches.get(device);
    if (watch != null) {
      watch.heardNanos = nowNanos;
      if (watch.isLost.get() && watch.isLost.compareAndSet(true, false)) {
        returned.add(watch);
      }
    }
  }

  /** Reports what has been lost and what has returned by now. */
  void tick(long nowNanos, Verdicts verdicts) {
    for (Watch watch = returned.poll(); watch != null; watch = returned.poll()) {
      if (!watch.isOver) {
        watch.isFaulted = false;
        verdicts.returned(watch.device);
        schedule(watch);
      }
    }
    long now = Math.floorDiv(nowNanos - originNanos, TICK_NANOS);
    long from = Math.max(turnedTo + 1, now - SLOTS + 1);
    for (long turn = from; turn <= now; turn++) {
      turn((int) Math.floorMod(turn, (long) SLOTS), nowNanos, verdicts);
    }
    turnedTo = Math.max(turnedTo, now);
  }

  private void turn(int slot, long nowNanos, Verdicts verdicts) {
    List<Watch> here = wheel.get(slot);
    if (here.isEmpty()) {
      return;
    }
    wheel.set(slot, new ArrayList<>(0));
    for (Watch watch : here) {
      if (watch.isOver) {
        continue;
      }
      if (nowNanos - watch.heardNanos >= watch.intervalNanos) {
        lose(watch, nowNanos, verdicts);
      } else {
        schedule(watch);
      }
    }
  }

  private void lose(Watch watch, long nowNanos, Verdicts verdicts) {
    watch.isLost.set(true);
    boolean isHeardMeanwhile = nowNanos - watch.heardNanos < watch.intervalNanos;
    if (isHeardMeanwhile && watch.isLost.compareAndSet(true, false)) {
      schedule(watch);
    } else {
      watch.isFaulted = true;
      verdicts.lost(watch.device, watch.intervalNanos);
    }
  }

  /** Into the slot of the first second that begins when the interval is over. */
  private void schedule(Watch watch) {
    long dueNanos = watch.heardNanos - originNanos + watch.intervalNanos;
    long due = Math.max(turnedTo + 1, Math.ceilDiv(dueNanos, TICK_NANOS));
    wheel.get((int) Math.floorMod(due, (long) SLOTS)).add(watch);
  }
}
