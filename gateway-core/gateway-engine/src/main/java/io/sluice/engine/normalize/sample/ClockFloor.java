package io.sluice.engine.normalize.sample;

/**
 * A moment that is surely past: when the program was built, or the newest record was stored. A
 * clock that shows an earlier one is not set (a box without a battery starts in 1970). Until it is,
 * times that the gateway gives are uncertain, and those that devices give are taken as they are.
 *
 * @param micros since the epoch
 */
public record ClockFloor(long micros) {
  /** Any clock counts as set. */
  public static final ClockFloor NONE = new ClockFloor(Long.MIN_VALUE);

  /** Whether a clock that shows this is set. */
  public boolean isSet(long nowMicros) {
    return nowMicros >= micros;
  }
}
