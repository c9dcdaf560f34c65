package io.sluice.adapter.coap.command;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sequence numbers of notifications: the low 24 bits of a clock of milliseconds, each number once
 * (RFC 7641 section 4.4). After a restart they go on, so that a client does not take what comes for
 * old. Thread-safe.
 */
public final class ObserveNumbers {
  private static final int LOW_24_BITS = 0xFF_FFFF;

  private final InstantSource clock;
  private final AtomicLong last = new AtomicLong();

  public ObserveNumbers(InstantSource clock) {
    this.clock = clock;
  }

  public int next() {
    long now = clock.millis();
    return (int) last.updateAndGet(before -> Math.max(before + 1, now)) & LOW_24_BITS;
  }
}
