package io.sluice.app;

import io.sluice.api.health.Guarded;
import io.sluice.api.operator.DrainService;
import io.sluice.api.operator.DrainSettings;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process in order so that it is started again. Where the configuration names another
 * gateway, devices are sent there first, spread over the time of a drain; else they are told that
 * the gateway ends as its listeners close, since nobody else would take them.
 */
final class Restart implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Restart.class);
  private static final long LOOK_MILLIS = 200;

  /** Beyond the time over which sessions are ended: what a device has to answer, and some more. */
  private static final long GRACE_MILLIS = 8_000;

  private final DrainService draining;
  private final Supplier<DrainSettings> settings;
  private final Runnable exit;
  private final AtomicBoolean isCalled = new AtomicBoolean();

  /**
   * @param exit ends the process; may not return
   */
  Restart(DrainService draining, Supplier<DrainSettings> settings, Runnable exit) {
    this.draining = draining;
    this.settings = settings;
    this.exit = exit;
  }

  /** Returns at once; the second call does nothing. */
  @Override
  public void run() {
    if (isCalled.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("restart").start(Guarded.task("restart", this::end));
    }
  }

  private void end() {
    LOG.info("the gateway ends to be started again");
    try {
      if (settings.get().serverReference() != null) {
        awaitEnd(draining.start(null, null, false));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      exit.run();
    }
  }

  private void awaitEnd(DrainService.Standing begun) throws InterruptedException {
    long millis = (begun.untilMicros() - begun.sinceMicros()) / 1_000 + GRACE_MILLIS;
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    DrainService.Standing now = begun;
    while (now != null && now.sessions() > 0 && System.nanoTime() - end < 0) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      now = draining.standing();
    }
  }
}
