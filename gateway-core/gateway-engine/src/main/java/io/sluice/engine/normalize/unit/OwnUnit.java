package io.sluice.engine.normalize.unit;

import org.jspecify.annotations.Nullable;

/**
 * A unit that the table does not have. Immutable.
 *
 * @param base unit of the table that it turns into, or null: it is one by itself
 */
public record OwnUnit(@Nullable String base, Linear toBase) {
  public static final int MAX_LENGTH = 32;
  public static final String NO_UNIT = "unit is missing; say into which unit the factor leads";

  /** One that turns into a unit of the table, {@code value · factor + add}. */
  public static OwnUnit of(@Nullable String base, double factor, double add) {
    return base == null
        ? new OwnUnit(null, Linear.IDENTITY)
        : new OwnUnit(base, Linear.of(factor, add));
  }

  /** What is wrong with one, and what to do; null where nothing is. */
  public static @Nullable String fault(String name, @Nullable String unit, double factor) {
    if (name.isBlank() || name.length() > MAX_LENGTH) {
      return "a unit has 1 to 32 characters; change it";
    }
    if (Units.isKnown(name)) {
      return "is in the table of units already; leave it out";
    }
    if (unit != null && Units.resolve(unit) == null) {
      return "unit \"" + unit + "\" is not in the table of units; name one of it";
    }
    return factor == 0 || !Double.isFinite(factor)
        ? "factor must be a number other than 0, such as 3.785411784"
        : null;
  }
}
