package io.sluice.adapter.testkit.seeded;

import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs one thing over and over, each time from the next seed, on a thread of its own, so that a run
 * that hangs is seen and reported with its stack. A failure names the seed that repeats exactly
 * that run.
 */
public final class SeededRuns {
  private static final long DEFAULT_SEED = 20_261_124;
  private static final long LOOK_MILLIS = 200;

  /** One run: everything random in it comes from that generator. */
  @FunctionalInterface
  public interface Run {
    void run(SplittableRandom random) throws Exception;
  }

  private final String name;
  private final String properties;
  private final Duration hung;
  private volatile long runSince = System.nanoTime();
  private volatile long runSeed;
  private volatile long done;
  private volatile @Nullable Throwable failure;

  /**
   * @param properties what the names of the system properties begin with
   * @param hung a run that takes longer is given up
   */
  SeededRuns(String name, String properties, Duration hung) {
    this.name = name;
    this.properties = properties;
    this.hung = hung;
  }

  /** The seed of the first run. */
  static long seed(String properties) {
    return Long.getLong(properties + ".seed", DEFAULT_SEED);
  }

  /** Runs so many, or until the time is over; gives what there is to say of it. */
  String run(long most, long nanos, Run run) {
    Thread runner = Thread.ofPlatform().name(name).daemon().unstarted(() -> all(most, nanos, run));
    long started = System.nanoTime();
    runner.start();
    watch(runner);
    return "%d runs in %d s, seeds %d to %d"
        .formatted(
            done,
            TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started),
            seed(properties),
            runSeed);
  }

  private void watch(Thread runner) {
    try {
      while (!runner.join(Duration.ofMillis(LOOK_MILLIS))) {
        if (System.nanoTime() - runSince > hung.toNanos()) {
          throw new AssertionError(where() + " hangs:\n" + stack(runner));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(where() + " was interrupted", e);
    }
    if (failure != null) {
      throw new AssertionError(where() + ": " + failure, failure);
    }
  }

  private void all(long most, long nanos, Run run) {
    long first = seed(properties);
    long started = System.nanoTime();
    for (long i = 0; i < most && System.nanoTime() - started < nanos && failure == null; i++) {
      runSeed = first + i;
      runSince = System.nanoTime();
      try {
        run.run(new SplittableRandom(runSeed));
        done = i + 1;
      } catch (Throwable e) { // the thread's top: whatever it is, the test fails with it
        failure = e;
      }
    }
  }

  private String where() {
    return "%s (repeat with -D%s.seed=%d -D%2$s.runs=1)".formatted(name, properties, runSeed);
  }

  private static String stack(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .limit(40)
        .map(frame -> "  at " + frame)
        .collect(Collectors.joining("\n"));
  }
}
