package io.sluice.adapter.mqtt;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What the connections take together that have not been admitted, over all MQTT listeners of a
 * gateway. Each counts for {@value #CONNECTION_BYTES} bytes and what it has sent: whatever of that
 * is kept where, it is no more. Large ones may take half, so that they leave room for the ordinary
 * CONNECT of a few hundred bytes. Thread-safe.
 */
final class Unadmitted {
  /** A channel with its handlers and its first buffer. */
  static final int CONNECTION_BYTES = 4 << 10;

  /** Beyond this, sent bytes make a connection a large one. */
  static final int LARGE_BYTES = 8 << 10;

  private final AtomicLong held = new AtomicLong();

  /**
   * Takes more for a connection; false where there is no room.
   *
   * @param maxBytes of all together
   */
  boolean take(int bytes, boolean isLarge, long maxBytes) {
    if (held.addAndGet(bytes) <= (isLarge ? maxBytes / 2 : maxBytes)) {
      return true;
    }
    held.addAndGet(-bytes);
    return false;
  }

  void giveBack(int bytes) {
    held.addAndGet(-bytes);
  }

  /** Bytes that are taken now. */
  long held() {
    return held.get();
  }
}
