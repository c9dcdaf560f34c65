package io.sluice.engine.coverage.slot;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import org.jspecify.annotations.Nullable;

/**
 * Where minutes, hours and days begin at a place. Its hours begin where its clocks show a full one,
 * its days at its midnight: of 23 or 25 hours where its clocks are set. Thread-safe; {@link #day}
 * allocates nothing but where the clocks have been set since it was asked last.
 */
public final class Calendar {
  public static final long MINUTE_MICROS = 60_000_000L;
  public static final long HOUR_MICROS = 60 * MINUTE_MICROS;
  public static final long DAY_MICROS = 24 * HOUR_MICROS;
  private static final long SECOND_MICROS = 1_000_000L;
  private static final Instant FIRST_LOOK = Instant.parse("2026-01-01T00:00:00Z");
  private static final int LAST_YEAR = 2040;

  // below what its constructor reads
  public static final Calendar UTC = new Calendar(ZoneOffset.UTC);

  private final ZoneId zone;
  private final ZoneRules rules;

  /** What the clocks of the place show past the full hour when it is one by UTC. */
  private final long shiftMicros;

  private volatile Stretch latest;

  /** A time in which the place is at one distance from UTC: from the first to before the second. */
  private record Stretch(long from, long to, long offsetMicros) {
    boolean has(long micros) {
      return micros >= from && micros < to;
    }
  }

  /**
   * @param zone one of which {@link #problem} says nothing
   */
  public Calendar(ZoneId zone) {
    this.zone = zone;
    this.rules = zone.getRules();
    this.latest = find(FIRST_LOOK);
    this.shiftMicros = Math.floorMod(latest.offsetMicros, HOUR_MICROS);
  }

  /** Why days of that place cannot be put together from hours; null where they can. */
  public static @Nullable String problem(ZoneId zone) {
    ZoneRules rules = zone.getRules();
    int first = rules.getOffset(FIRST_LOOK).getTotalSeconds();
    String problem = first % 60 == 0 ? null : "is not at full minutes from UTC";
    ZoneOffsetTransition next = rules.nextTransition(FIRST_LOOK);
    while (next != null && next.getDateTimeBefore().getYear() < LAST_YEAR) {
      if ((next.getOffsetAfter().getTotalSeconds() - first) % 3_600 != 0) {
        problem = "sets its clocks by a part of an hour";
      }
      next = rules.nextTransition(next.getInstant());
    }
    return problem;
  }

  private Stretch find(Instant at) {
    ZoneOffsetTransition before = rules.previousTransition(at.plusNanos(1));
    ZoneOffsetTransition next = rules.nextTransition(at);
    return new Stretch(
        before == null ? Long.MIN_VALUE : before.toEpochSecond() * SECOND_MICROS,
        next == null ? Long.MAX_VALUE : next.toEpochSecond() * SECOND_MICROS,
        rules.getOffset(at).getTotalSeconds() * SECOND_MICROS);
  }

  private Stretch stretch(long micros) {
    Stretch stretch = latest;
    if (!stretch.has(micros)) {
      stretch = find(Instant.ofEpochSecond(Math.floorDiv(micros, SECOND_MICROS)));
      latest = stretch;
    }
    return stretch;
  }

  public static long minute(long micros) {
    return Math.floorDiv(micros, MINUTE_MICROS);
  }

  /** Hours since the epoch, by UTC: where samples are kept, whatever the place. */
  public static long utcHour(long micros) {
    return Math.floorDiv(micros, HOUR_MICROS);
  }

  /** Hours since the epoch, of the place. */
  public long hour(long micros) {
    return Math.floorDiv(micros + shiftMicros, HOUR_MICROS);
  }

  public long hourStart(long hour) {
    return hour * HOUR_MICROS - shiftMicros;
  }

  /** Days since the epoch, of the place. */
  public long day(long micros) {
    return Math.floorDiv(micros + stretch(micros).offsetMicros, DAY_MICROS);
  }

  public long dayStart(long day) {
    Stretch stretch = latest;
    long start = day * DAY_MICROS - stretch.offsetMicros;
    // just after the clocks were set, the day may have begun before
    boolean isClear =
        (stretch.from == Long.MIN_VALUE || start >= stretch.from + DAY_MICROS)
            && start < stretch.to;
    return isClear
        ? start
        : LocalDate.ofEpochDay(day).atStartOfDay(zone).toEpochSecond() * SECOND_MICROS;
  }

  /** The name of the place. */
  @Override
  public String toString() {
    return zone.getId();
  }
}
