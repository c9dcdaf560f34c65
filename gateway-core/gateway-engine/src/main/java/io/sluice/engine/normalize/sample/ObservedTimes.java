package io.sluice.engine.normalize.sample;

import io.sluice.engine.normalize.profile.TimeForms;
import io.sluice.engine.normalize.unit.Numerals;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Observed times as devices write them, in microseconds since the epoch. */
public final class ObservedTimes {
  static final long NO_TIME = Samples.NO_TIME;

  /** Deviation from the gateway's clock from which a time is doubted. */
  static final long MAX_DEVIATION_MICROS = 300_000_000L;

  /** A clock that says less than 2015 was never set: 2015-01-01T00:00:00Z. */
  static final long EARLIEST_MICROS = 1_420_070_400_000_000L;

  /** From here on a number can be a time at all, if of a clock that was not set: 2000-01-01. */
  public static final long UNSET_MICROS = 946_684_800_000_000L;

  /** What lies behind is no time: 2100-01-01T00:00:00Z. */
  public static final long LATEST_MICROS = 4_102_444_800_000_000L;

  static final String FORMS =
      "seconds or milliseconds since 1970, or ISO 8601 such as 2026-01-31T12:00:00Z";

  private static final double MILLIS_FROM = 1e11;
  private static final double MICROS_FROM = 1e14;
  private static final double NANOS_FROM = 1e17;
  private static final double END = 9e18;
  private static final int MAX_LENGTH = 40;

  private ObservedTimes() {}

  /**
   * Seconds, milliseconds, microseconds or nanoseconds, as the magnitude tells, or the digits of a
   * calendar ({@code yyyyMMddHHmmss}).
   *
   * @return {@link #NO_TIME} where it lies before 2000 or behind 2100
   */
  public static long ofNumber(long value, TimeForms forms, long near) {
    if (value <= 0) {
      return NO_TIME;
    }
    long micros;
    if (value < MILLIS_FROM) {
      micros = value * 1_000_000;
    } else if (value < MICROS_FROM) {
      micros = value * 1_000;
    } else {
      micros = value < NANOS_FROM ? value : value / 1_000;
    }
    long plausible = plausible(micros);
    if (plausible >= EARLIEST_MICROS) {
      return plausible;
    }
    LocalDateTime calendar = CalendarTimes.ofDigits(Long.toString(value));
    return calendar == null ? plausible : of(calendar, forms.zone(), near);
  }

  /** The same, with a fraction. */
  public static long ofNumber(double value, TimeForms forms, long near) {
    if (!(value > 0 && value < END)) {
      return NO_TIME;
    }
    if (value < MILLIS_FROM) {
      return plausible(Math.round(value * 1e6));
    }
    return value < MICROS_FROM
        ? plausible(Math.round(value * 1e3))
        : ofNumber(Math.round(value), forms, near);
  }

  /** Seconds of SenML that are not relative to now (RFC 8428 section 4.5.3). */
  public static long ofSeconds(double seconds) {
    double micros = seconds * 1e6;
    return seconds > 0 && micros < LATEST_MICROS ? Math.round(micros) : NO_TIME;
  }

  /**
   * A number as text, or a date and time in one of the usual forms or the profile's own; without
   * zone it is the profile's.
   *
   * @param near the gateway's time, microseconds: it decides in the hour that a clock goes back
   * @return null where it is none
   */
  public static @Nullable Long ofText(String value, TimeForms forms, long near) {
    String text = value.strip();
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      return null;
    }
    Long own = own(text, forms, near);
    if (own != null) {
      return plausible(own);
    }
    if (text.indexOf('-', 1) < 0 && text.indexOf(':') < 0) {
      Number number = Numerals.parse(text);
      if (number != null) {
        return number instanceof Long integer
            ? ofNumber(integer, forms, near)
            : ofNumber(number.doubleValue(), forms, near);
      }
    }
    CalendarTimes.Moment moment = CalendarTimes.parse(text);
    if (moment == null) {
      return null;
    }
    ZoneOffset offset = moment.offset();
    return offset == null
        ? (Long) of(moment.local(), forms.zone(), near)
        : (Long) plausible(micros(moment.local().toInstant(offset)));
  }

  /** Microseconds since the epoch by the profile's first pattern that fits, or null. */
  private static @Nullable Long own(String text, TimeForms forms, long near) {
    List<DateTimeFormatter> formats = forms.formats();
    for (int i = 0; i < formats.size(); i++) {
      Long micros = own(text, formats.get(i), forms.zone(), near);
      if (micros != null) {
        return micros;
      }
    }
    return null;
  }

  private static @Nullable Long own(String text, DateTimeFormatter format, ZoneId zone, long near) {
    try {
      TemporalAccessor parsed = format.parse(text);
      return parsed.isSupported(ChronoField.INSTANT_SECONDS)
          ? (Long) micros(Instant.from(parsed))
          : (Long) of(LocalDateTime.from(parsed), zone, near);
    } catch (DateTimeException e) {
      return null; // not of this pattern: the next one, or the usual forms
    }
  }

  /** The instant of a local time; of two in the hour that a clock goes back, the nearer one. */
  static long of(LocalDateTime local, ZoneId zone, long near) {
    List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
    if (offsets.size() < 2) {
      return plausible(micros(ZonedDateTime.of(local, zone).toInstant()));
    }
    long first = micros(local.toInstant(offsets.getFirst()));
    long second = micros(local.toInstant(offsets.getLast()));
    return plausible(Math.abs(second - near) < Math.abs(first - near) ? second : first);
  }

  public static long micros(Instant instant) {
    return instant.getEpochSecond() * 1_000_000L + instant.getNano() / 1_000;
  }

  private static long plausible(long micros) {
    return micros >= UNSET_MICROS && micros < LATEST_MICROS ? micros : NO_TIME;
  }
}
