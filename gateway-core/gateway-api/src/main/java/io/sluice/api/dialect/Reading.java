package io.sluice.api.dialect;

import org.jspecify.annotations.Nullable;

/**
 * One value that a dialect found beside the payload, or in place of one. Immutable.
 *
 * @param name as a profile's paths have it: {@code rssi}, {@code relay.0.power}
 * @param unit of the SenML units registry, or null; a metric of the profile has its own
 * @param value a {@link Long}, {@link Double}, {@link Boolean} or {@link String}; others are taken
 *     by their text
 */
public record Reading(String name, @Nullable String unit, Object value) {
  /** One without unit. */
  public Reading(String name, Object value) {
    this(name, null, value);
  }
}
