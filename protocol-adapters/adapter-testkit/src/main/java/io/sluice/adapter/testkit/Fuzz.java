package io.sluice.adapter.testkit;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one property over and over, each time from a seed of its own, and fails where a run throws,
 * takes too long or allocates too much. The failure names the seed that repeats exactly that run.
 *
 * <p>Every build makes the same few runs. Longer ones are asked for by system property (what {@code
 * build/fuzz} does): {@value #RUNS} how many, {@value #SECONDS} for how long instead, {@value
 * #SEED} from where.
 */
public final class Fuzz {
  public static final String RUNS = "sluice.fuzz.runs";
  public static final String SECONDS = "sluice.fuzz.seconds";
  public static final String SEED = "sluice.fuzz.seed";

  /** Tag of the tests that run by this. */
  public static final String TAG = "fuzz";

  private static final Logger LOG = LoggerFactory.getLogger(Fuzz.class);
  private static final long DEFAULT_SEED = 20_261_124;
  private static final long DEFAULT_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(2_500);
  private static final long HUNG_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long LOOK_MILLIS = 200;

  /** One run: everything random in it comes from that generator. */
  @FunctionalInterface
  public interface Property {
    void check(SplittableRandom random) throws Exception;
  }

  private final String name;
  private final int usualRuns;
  private final long maxMillis;
  private final long maxAllocatedBytes;

  private volatile long runSince;
  private volatile long runSeed;
  private volatile long done;
  private volatile @Nullable Throwable failure;

  private Fuzz(String name, int usualRuns, long maxMillis, long maxAllocatedBytes) {
    this.name = name;
    this.usualRuns = usualRuns;
    this.maxMillis = maxMillis;
    this.maxAllocatedBytes = maxAllocatedBytes;
  }

  /**
   * @param usualRuns in a build that asks for nothing; they stop after 2.5 s all the same. 1: a
   *     fixed case, which has nothing random and is never run longer
   */
  public static Fuzz of(String name, int usualRuns) {
    return new Fuzz(name, usualRuns, 5_000, Long.MAX_VALUE);
  }

  /** Limits of a single run; the bytes are those that its own thread allocates. */
  public Fuzz within(long millis, long allocatedBytes) {
    return new Fuzz(name, usualRuns, millis, allocatedBytes);
  }

  /** Runs on a thread of its own, so that a run that hangs is seen and reported with its stack. */
  public void check(Property property) {
    Thread runner =
        Thread.ofPlatform().name("fuzz-" + name).daemon().unstarted(() -> all(property));
    runSince = System.nanoTime();
    long started = runSince;
    runner.start();
    try {
      while (!runner.join(Duration.ofMillis(LOOK_MILLIS))) {
        if (System.nanoTime() - runSince > HUNG_NANOS) {
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
    if (Integer.getInteger(SECONDS) != null && usualRuns > 1) {
      LOG.info(
          "{}: {} runs in {} s",
          name,
          done,
          TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started));
    }
  }

  private void all(Property property) {
    Integer seconds = usualRuns == 1 ? null : Integer.getInteger(SECONDS);
    Integer asked = Integer.getInteger(RUNS);
    long runs = seconds != null ? Long.MAX_VALUE : asked != null ? asked : usualRuns;
    long nanos =
        seconds != null
            ? TimeUnit.SECONDS.toNanos(seconds)
            : asked != null ? Long.MAX_VALUE : DEFAULT_MAX_NANOS;
    long first = Long.getLong(SEED, DEFAULT_SEED);
    long started = System.nanoTime();
    for (long i = 0; i < runs && System.nanoTime() - started < nanos && failure == null; i++) {
      runSeed = first + i;
      one(property);
      done = i + 1;
    }
  }

  private void one(Property property) {
    long bytes = allocated();
    runSince = System.nanoTime();
    try {
      property.check(new SplittableRandom(runSeed));
    } catch (Throwable e) { // the thread's top: whatever it is, the test fails with it
      failure = e;
      return;
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - runSince);
    long taken = allocated() - bytes;
    if (millis > maxMillis) {
      failure = new AssertionError("took " + millis + " ms, more than " + maxMillis);
    } else if (taken > maxAllocatedBytes) {
      failure = new AssertionError("allocated " + taken + " bytes, more than " + maxAllocatedBytes);
    }
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  private String where() {
    return name + " (repeat with -D" + SEED + '=' + runSeed + " -D" + RUNS + "=1)";
  }

  private static String stack(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .limit(40)
        .map(frame -> "  at " + frame)
        .collect(Collectors.joining("\n"));
  }
}
