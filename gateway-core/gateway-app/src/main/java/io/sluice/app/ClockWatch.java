package io.sluice.app;

import io.sluice.api.Lane;
import io.sluice.api.health.Health;
import io.sluice.engine.normalize.sample.ClockFloor;
import io.sluice.spool.Spool;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the clock is set: a box without a battery starts in 1970. It says so once, and once when
 * the clock is set. What was taken in meanwhile keeps its mark.
 */
final class ClockWatch implements Runnable, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClockWatch.class);
  private static final String NAME = "clock";

  /** How far behind the newest record a clock may be that was merely set right. */
  private static final Duration SET_RIGHT = Duration.ofHours(1);

  /** A record of later is no sign of the time but of a clock that was wrong the other way. */
  private static final Duration BELIEVED = Duration.ofDays(20 * 365);

  private final ClockFloor floor;
  private final Clock clock;
  private boolean isSet;

  private ClockWatch(ClockFloor floor, Clock clock) {
    this.floor = floor;
    this.clock = clock;
    this.isSet = floor.isSet(nowMicros());
    if (!isSet) {
      String text =
          "the clock is not set (it shows "
              + clock.instant()
              + "): times that the gateway gives are uncertain, those of devices are taken as they"
              + " are; set it (timedatectl set-ntp true), and give the box a clock with a battery";
      LOG.warn("{}", text);
      Health.ofProcess().warn(NAME, text);
    }
  }

  /** By the build's date and the newest record of the spool. Reads disk. */
  static ClockWatch of(Spool spool, Instant built, Clock clock) {
    long floor = micros(built);
    long believed = micros(built.plus(BELIEVED));
    for (Lane lane : Lane.values()) {
      for (Spool.StoredEntry newest : spool.newest(lane, 1)) {
        long received = newest.receivedMicros() - micros(Instant.EPOCH.plus(SET_RIGHT));
        if (received <= believed) {
          floor = Math.max(floor, received);
        }
      }
    }
    return new ClockWatch(new ClockFloor(floor), clock);
  }

  private static long micros(Instant instant) {
    return TimeUnit.SECONDS.toMicros(instant.getEpochSecond());
  }

  private long nowMicros() {
    return TimeUnit.MILLISECONDS.toMicros(clock.millis());
  }

  ClockFloor floor() {
    return floor;
  }

  /** Looks again; each second. */
  @Override
  public void run() {
    if (!isSet && floor.isSet(nowMicros())) {
      isSet = true;
      Health.ofProcess().over(NAME);
      LOG.info("the clock is set now; what was taken in before stays marked as uncertain (CLOCK)");
    }
  }

  @Override
  public void close() {
    Health.ofProcess().over(NAME);
  }
}
