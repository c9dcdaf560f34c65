package io.sluice.sim.device;

import java.util.List;

/**
 * How a metric moves. A pure function of device seed, time and counter, so that the audit can work
 * out again what any message had to say instead of keeping it.
 */
public sealed interface Waveform {
  double DAY_MICROS = 86_400e6;
  double HOUR_MICROS = 3_600e6;

  /** The raw value: Double, String or Boolean. */
  Object at(long seed, Moment moment);

  /** Whether its values are numbers, not words nor flags. */
  default boolean isOfNumbers() {
    return !(this instanceof Words || this instanceof Flag);
  }

  /**
   * When a sample is taken.
   *
   * @param micros microseconds since the epoch, UTC
   * @param startMicros when the run began
   * @param n the message's place in the run
   * @param siteSeed the same for every device of a site
   */
  record Moment(long micros, long startMicros, long n, long siteSeed) {
    double elapsedSeconds() {
      return (micros - startMicros) / 1e6;
    }

    double elapsedHours() {
      return (micros - startMicros) / HOUR_MICROS;
    }
  }

  /** A daily cycle that peaks at an hour of the day (UTC), with noise. */
  record Daily(double mean, double amplitude, double peakHour, double noise) implements Waveform {
    @Override
    public Object at(long seed, Moment moment) {
      double phase = moment.micros / DAY_MICROS - peakHour / 24;
      return mean + amplitude * Math.cos(2 * Math.PI * phase) + noise * Hash.signed(seed, moment.n);
    }
  }

  /**
   * A daily cycle under a sky that all devices of a site share: as a front comes and goes, in the
   * course of hours, every metric of this kind moves with it, the one up and the other down.
   *
   * @param front how far a front moves it, either way
   * @param low never below; rain is a front that has a lowest value
   */
  record Weather(
      double mean, double amplitude, double peakHour, double front, double noise, double low)
      implements Waveform {
    private static final double FRONT_HOURS = 9;

    @Override
    public Object at(long seed, Moment moment) {
      double phase = moment.micros / DAY_MICROS - peakHour / 24;
      double sky = Hash.smooth(moment.siteSeed, moment.elapsedHours() / FRONT_HOURS);
      return Math.max(
          low,
          mean
              + amplitude * Math.cos(2 * Math.PI * phase)
              + front * sky
              + noise * Hash.signed(seed, moment.n));
    }
  }

  /**
   * A tide: the moon's half day of 12.42 h and the sun's of 12 h, which make spring and neap tides
   * of a fortnight.
   *
   * @param amplitude of the moon's part; the sun's is 0.46 of it, as in the equilibrium tide
   */
  record Tide(double mean, double amplitude, double noise) implements Waveform {
    private static final double MOON_HOURS = 12.4206;
    private static final double SUN_SHARE = 0.46;

    @Override
    public Object at(long seed, Moment moment) {
      double hours = moment.micros / HOUR_MICROS;
      return mean
          + amplitude * Math.cos(2 * Math.PI * hours / MOON_HOURS)
          + SUN_SHARE * amplitude * Math.cos(2 * Math.PI * hours / 12)
          + noise * Hash.signed(seed, moment.n);
    }
  }

  /**
   * A machine that works in shifts: busy from one hour of the day (UTC) to another, resting
   * otherwise and on Saturday and Sunday.
   *
   * @param from hour of the day, 0 to 24
   * @param to may be smaller than {@code from}: then it works through the night
   */
  record Shifts(double busy, double rest, double from, double to, double noise)
      implements Waveform {
    @Override
    public Object at(long seed, Moment moment) {
      double hour = moment.micros % (long) DAY_MICROS / HOUR_MICROS;
      boolean isInHours = from <= to ? hour >= from && hour < to : hour >= from || hour < to;
      // the epoch began on a Thursday
      boolean isWeekend = (moment.micros / (long) DAY_MICROS + 3) % 7 >= 5;
      double level = isInHours && !isWeekend ? busy : rest;
      return level + noise * Hash.signed(seed, moment.n);
    }
  }

  /** Wanders between two bounds; the period is the time of one leg. */
  record Walk(double low, double high, double periodSeconds) implements Waveform {
    @Override
    public Object at(long seed, Moment moment) {
      double x = moment.elapsedSeconds() / periodSeconds;
      double y = 0.75 * Hash.smooth(seed, x) + 0.25 * Hash.smooth(seed + 1, x * 3.1);
      return low + (high - low) * (y + 1) / 2;
    }
  }

  /** Moves away steadily from where it started, with noise. */
  record Drift(double start, double perDay, double noise) implements Waveform {
    @Override
    public Object at(long seed, Moment moment) {
      return start + perDay * moment.elapsedHours() / 24 + noise * Hash.signed(seed, moment.n);
    }
  }

  /** Stays on one of several levels, then jumps. */
  record Steps(List<Double> levels, double dwellSeconds) implements Waveform {
    @Override
    public Object at(long seed, Moment moment) {
      return levels.get(pick(seed, moment, dwellSeconds, levels.size()));
    }
  }

  /** Only ever grows: a meter's register. Each device starts at its own reading. */
  record Counter(double initial, double perHour) implements Waveform {
    @Override
    public Object at(long seed, Moment moment) {
      double own = 1 + 0.5 * Hash.signed(seed, 7);
      return initial * own + perHour * own * moment.elapsedHours();
    }
  }

  /** One of several words, for a while. */
  record Words(List<String> words, double dwellSeconds) implements Waveform {
    @Override
    public Object at(long seed, Moment moment) {
      return words.get(pick(seed, moment, dwellSeconds, words.size()));
    }
  }

  /** True for a share of the time. */
  record Flag(double share, double dwellSeconds) implements Waveform {
    @Override
    public Object at(long seed, Moment moment) {
      return Hash.unit(seed, (long) Math.floor(moment.elapsedSeconds() / dwellSeconds)) < share;
    }
  }

  /** The same for ever. */
  record Constant(double value) implements Waveform {
    @Override
    public Object at(long seed, Moment moment) {
      return value;
    }
  }

  private static int pick(long seed, Moment moment, double dwellSeconds, int size) {
    return (int)
        (Hash.unit(seed, (long) Math.floor(moment.elapsedSeconds() / dwellSeconds)) * size);
  }
}
