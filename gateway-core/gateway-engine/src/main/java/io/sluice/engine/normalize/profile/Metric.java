package io.sluice.engine.normalize.profile;

import io.sluice.engine.normalize.unit.Linear;
import io.sluice.engine.normalize.unit.Units;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One metric that a profile declares. Immutable. */
public final class Metric {
  /** Longest name, in UTF-8. */
  public static final int MAX_NAME_BYTES = 256;

  private final int index;
  private final byte[] nameUtf8;
  private final byte @Nullable [] unitUtf8;
  private final String name;
  private final @Nullable String unit;
  private final TextUnits textUnits;
  private final MetricType type;
  private final double min;
  private final double max;
  private final boolean belowMax;
  private final boolean monotonic;
  private final boolean optional;

  Metric(
      int index,
      String name,
      @Nullable String unit,
      TextUnits textUnits,
      MetricType type,
      Range range,
      boolean monotonic,
      boolean optional) {
    this.index = index;
    this.name = name;
    this.unit = unit;
    this.textUnits = textUnits;
    this.type = type;
    this.min = range.min;
    this.max = range.max;
    this.belowMax = range.belowMax;
    this.monotonic = monotonic;
    this.optional = optional;
    this.nameUtf8 = name.getBytes(StandardCharsets.UTF_8);
    this.unitUtf8 = unit == null ? null : unit.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Units that a profile has of its own, as far as they turn into a metric's.
   *
   * @param own by name, how a value goes into the metric's unit
   * @param base unit of the table behind the metric's unit where that is one of the profile's own
   * @param fromBase the way from there
   */
  record TextUnits(Map<String, Linear> own, @Nullable String base, Linear fromBase) {
    static final TextUnits NONE = new TextUnits(Map.of(), null, Linear.IDENTITY);
  }

  /**
   * @param min smallest good value, or negative infinity
   * @param max largest good value, or infinity
   * @param belowMax whether a good value stays below {@code max}
   */
  record Range(double min, double max, boolean belowMax) {
    static final Range ANY = new Range(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, false);

    boolean holds(double value) {
      return value >= min && (belowMax ? value < max : value <= max);
    }
  }

  /** Its place in {@link Profile#metrics}. */
  public int index() {
    return index;
  }

  public String name() {
    return name;
  }

  /** The name as records have it. Must not be changed. */
  public byte[] nameUtf8() {
    return nameUtf8;
  }

  /** The unit as records have it, or null. Must not be changed. */
  public byte @Nullable [] unitUtf8() {
    return unitUtf8;
  }

  /** From the IANA SenML units registry, or a unit of the profile's own, or null. */
  public @Nullable String unit() {
    return unit;
  }

  /**
   * How a value goes from a unit that stands beside it in a payload into the metric's.
   *
   * @return null where that unit is not of the metric's kind, or the metric has none
   */
  public @Nullable Linear fromUnit(String given) {
    if (unit == null) {
      return null;
    }
    Linear own = textUnits.own.get(given);
    if (own != null || textUnits.base == null || given.equals(unit)) {
      return own == null ? Units.fromText(given, unit) : own;
    }
    Linear toBase = Units.fromText(given, textUnits.base);
    return toBase == null ? null : toBase.then(textUnits.fromBase);
  }

  public MetricType type() {
    return type;
  }

  /** Smallest good value, or negative infinity. */
  public double min() {
    return min;
  }

  /** Largest good value, or infinity. */
  public double max() {
    return max;
  }

  /** Whether it counts up only, as a meter does. */
  public boolean monotonic() {
    return monotonic;
  }

  /** Whether devices send it now and then, or not at all: it counts for no coverage. */
  public boolean optional() {
    return optional;
  }

  public boolean inRange(double value) {
    return value >= min && (belowMax ? value < max : value <= max);
  }

  public boolean numeric() {
    return type == MetricType.NUMBER || type == MetricType.INTEGER;
  }
}
