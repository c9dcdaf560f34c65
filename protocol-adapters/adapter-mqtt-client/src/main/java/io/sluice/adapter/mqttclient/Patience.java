package io.sluice.adapter.mqttclient;

import java.util.concurrent.TimeUnit;

/**
 * How long a source waits for its broker, and at its end, in nanoseconds. Immutable.
 *
 * @param quiet silence after which the broker is asked for a sign of life
 * @param answer how long that may take
 * @param refused after which a refused subscription is asked for again
 * @param settle how long a close waits for the verdict on what was offered
 * @param close how long a close takes at the most, until its leave is taken
 */
record Patience(long quiet, long answer, long refused, long settle, long close) {
  /** A broker that hangs is found within 20 s. */
  static final Patience USUAL =
      new Patience(
          TimeUnit.SECONDS.toNanos(8),
          TimeUnit.SECONDS.toNanos(10),
          TimeUnit.SECONDS.toNanos(20),
          TimeUnit.SECONDS.toNanos(1),
          TimeUnit.SECONDS.toNanos(3));
}
