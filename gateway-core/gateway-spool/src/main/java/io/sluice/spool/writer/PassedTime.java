package io.sluice.spool.writer;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * How long ago records were written, by a clock that may be set meanwhile: a step of it makes none
 * of them older. Steps are known within a run; from one run to the next the clock alone tells. Used
 * by one thread.
 */
final class PassedTime {
  private static final long STEP_MIN_MILLIS = 60_000;
  private static final int STEPS_MAX = 16;

  /**
   * The clock was set.
   *
   * @param sequence of the first record after it
   * @param millis by which it was set forward
   */
  private record Step(long sequence, long millis) {}

  private final Clock clock;
  private final LongSupplier nanoTime;
  private final List<Step> steps = new ArrayList<>();
  private long lookedMillis;
  private long lookedNanos;

  PassedTime(Clock clock, LongSupplier nanoTime) {
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.lookedMillis = clock.millis();
    this.lookedNanos = nanoTime.getAsLong();
  }

  /**
   * Looks whether the clock was set since the last look; every few seconds.
   *
   * @param nextSequence that the next record gets
   */
  void look(long nextSequence) {
    long millis = clock.millis();
    long nanos = nanoTime.getAsLong();
    long step = millis - lookedMillis - (nanos - lookedNanos) / 1_000_000;
    lookedMillis = millis;
    lookedNanos = nanos;
    if (Math.abs(step) >= STEP_MIN_MILLIS) {
      if (steps.size() == STEPS_MAX) {
        Step oldest = steps.removeFirst();
        steps.set(
            0, new Step(steps.getFirst().sequence(), steps.getFirst().millis() + oldest.millis()));
      }
      steps.add(new Step(nextSequence, step));
    }
  }

  /**
   * The age of what was written last at a moment of the clock.
   *
   * @param endSequence behind the last record of it
   */
  long ageMillis(long writtenMillis, long endSequence) {
    long age = clock.millis() - writtenMillis;
    for (Step step : steps) {
      if (endSequence <= step.sequence()) {
        age -= step.millis();
      }
    }
    return age;
  }
}
