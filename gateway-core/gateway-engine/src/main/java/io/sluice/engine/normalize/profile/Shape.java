package io.sluice.engine.normalize.profile;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What stands at a path is no single value but has a shape of its own, by the profile. Where the
 * payload has something else there, the path means what it means without the shape.
 */
public sealed interface Shape extends Target {

  /** What the path means without the shape, or null. */
  @Nullable Target inner();

  /** The same shape before another meaning. */
  Shape before(Target meaning);

  /** How a single value holds several. */
  enum Encoding {
    /** A text that is a document of JSON. */
    JSON,
    /** A text of hex digits. */
    HEX,
    BASE64,
    /** An integer, some of whose bits have names. */
    BITS
  }

  /**
   * A single value that holds several.
   *
   * @param layout where they lie: of the bytes, or of the bits; null for JSON
   */
  record Encoded(Encoding encoding, @Nullable ByteLayout layout, @Nullable Target inner)
      implements Shape {
    @Override
    public Encoded before(Target meaning) {
      return new Encoded(encoding, layout, meaning);
    }
  }

  /**
   * An array or object whose elements are found by an attribute of theirs, or are all meant.
   *
   * @param attributes by which elements are found, those that the profile names first
   */
  record Elements(List<String> attributes, @Nullable Target inner) implements Shape {
    @Override
    public Elements before(Target meaning) {
      return new Elements(attributes, meaning);
    }
  }

  /**
   * An array of rows, each a name and a value; or one such row.
   *
   * @param names of the field that has the name; the first that a row has counts
   * @param values of the field that has the value, likewise
   * @param times of the field that has the row's own time
   * @param ignored fields that are no measurements
   */
  record Pivot(
      List<String> names,
      List<String> values,
      Set<String> times,
      Set<String> ignored,
      @Nullable Target inner)
      implements Shape {
    @Override
    public Pivot before(Target meaning) {
      return new Pivot(names, values, times, ignored, meaning);
    }
  }

  /**
   * An array of rows, each an array of values and a sample of its own; or one such row.
   *
   * @param columns the rows' paths, in order; an empty one is left out
   */
  record Rows(List<String> columns, @Nullable Target inner) implements Shape {
    @Override
    public Rows before(Target meaning) {
      return new Rows(columns, meaning);
    }
  }

  /**
   * An object with lists of values that lie one interval apart.
   *
   * @param start path of the first value's time, or null
   * @param end path of the last value's time, or null
   * @param interval path of the interval, or null
   * @param unitMicros microseconds in the unit of the interval
   * @param everyMicros the interval where the payload says none
   * @param lists paths of the lists
   */
  record Series(
      @Nullable String start,
      @Nullable String end,
      @Nullable String interval,
      double unitMicros,
      long everyMicros,
      Set<String> lists,
      @Nullable Target inner)
      implements Shape {
    @Override
    public Series before(Target meaning) {
      return new Series(start, end, interval, unitMicros, everyMicros, lists, meaning);
    }
  }
}
