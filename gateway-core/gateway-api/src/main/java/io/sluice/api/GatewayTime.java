package io.sluice.api;

import java.time.Clock;
import java.util.function.LongSupplier;

/**
 * What time the gateway goes by: one for all its parts, so that a test can play a day in a minute.
 * Both run at the same speed, and only the clock may be set. Thread-safe.
 *
 * @param clock the time of day, UTC
 * @param nanoTime monotonic, as {@link System#nanoTime}; for everything that happens to devices.
 *     Time limits of connections and upstreams go by the machine's own.
 */
public record GatewayTime(Clock clock, LongSupplier nanoTime) {
  private static final GatewayTime SYSTEM = new GatewayTime(Clock.systemUTC(), System::nanoTime);

  /** The machine's. */
  public static GatewayTime system() {
    return SYSTEM;
  }
}
