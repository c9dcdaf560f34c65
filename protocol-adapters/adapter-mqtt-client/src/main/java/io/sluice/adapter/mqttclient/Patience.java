package io.sluice.adapter.mqttclient;

import java.util.concurrent.TimeUnit;

/**
 * How long a source waits for its broker, in nanoseconds. Immutable.
 *
 * @param quiet silence after which the broker is asked for a sign of life
 * @param answer how long that may take
 * @param refused after which a refused subscription is asked for again
 */
record Patience(long quiet, long answer, long refused) {
  /** A broker that hangs is found within 20 s. */
  static final Patience USUAL =
      new Patience(
          TimeUnit.SECONDS.toNanos(8), TimeUnit.SECONDS.toNanos(10), TimeUnit.SECONDS.toNanos(20));
}
