package io.sluice.adapter.testkit.seeded;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one property over and over, each time from a seed of its own, and fails where a run throws,
 * takes too long or allocates too much. The failure names the seed that repeats exactly that run.
 *
 * <p>Every build makes the same few runs. Longer ones are asked for by system property (what {@code
 * build/fuzz} does): {@code sluice.fuzz.runs} how many, {@code .seconds} for how long instead,
 * {@code .seed} from where.
 */
public final class Fuzz {
  /** Tag of the tests that run by this. */
  public static final String TAG = "fuzz";

  private static final String PROPERTIES = "sluice.fuzz";
  private static final Logger LOG = LoggerFactory.getLogger(Fuzz.class);
  private static final long DEFAULT_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(2_500);
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final Duration HUNG = Duration.ofSeconds(60);

  private final String name;
  private final int usualRuns;
  private final long maxMillis;
  private final long maxAllocatedBytes;

  private Fuzz(String name, int usualRuns, long maxMillis, long maxAllocatedBytes) {
    this.name = name;
    this.usualRuns = usualRuns;
    this.maxMillis = maxMillis;
    this.maxAllocatedBytes = maxAllocatedBytes;
  }

  /** The seed of tests that make one run. */
  public static long seed() {
    return SeededRuns.seed(PROPERTIES);
  }

  /**
   * @param usualRuns in a build that asks for nothing; they stop after 2.5 s all the same. 1: a
   *     fixed case, which has nothing random and is never run longer
   */
  public static Fuzz of(String name, int usualRuns) {
    return new Fuzz(name, usualRuns, 5_000, Long.MAX_VALUE);
  }

  /**
   * Limits of a single run: processor time and bytes allocated, both of its own thread, so that a
   * busy machine fails nothing.
   */
  public Fuzz within(long millis, long allocatedBytes) {
    return new Fuzz(name, usualRuns, millis, allocatedBytes);
  }

  /** Runs it. */
  public void check(SeededRuns.Run property) {
    Integer seconds = usualRuns == 1 ? null : Integer.getInteger(PROPERTIES + ".seconds");
    Integer asked = Integer.getInteger(PROPERTIES + ".runs");
    long runs = seconds != null ? Long.MAX_VALUE : asked != null ? asked : usualRuns;
    long nanos =
        seconds != null
            ? TimeUnit.SECONDS.toNanos(seconds)
            : asked != null ? Long.MAX_VALUE : DEFAULT_MAX_NANOS;
    String ran =
        new SeededRuns(name, PROPERTIES, HUNG)
            .run(runs, nanos, random -> withinLimits(property, random));
    if (seconds != null) {
      LOG.info("{}: {}", name, ran);
    }
  }

  private void withinLimits(SeededRuns.Run property, SplittableRandom random) throws Exception {
    long bytes = allocated();
    long begin = THREADS.getCurrentThreadCpuTime();
    property.run(random);
    long millis = TimeUnit.NANOSECONDS.toMillis(THREADS.getCurrentThreadCpuTime() - begin);
    long taken = allocated() - bytes;
    if (millis > maxMillis) {
      throw new AssertionError("took " + millis + " ms, more than " + maxMillis);
    } else if (taken > maxAllocatedBytes) {
      throw new AssertionError("allocated " + taken + " bytes, more than " + maxAllocatedBytes);
    }
  }

  private static long allocated() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }
}
