package io.sluice.adapter.netty;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What the connections take together that have not been admitted, over all listeners of one
 * protocol. Each counts for {@value #CONNECTION_BYTES} bytes and what it has sent: whatever of that
 * is kept where, it is no more. Large ones may take half, so that they leave room for the ordinary
 * sign-in of a few hundred bytes. Thread-safe.
 */
public final class Unadmitted {
  /** A channel with its handlers and its first buffer. */
  public static final int CONNECTION_BYTES = 4 << 10;

  /** Beyond this, sent bytes make a connection a large one. */
  public static final int LARGE_BYTES = 8 << 10;

  private final AtomicLong held = new AtomicLong();

  /**
   * Takes more for a connection; false where there is no room.
   *
   * @param maxBytes of all together
   */
  public boolean take(int bytes, boolean isLarge, long maxBytes) {
    if (held.addAndGet(bytes) <= (isLarge ? maxBytes / 2 : maxBytes)) {
      return true;
    }
    held.addAndGet(-bytes);
    return false;
  }

  /** Gives back what was taken. */
  public void giveBack(int bytes) {
    held.addAndGet(-bytes);
  }

  /** Bytes that are taken now. */
  public long held() {
    return held.get();
  }
}
