package io.sluice.engine.coverage;

/**
 * Where minutes, hours and days begin. Hours are those of UTC; days may be those of a place at a
 * fixed distance from it.
 *
 * @param offsetMicros what to add to UTC for the time of the place: full hours
 */
record Calendar(long offsetMicros) {
  static final long MINUTE_MICROS = 60_000_000L;
  static final long HOUR_MICROS = 60 * MINUTE_MICROS;
  static final long DAY_MICROS = 24 * HOUR_MICROS;
  static final Calendar UTC = new Calendar(0);

  Calendar {
    if (offsetMicros % HOUR_MICROS != 0) {
      throw new IllegalArgumentException("an offset is full hours, not " + offsetMicros + " µs");
    }
  }

  static long minute(long micros) {
    return Math.floorDiv(micros, MINUTE_MICROS);
  }

  static long hour(long micros) {
    return Math.floorDiv(micros, HOUR_MICROS);
  }

  /** Days since the epoch, of the place. */
  long day(long micros) {
    return Math.floorDiv(micros + offsetMicros, DAY_MICROS);
  }

  long dayStart(long day) {
    return day * DAY_MICROS - offsetMicros;
  }
}
