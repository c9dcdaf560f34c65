package io.sluice.sim.device;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One message before it is encoded.
 *
 * @param n the counter by which the far end is matched; ascending for each device
 * @param micros when it was measured
 */
public record Sample(long n, long micros, Kind kind, List<Field> fields) {
  /**
   * @param value Long, Double, Boolean or String
   */
  public record Field(String name, @Nullable String unit, Object value) {}
}
