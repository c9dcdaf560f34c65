package io.sluice.engine.normalize.profile;

import io.sluice.engine.normalize.profile.Metric.Range;
import io.sluice.engine.normalize.profile.Target.Field;
import io.sluice.engine.normalize.unit.Numerals;
import org.jspecify.annotations.Nullable;

/**
 * Which values of a path are a metric's, where the path has two meanings: {@code gas} is a share of
 * the explosive limit for one vendor, and true or false for another.
 *
 * @param kind of value, or {@link Kind#ANY}
 * @param range of numbers, as they come
 */
public record Meaning(Kind kind, Range range) {

  enum Kind {
    ANY,
    NUMBER,
    BOOLEAN,
    TEXT
  }

  /** The first field of a chain that takes a number, or null. */
  public static @Nullable Field ofNumber(Field first, double value) {
    Field field = first;
    while (field != null && field.when() != null && !field.when().takes(Kind.NUMBER, value)) {
      field = field.otherwise();
    }
    return field;
  }

  /** The first field of a chain that takes true or false, or null. */
  public static @Nullable Field ofBoolean(Field first) {
    return ofKind(first, Kind.BOOLEAN);
  }

  /** The first field of a chain that takes a text, or null; a numeral is a number. */
  public static @Nullable Field ofText(Field first, String text) {
    Number number = Numerals.parse(text, first.decimal());
    return number == null ? ofKind(first, Kind.TEXT) : ofNumber(first, number.doubleValue());
  }

  /** The same for a text that has neither quotes nor type: {@code true} is no text. */
  public static @Nullable Field ofWord(Field first, String text) {
    boolean truth = text.equals("true") || text.equals("false");
    return truth ? ofBoolean(first) : ofText(first, text);
  }

  /** The first field of a chain that takes anything, or null. */
  public static @Nullable Field ofOther(Field first) {
    return ofKind(first, Kind.ANY);
  }

  private static @Nullable Field ofKind(Field first, Kind kind) {
    Field field = first;
    while (field != null && field.when() != null && !field.when().takes(kind, Double.NaN)) {
      field = field.otherwise();
    }
    return field;
  }

  private boolean takes(Kind given, double value) {
    return (kind == given || (kind == Kind.ANY && given == Kind.NUMBER))
        && (given != Kind.NUMBER || range.holds(value));
  }
}
