package io.sluice.upstream.mqtt;

import java.util.concurrent.TimeUnit;

/**
 * How many bytes may be sent and not yet acknowledged, so that an alarm waits behind little on a
 * slow line and a fast one is not held back. Where an acknowledgement takes more than a target
 * above the shortest yet seen, the window becomes what the line carries in that time; where it
 * takes less than half of it, and the window was full, it doubles. Its event loop's alone.
 */
final class LineWindow {
  private static final long TARGET_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
  private static final long LEAST_BYTES = 4 << 10;
  private static final long FIRST_BYTES = 16 << 10;
  private static final long MOST_BYTES = 64 << 20;

  private long windowBytes = FIRST_BYTES;
  private long outBytes;
  private long acknowledgedBytes;
  private long shortestNanos;
  private boolean wasFull;

  /** The publication whose acknowledgement is timed; 0: none. */
  private long timed;

  private long timedSince;
  private long acknowledgedBefore;
  private double bytesPerSecond;

  /**
   * @param answerNanos how long the broker took for CONNECT
   */
  LineWindow(long answerNanos) {
    this.shortestNanos = answerNanos;
  }

  /** Bytes that may be sent now; a single record may always be, where nothing is under way. */
  long room() {
    long room = windowBytes - outBytes;
    if (room <= 0) {
      wasFull = true;
      return outBytes == 0 ? 1 : 0;
    }
    return room;
  }

  /** Bytes that may be sent of alarms: as much again as of the rest. */
  long roomOfAlarms() {
    return Math.max(0, 2 * windowBytes - outBytes) + (outBytes == 0 ? 1 : 0);
  }

  /**
   * @param order of the publication, from 1 on
   */
  void sent(long order, int bytes, long nowNanos) {
    outBytes += bytes;
    if (timed == 0) {
      timed = order;
      timedSince = nowNanos;
      acknowledgedBefore = acknowledgedBytes;
    }
  }

  /** Whether it is to be known when that publication is acknowledged. */
  boolean isTimed(long order) {
    return order == timed;
  }

  /**
   * @param nowNanos where {@link #isTimed} says so, else of no meaning
   */
  void acknowledged(long order, int bytes, long nowNanos) {
    outBytes -= bytes;
    acknowledgedBytes += bytes;
    if (order == timed) {
      timed = 0;
      observe(Math.max(1, nowNanos - timedSince), acknowledgedBytes - acknowledgedBefore);
    }
  }

  private void observe(long nanos, long bytes) {
    shortestNanos = Math.min(shortestNanos, nanos);
    long above = nanos - shortestNanos;
    bytesPerSecond = bytes * 1e9 / nanos;
    if (above > TARGET_NANOS) {
      long carried = (long) (bytesPerSecond * (shortestNanos + TARGET_NANOS) / 1e9);
      windowBytes = Math.clamp(carried, LEAST_BYTES, Math.max(LEAST_BYTES, windowBytes));
    } else if (above < TARGET_NANOS / 2 && wasFull) {
      windowBytes = Math.min(MOST_BYTES, windowBytes * 2);
    }
    wasFull = false;
  }

  /** As last measured; 0 where it was not. */
  double bytesPerSecond() {
    return bytesPerSecond;
  }
}
