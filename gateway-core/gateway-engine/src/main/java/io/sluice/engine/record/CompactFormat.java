package io.sluice.engine.record;

/**
 * The bytes of an encoded record, version 2. {@code var} is an unsigned number of 64 bits as
 * LEB128, {@code zig} a signed one, zigzag, as {@code var}; {@code text} a {@code var} length and
 * that many bytes of UTF-8.
 *
 * <p>{@code term(n)} is {@code var}: 0, and n texts follow; or one more than the number of a term
 * of n texts that the segment defines before the record ({@code SegmentFormat}). A record that
 * names nothing by number can be read alone: so are those that a dead letter or the alarm book
 * keeps.
 *
 * <pre>
 *   0  u8   format version: 2
 *   1  u8   as in version 1
 *   2  i64  received time, microseconds since the epoch, big-endian
 *  10  zig  observed time less received time
 *      text device
 *      term(5) sector, site, model, gateway, protocol
 *      term(1) source
 *      var  number of measurements, each:
 *           u8   bits 0-2 kind of value · 3 an own time is there · 4 a judgement is there
 *                · 5-7 decimals, of kind 6
 *           term(2) name and unit; where the two follow, the unit is var: 0 for none, else one more
 *                than its length, and UTF-8
 *           u8   judgement as in version 1   where bit 4 says so, else good
 *           zig  own time less observed time  where bit 3 says so
 *           value by kind: 0 zig · 1 f64, finite · 2 false · 3 true (no bytes) · 4 text
 *                          5 var length and bytes · 6 zig digits of a double: the nearest to digits
 *                          over 10 to the decimals · 7 f32, finite, of a double that is one
 *      text severity · text urgency · text certainty · text status   where bit 5 of the flags says so
 * </pre>
 *
 * <p>The record ends there: bytes that follow are a fault, so is a number that is not defined.
 */
final class CompactFormat {
  static final int VERSION = 2;
  static final int RECEIVED = 2;
  static final int DELTA = 10;

  static final int ORIGIN_TEXTS = 5;
  static final int SOURCE_TEXTS = 1;
  static final int NAME_TEXTS = 2;

  static final int KIND_BITS = 7;
  static final int OWN_TIME_BIT = 1 << 3;
  static final int JUDGED_BIT = 1 << 4;
  static final int DECIMALS_SHIFT = 5;

  // The first six as RecordFormat.Kind.
  static final int LONG = 0;
  static final int DOUBLE = 1;
  static final int FALSE = 2;
  static final int TRUE = 3;
  static final int STRING = 4;
  static final int BYTES = 5;
  static final int DECIMAL = 6;
  static final int FLOAT = 7;

  /** Most decimals of kind DECIMAL. */
  static final int DECIMALS_MAX = 7;

  /** Below it the digits of a decimal numeral are those of one double alone. */
  static final long DIGITS_END = 1_000_000_000_000_000L;

  /** Powers of ten, exact as doubles. */
  private static final double[] POWERS = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7};

  private CompactFormat() {}

  /** The digits of a value of so many decimals, nearly. */
  static double multiplied(double value, int decimals) {
    return value * POWERS[decimals];
  }

  /** The double that digits and decimals say. */
  static double decimal(long digits, int decimals) {
    return digits / POWERS[decimals];
  }
}
