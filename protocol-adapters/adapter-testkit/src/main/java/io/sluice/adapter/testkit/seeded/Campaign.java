package io.sluice.adapter.testkit.seeded;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The crash and fault campaign: runs one history of faults after the other, each from a seed of its
 * own, and prints the seeds. A failure names the one that repeats exactly that history.
 *
 * <p>Every build makes the same few runs. {@code ./mvnw -Pcampaign verify} asks for more by system
 * property: {@code sluice.campaign.seconds} for how long, {@code .seed} from where, {@code .runs}
 * how many instead.
 */
public final class Campaign {
  /** Tag of the tests that run by this. */
  public static final String TAG = "campaign";

  private static final String PROPERTIES = "sluice.campaign";
  private static final Logger LOG = LoggerFactory.getLogger(Campaign.class);
  private static final Duration HUNG = Duration.ofMinutes(5);

  private Campaign() {}

  /** Whether it is the long one. */
  public static boolean isLong() {
    return seconds() > 0;
  }

  /** How long each target runs in a long campaign; 0 where it is a short one. */
  private static int seconds() {
    return Integer.getInteger(PROPERTIES + ".seconds", 0);
  }

  /** The seed of tests that make one run. */
  public static long seed() {
    return SeededRuns.seed(PROPERTIES);
  }

  /**
   * Runs histories.
   *
   * @param usualRuns in a build that asks for nothing
   */
  public static void run(String name, int usualRuns, SeededRuns.Run history) {
    Integer asked = Integer.getInteger(PROPERTIES + ".runs");
    boolean isTimed = asked == null && isLong();
    long runs = asked != null ? asked : isTimed ? Long.MAX_VALUE : usualRuns;
    long nanos = isTimed ? TimeUnit.SECONDS.toNanos(seconds()) : Long.MAX_VALUE;
    LOG.info(
        "campaign {}: {}", name, new SeededRuns(name, PROPERTIES, HUNG).run(runs, nanos, history));
  }
}
