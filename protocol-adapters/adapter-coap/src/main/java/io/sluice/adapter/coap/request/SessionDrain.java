package io.sluice.adapter.coap.request;

import io.sluice.api.adapter.Drain;

/**
 * How many sessions a drain has to end by now, spread evenly over its time. Immutable.
 *
 * @param total sessions that were open when it began
 * @param sinceNanos when it began, by {@link System#nanoTime}
 */
public record SessionDrain(Drain drain, int total, long sinceNanos) {
  /**
   * @param open sessions that are open now
   * @return how many of them are to be ended at once
   */
  public int due(int open, long nowNanos) {
    long spread = drain.spread().toNanos();
    long elapsed = nowNanos - sinceNanos;
    int mayStay = elapsed >= spread ? 0 : (int) Math.ceil(total * (1 - (double) elapsed / spread));
    return Math.max(0, open - mayStay);
  }
}
