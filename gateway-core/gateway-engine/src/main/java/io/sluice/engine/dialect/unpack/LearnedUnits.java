package io.sluice.engine.dialect.unpack;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Units of values, as earlier messages told them. Keeps {@value #MAX} at most: what is told beyond
 * is left out, and its values have no unit. Thread-safe.
 */
final class LearnedUnits {
  static final int MAX = 20_000;

  private final ConcurrentMap<String, String> units = new ConcurrentHashMap<>();

  void learn(String value, @Nullable String unit) {
    if (unit != null && (units.size() < MAX || units.containsKey(value))) {
      units.put(value, unit);
    }
  }

  @Nullable String of(String value) {
    return units.get(value);
  }
}
