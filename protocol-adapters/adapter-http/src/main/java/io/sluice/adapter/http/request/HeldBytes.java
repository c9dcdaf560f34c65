package io.sluice.adapter.http.request;

import java.util.concurrent.atomic.AtomicLong;

/** What bodies hold together that are not answered yet, over all listeners. Thread-safe. */
public final class HeldBytes {
  private final AtomicLong held = new AtomicLong();

  /**
   * Takes so many more; false where there is no room.
   *
   * @param maxBytes of all together
   */
  public boolean take(int bytes, long maxBytes) {
    if (held.addAndGet(bytes) <= maxBytes) {
      return true;
    }
    held.addAndGet(-bytes);
    return false;
  }

  /** Gives back what was taken. */
  public void giveBack(long bytes) {
    held.addAndGet(-bytes);
  }

  /** Bytes that are taken now. */
  public long held() {
    return held.get();
  }
}
