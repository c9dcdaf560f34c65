package io.sluice.trial.stage;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Waits for what the stage comes to. */
public final class Waiting {
  private static final long LOOK_MILLIS = 200;

  private Waiting() {}

  /** Something that is asked for, where whoever is asked may not answer yet. */
  @FunctionalInterface
  public interface Question {
    /** Whether it has come about. */
    boolean isAnswered() throws IOException, InterruptedException;
  }

  /**
   * Waits until it has come about.
   *
   * @return how many seconds that took
   * @throws IOException where it has not in time; the message says what, and why not where that is
   *     known
   */
  public static double until(String what, long seconds, Question question)
      throws IOException, InterruptedException {
    long began = System.nanoTime();
    IOException last = null;
    while (true) {
      try {
        if (question.isAnswered()) {
          return (System.nanoTime() - began) / 1e9;
        }
        last = null;
      } catch (IOException e) {
        last = e; // whoever is asked may not be there yet
      }
      if (System.nanoTime() - began > TimeUnit.SECONDS.toNanos(seconds)) {
        throw new IOException(
            "%s: not within %d s%s"
                .formatted(what, seconds, last == null ? "" : "; " + last.getMessage()),
            last);
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }
}
