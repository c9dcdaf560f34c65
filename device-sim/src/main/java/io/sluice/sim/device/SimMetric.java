package io.sluice.sim.device;

import org.jspecify.annotations.Nullable;

/**
 * One metric that a device reports.
 *
 * @param name as the profile names it
 * @param unit the profile's unit, or null
 * @param decimals digits after the point; 0 sends whole numbers
 * @param waveform how it moves
 */
public record SimMetric(String name, @Nullable String unit, int decimals, Waveform waveform) {
  private static final double[] TEN = {1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7};

  Object valueAt(long seed, Waveform.Moment moment) {
    Object raw = waveform.at(seed, moment);
    if (!(raw instanceof Double value)) {
      return raw;
    }
    long scaled = Math.round(value * TEN[decimals]);
    if (decimals == 0) {
      return scaled;
    }
    return scaled / TEN[decimals];
  }

  SimMetric with(Waveform other) {
    return new SimMetric(name, unit, decimals, other);
  }
}
