package io.sluice.fleet.run;

import io.sluice.api.health.Guarded;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes part in the fleet's work as long as that is possible: waits for Kafka and the topics,
 * joins, and looks from time to time whether they are still as they have to be. Where the work
 * fails it is begun anew, after a pause that grows; why it rests is known meanwhile. On a thread of
 * its own.
 */
final class FleetJoin implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FleetJoin.class);
  private static final String THREAD = "fleet-join";
  private static final long CHECK_SECONDS = 30;

  /** After so long a run counts as one that went well. */
  private static final long WELL_SECONDS = 60;

  /** Looks whether Kafka has what is needed. */
  interface Check {
    TopicCheck.Found look() throws InterruptedException;
  }

  private final Check check;
  private final Supplier<@Nullable String> preparation;
  private final IntFunction<StreamsRun> work;
  private final LateInstances instances;
  private final Path state;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Backoff backoff = new Backoff(stop);
  private volatile String waiting = "Kafka has not been asked yet";
  private volatile @Nullable StreamsRun running;
  private String told = "";
  private final Thread thread =
      Thread.ofPlatform()
          .name(THREAD)
          .daemon()
          .unstarted(Guarded.loop(THREAD, this::run, this::isStopped));

  /**
   * @param preparation begins what goes before the work, and says why that is not done yet; null
   *     where it is
   * @param work begins the work on so many partitions
   * @param instances are told of each run
   * @param state folder of the work's state
   */
  FleetJoin(
      Check check,
      Supplier<@Nullable String> preparation,
      IntFunction<StreamsRun> work,
      LateInstances instances,
      Path state) {
    this.check = check;
    this.preparation = preparation;
    this.work = work;
    this.instances = instances;
    this.state = state;
  }

  void start() {
    thread.start();
  }

  /** Why this instance does not take part, or not wholly; null where it does. */
  @Nullable String problem() {
    StreamsRun run = running;
    return run == null ? waiting : run.problem();
  }

  private boolean isStopped() {
    return stop.getCount() == 0;
  }

  private void run() {
    try {
      boolean goesOn = !isStopped();
      while (goesOn) {
        rest(attempt());
        goesOn = backoff.pause();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stop.countDown();
    }
  }

  /** It does not take part for that reason, which is told where it is another one than before. */
  private void rest(String why) {
    waiting = why;
    if (!isStopped() && !why.equals(told)) {
      LOG.warn("fleet: {}; it is tried again, at the latest each {} s", why, Backoff.SECONDS_MAX);
      told = why;
    }
  }

  /** Takes part until that ends; returns why it has. */
  private String attempt() throws InterruptedException {
    try {
      TopicCheck.Found found = check.look();
      if (!found.problem().isEmpty()) {
        return found.problem();
      }
      for (String open = preparation.get(); open != null; open = preparation.get()) {
        waiting = open;
        if (stop.await(100, TimeUnit.MILLISECONDS)) {
          return "it is being stopped";
        }
      }
      return takePart(found.partitions());
    } catch (KafkaException e) {
      return "Kafka, or the state folder, cannot be used: " + KafkaFault.text(e, state);
    }
  }

  private String takePart(int partitions) throws InterruptedException {
    try (StreamsRun run = work.apply(partitions)) {
      run.start();
      running = run;
      instances.joined(run);
      return watched(run);
    } finally {
      instances.joined(null);
      running = null;
    }
  }

  private String watched(StreamsRun run) throws InterruptedException {
    for (long second = 1; !stop.await(1, TimeUnit.SECONDS); second++) {
      String failure = run.failure();
      if (failure != null) {
        return failure;
      }
      if (second == WELL_SECONDS) {
        backoff.reset();
        told = "";
      }
      if (second % CHECK_SECONDS == 0) {
        TopicCheck.Found found = check();
        if (found != null && found.isCertain()) {
          return found.problem();
        }
      }
    }
    return "it is being stopped";
  }

  /** Null where Kafka does not answer: the run itself says so. */
  private TopicCheck.@Nullable Found check() throws InterruptedException {
    try {
      return check.look();
    } catch (KafkaException e) {
      LOG.debug("fleet: the topics are not looked at: {}", e.getMessage());
      return null;
    }
  }

  /** Ends the work in order. */
  @Override
  public void close() {
    stop.countDown();
    if (running == null) {
      thread.interrupt(); // it waits for Kafka
    }
    try {
      thread.join(TimeUnit.SECONDS.toMillis(2 * StreamsRun.CLOSE.toSeconds()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
