package io.sluice.adapter.testkit;

import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The crash and fault campaign: runs one history of faults after the other, each from a seed of its
 * own, and prints the seeds. A failure names the one that repeats exactly that history.
 *
 * <p>Every build makes the same few runs. {@code ./mvnw -Pcampaign verify} asks for more by system
 * property: {@value #SECONDS} for how long, {@value #SEED} from where, {@value #RUNS} how many
 * instead.
 */
public final class Campaign {
  public static final String RUNS = "sluice.campaign.runs";
  public static final String SECONDS = "sluice.campaign.seconds";
  public static final String SEED = "sluice.campaign.seed";

  /** Tag of the tests that run by this. */
  public static final String TAG = "campaign";

  private static final Logger LOG = LoggerFactory.getLogger(Campaign.class);
  private static final long DEFAULT_SEED = 20_261_124;
  private static final long HUNG_NANOS = TimeUnit.SECONDS.toNanos(300);
  private static final long LOOK_MILLIS = 200;

  /** One history: everything random in it comes from that generator. */
  @FunctionalInterface
  public interface History {
    void run(SplittableRandom random) throws Exception;
  }

  private final String name;
  private volatile long runSince = System.nanoTime();
  private volatile long runSeed;
  private volatile long done;
  private volatile @Nullable Throwable failure;

  private Campaign(String name) {
    this.name = name;
  }

  /** Whether it is the long one. */
  public static boolean isLong() {
    return seconds() > 0;
  }

  /** How long each target runs in a long campaign; 0 where it is a short one. */
  public static int seconds() {
    return Integer.getInteger(SECONDS, 0);
  }

  /** The seed of tests that make one run. */
  public static long seed() {
    return Long.getLong(SEED, DEFAULT_SEED);
  }

  /**
   * Runs histories on a thread of its own, so that one that hangs is seen and reported.
   *
   * @param usualRuns in a build that asks for nothing
   */
  public static void run(String name, int usualRuns, History history) {
    Campaign campaign = new Campaign(name);
    Thread runner =
        Thread.ofPlatform()
            .name("campaign-" + name)
            .daemon()
            .unstarted(() -> campaign.all(usualRuns, history));
    long started = System.nanoTime();
    runner.start();
    campaign.watch(runner);
    LOG.info(
        "campaign {}: {} histories in {} s, seeds {} to {}",
        name,
        campaign.done,
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started),
        seed(),
        campaign.runSeed);
  }

  private void watch(Thread runner) {
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
  }

  private void all(int usualRuns, History history) {
    Integer asked = Integer.getInteger(RUNS);
    long nanos = asked == null && isLong() ? TimeUnit.SECONDS.toNanos(seconds()) : Long.MAX_VALUE;
    long runs = asked != null ? asked : isLong() ? Long.MAX_VALUE : usualRuns;
    long started = System.nanoTime();
    for (long i = 0; i < runs && System.nanoTime() - started < nanos && failure == null; i++) {
      runSeed = seed() + i;
      runSince = System.nanoTime();
      try {
        history.run(new SplittableRandom(runSeed));
        done = i + 1;
      } catch (Throwable e) { // the thread's top: whatever it is, the test fails with it
        failure = e;
      }
    }
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
