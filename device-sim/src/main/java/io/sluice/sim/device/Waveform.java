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

  /**
   * When a sample is taken.
   *
   * @param micros microseconds since the epoch, UTC
   * @param startMicros when the run began
   * @param n the message's counter
   */
  record Moment(long micros, long startMicros, long n) {
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

  /** Wanders between two bounds; the period is the time of one leg. */
  record Walk(double low, double high, double periodSeconds) implements Waveform {
    @Override
    public Object at(long seed, Moment moment) {
      double x = moment.micros / 1e6 / periodSeconds;
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
      return Hash.unit(seed, (long) (moment.micros / 1e6 / dwellSeconds)) < share;
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
    return (int) (Hash.unit(seed, (long) (moment.micros / 1e6 / dwellSeconds)) * size);
  }
}
