package io.sluice.adapter.mqttclient;

import java.util.random.RandomGenerator;

/**
 * How long to wait for the next attempt: twice as long after each failure, half of it at random, so
 * that many gateways do not come back in one moment. Not thread-safe.
 */
final class Backoff {
  private static final long LEAST_MILLIS = 500;

  /** With the time of an attempt itself, a broker that returns is found within 30 s. */
  private static final long MOST_MILLIS = 15_000;

  private static final int DOUBLINGS_MAX = 10;

  private final RandomGenerator random;
  private int failures;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** After one more failure, milliseconds. */
  long nextMillis() {
    long most = Math.min(MOST_MILLIS, LEAST_MILLIS << Math.min(failures, DOUBLINGS_MAX));
    failures++;
    return random.nextLong(most / 2, most + 1);
  }

  /** All is well: the next failure is the first. */
  void reset() {
    failures = 0;
  }
}
