package io.sluice.trial.run;

import io.sluice.trial.stage.Waiting.Question;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Asks again and again, by a thread of its own, whether something is well. It keeps some 40 bytes a
 * look. Thread-safe.
 */
final class Watch implements AutoCloseable {
  private final Question question;
  private final long everyMillis;
  private final List<Look> looks = new ArrayList<>(); // guarded by this
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread thread;

  /**
   * One look.
   *
   * @param nanos when its answer was there
   */
  private record Look(long nanos, boolean isWell) {}

  private Watch(String name, long everyMillis, Question question) {
    this.question = question;
    this.everyMillis = everyMillis;
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  /**
   * Begins to look.
   *
   * @param question where it cannot be answered, it is not well
   */
  static Watch begin(String name, long everyMillis, Question question) {
    Watch watch = new Watch(name, everyMillis, question);
    watch.thread.start();
    return watch;
  }

  private void run() {
    try {
      while (!ended.await(everyMillis, TimeUnit.MILLISECONDS)) {
        boolean isWell = isWell();
        synchronized (this) {
          looks.add(new Look(System.nanoTime(), isWell));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isWell() throws InterruptedException {
    try {
      return question.isAnswered();
    } catch (IOException e) {
      return false; // whoever is asked is away
    }
  }

  /** How many seconds since then it was not well. */
  synchronized double unwellSeconds(long sinceNanos) {
    double seconds = 0;
    long before = sinceNanos;
    for (Look look : looks) {
      if (look.nanos > sinceNanos) {
        seconds += look.isWell ? 0 : (look.nanos - before) / 1e9;
        before = look.nanos;
      }
    }
    return seconds;
  }

  /** After how many seconds it was well, and stayed so until now; 0 where it was throughout. */
  synchronized double wellAfterSeconds(long sinceNanos) {
    long last = sinceNanos;
    for (Look look : looks) {
      if (look.nanos > sinceNanos && !look.isWell) {
        last = look.nanos;
      }
    }
    return (last - sinceNanos) / 1e9;
  }

  /** For how many seconds it has been well until now. */
  synchronized double wellForSeconds() {
    long now = System.nanoTime();
    long since = now;
    for (int i = looks.size() - 1; i >= 0 && looks.get(i).isWell; i--) {
      since = looks.get(i).nanos;
    }
    return (now - since) / 1e9;
  }

  @Override
  public void close() {
    ended.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
