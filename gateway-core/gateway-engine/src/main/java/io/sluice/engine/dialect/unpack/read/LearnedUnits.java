package io.sluice.engine.dialect.unpack.read;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Units of values, as earlier messages told them. Keeps {@value #MAX} at most: what is told beyond
 * is left out, and its values have no unit. Thread-safe.
 */
public final class LearnedUnits {
  public static final int MAX = 20_000;

  private final ConcurrentMap<String, String> units = new ConcurrentHashMap<>();

  /**
   * Takes what was told.
   *
   * @param unit null: nothing is said of it
   */
  public void learn(String value, @Nullable String unit) {
    if (unit != null && (units.size() < MAX || units.containsKey(value))) {
      units.put(value, unit);
    }
  }

  /** The unit of a value; null where nobody told it. */
  public @Nullable String of(String value) {
    return units.get(value);
  }
}
