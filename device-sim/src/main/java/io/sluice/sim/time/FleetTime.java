package io.sluice.sim.time;

import io.sluice.sim.scenario.Scenario;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;

/**
 * The time that a fleet lives in: the real one, or one that goes faster, so that a day is played in
 * a minute. What happens to devices (intervals, faults, clocks) goes by it; what happens to
 * connections (time limits, retransmissions) goes by the machine's. Thread-safe.
 */
public final class FleetTime {
  private final Clock clock;
  private final long originNanos = System.nanoTime();
  private final int speed;

  private FleetTime(Clock clock, int speed) {
    this.clock = clock;
    this.speed = speed;
  }

  /** The machine's time. */
  public static FleetTime real() {
    return new FleetTime(Clock.systemUTC(), 1);
  }

  /**
   * A time that goes {@code speed} times as fast, from now on, and begins at a moment of its own.
   *
   * @param speed 1 to {@link Scenario#MOST_SPEED}
   */
  public static FleetTime lapse(Instant from, int speed) {
    return new FleetTime(new FastClock(from, System.nanoTime(), speed, ZoneOffset.UTC), speed);
  }

  /** For the gateway, so that both live in the same time. */
  public Clock clock() {
    return clock;
  }

  /** Monotonic; as fast as the clock. */
  public long nanoTime() {
    return originNanos + (System.nanoTime() - originNanos) * speed;
  }

  /** Milliseconds since the epoch. */
  public long millis() {
    return clock.millis();
  }

  /** How long a span of the fleet's takes on the machine. */
  public long realNanos(long fleetMillis) {
    return TimeUnit.MILLISECONDS.toNanos(fleetMillis) / speed;
  }

  /** How much of the fleet's time passes in a span of the machine's. */
  public long fleetMillis(long realMillis) {
    return realMillis * speed;
  }

  private static final class FastClock extends Clock {
    private final Instant from;
    private final long fromNanos;
    private final int speed;
    private final ZoneId zone;

    FastClock(Instant from, long fromNanos, int speed, ZoneId zone) {
      this.from = from;
      this.fromNanos = fromNanos;
      this.speed = speed;
      this.zone = zone;
    }

    @Override
    public Instant instant() {
      return from.plusNanos((System.nanoTime() - fromNanos) * speed);
    }

    @Override
    public ZoneId getZone() {
      return zone;
    }

    @Override
    public Clock withZone(ZoneId other) {
      return new FastClock(from, fromNanos, speed, other);
    }
  }
}
