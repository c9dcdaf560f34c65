package io.sluice.sim.coap;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * The message ids of one endpoint: ascending, and none comes back within EXCHANGE_LIFETIME, or a
 * server would take a new message for an old one (RFC 7252 section 4.4). Watched by the thousand.
 */
final class MessageIds {
  /** Section 4.8.2. */
  static final long LIFETIME_SECONDS = 247;

  private static final int SPAN = 1 << 10;
  private static final long NEVER = Long.MIN_VALUE;
  private final long[] leftNanos = new long[(1 << 16) / SPAN];
  private int next;

  MessageIds(int first) {
    next = first & 0xFFFF;
    Arrays.fill(leftNanos, NEVER);
  }

  /** The next one, or -1 while all of them are in use. */
  int next(long nowNanos) {
    int span = next / SPAN;
    if (next % SPAN == 0) {
      if (leftNanos[span] != NEVER
          && nowNanos - leftNanos[span] < TimeUnit.SECONDS.toNanos(LIFETIME_SECONDS)) {
        return -1;
      }
      leftNanos[(span + leftNanos.length - 1) % leftNanos.length] = nowNanos;
    }
    int id = next;
    next = (next + 1) & 0xFFFF;
    return id;
  }
}
