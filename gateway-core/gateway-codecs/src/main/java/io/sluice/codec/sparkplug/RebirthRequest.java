package io.sluice.codec.sparkplug;

/**
 * When a node is asked for its births again: at once, then after 10 s, 20 s and so on up to 5 min
 * while that does not help. Guarded by its session.
 */
final class RebirthRequest {
  private static final long FIRST_MICROS = 10_000_000;
  private static final long MOST_MICROS = 300_000_000;
  private static final long NEVER = Long.MIN_VALUE;

  private long askedMicros = NEVER;
  private long waitMicros = FIRST_MICROS;
  private boolean isWanted;

  /** The births are wanted. */
  void want() {
    isWanted = true;
  }

  /** A birth has come: nothing is wanted any more. */
  void born() {
    isWanted = false;
  }

  boolean isWanted() {
    return isWanted;
  }

  /** Whether it is to be asked now; notes that it is. */
  boolean isDue(long nowMicros) {
    boolean isLongAgo = askedMicros == NEVER || nowMicros - askedMicros >= 2 * MOST_MICROS;
    boolean isEarlier = nowMicros < askedMicros; // the clock was set back
    if (!isWanted || !(isLongAgo || isEarlier || nowMicros - askedMicros >= waitMicros)) {
      return false;
    }
    waitMicros = isLongAgo ? FIRST_MICROS : Math.min(MOST_MICROS, waitMicros * 2);
    askedMicros = nowMicros;
    isWanted = false;
    return true;
  }
}
