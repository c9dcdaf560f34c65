package io.sluice.codec.script;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one call of a script may take of its thread: time, memory and stack. It is looked at each
 * time the script has done {@link #STEP} instructions. Confined to one thread.
 *
 * <p>The first call that goes beyond has the whole time. Calls of which many go beyond, one behind
 * the other, share {@link #SHARE} of the thread, and have {@link #FLOOR} each at least: a hundred
 * times what a decoder wants, and no time in which other devices would notice anything.
 */
final class Budget {
  /** Instructions from one look to the next. */
  static final int STEP = 1_000;

  /** Longest time of one call. */
  static final Duration LONGEST = Duration.ofMillis(50);

  /** Most bytes that one call allocates. */
  static final long MOST_BYTES = 16 << 20;

  /** Time that a call has in any case. */
  static final Duration FLOOR = Duration.ofMillis(2);

  /** One part in so many of a thread's time is for calls beyond {@link #FLOOR}. */
  static final int SHARE = 20;

  /** A call of fewer instructions is never cut off for time: the thread was waiting. */
  private static final long FEW_INSTRUCTIONS = 100_000;

  private static final int LOOKS_BETWEEN_STACKS = 8;
  private static final int MOST_FRAMES = 1_000;
  private static final StackWalker STACK = StackWalker.getInstance();

  private final LongSupplier nanoClock;
  private final @Nullable ThreadMXBean threads;

  private long began;
  private long mayTake;
  private long instructions;
  private int looks;
  private long bytesAtFirst;

  private long allowance = LONGEST.toNanos();
  private long allowedAt;

  Budget(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.allowedAt = nanoClock.getAsLong();
    this.threads =
        ManagementFactory.getThreadMXBean() instanceof ThreadMXBean own
                && own.isThreadAllocatedMemorySupported()
                && own.isThreadAllocatedMemoryEnabled()
            ? own
            : null;
  }

  /** Begins a call. */
  void begin() {
    began = nanoClock.getAsLong();
    allowance = Math.min(LONGEST.toNanos(), allowance + Math.max(0, began - allowedAt) / SHARE);
    allowedAt = began;
    mayTake = Math.max(FLOOR.toNanos(), allowance);
    instructions = 0;
    looks = 0;
  }

  /** Ends a call. */
  void end() {
    long took = looks == 0 ? 0 : nanoClock.getAsLong() - began;
    if (took > FLOOR.toNanos()) {
      allowance = Math.max(0, allowance - took);
    }
  }

  /**
   * Looks at what the call has taken.
   *
   * @param more instructions since the last look
   */
  void look(int more) {
    instructions += more;
    looks++;
    if (threads != null) {
      long bytes = threads.getCurrentThreadAllocatedBytes();
      if (looks == 1) {
        bytesAtFirst = bytes;
      } else if (bytes - bytesAtFirst > MOST_BYTES) {
        throw CutOff.here("took more than " + (MOST_BYTES >> 20) + " MB of memory");
      }
    }
    if (instructions > FEW_INSTRUCTIONS && nanoClock.getAsLong() - began > mayTake) {
      throw CutOff.here("ran for more than " + Math.max(1, mayTake / 1_000_000) + " ms");
    }
    if (looks % LOOKS_BETWEEN_STACKS == 0
        && STACK.walk(frames -> frames.skip(MOST_FRAMES).findFirst().isPresent())) {
      throw CutOff.here("called itself too deep");
    }
  }
}
