package io.sluice.codec.sparkplug;

import io.sluice.api.codec.PayloadException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all sessions of the gateway may keep of births together: an eighth of the heap, so that no
 * number of births fills it. Thread-safe.
 */
final class MemoryBudget {
  private static final int SHARE = 8;

  private final long maxBytes;
  private final AtomicLong used = new AtomicLong();

  MemoryBudget() {
    this(Runtime.getRuntime().maxMemory() / SHARE);
  }

  MemoryBudget(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * Takes so much, and gives back what was there before.
   *
   * @throws PayloadException where there is not so much left; nothing is taken then
   */
  void exchange(long before, long after) throws PayloadException {
    long added = after - before;
    if (used.addAndGet(added) > maxBytes && added > 0) {
      used.addAndGet(-added);
      throw new PayloadException(
          "births of Sparkplug nodes take more than %d MB of memory together; give the gateway more"
              .formatted(maxBytes >> 20));
    }
  }

  void giveBack(long bytes) {
    used.addAndGet(-bytes);
  }

  long usedBytes() {
    return used.get();
  }
}
