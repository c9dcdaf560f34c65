package io.sluice.engine.normalize;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** Observed times as devices write them, in microseconds since the epoch. */
final class Times {
  static final long NO_TIME = Samples.NO_TIME;

  /** Deviation from the gateway's clock from which a time is doubted (DOMAIN section 1). */
  static final long MAX_DEVIATION_MICROS = 300_000_000L;

  /** A clock that says less than 2015 was never set. */
  static final long EARLIEST_MICROS = 1_420_070_400_000_000L;

  static final String FORMS =
      "seconds or milliseconds since 1970, or ISO 8601 such as 2026-01-31T12:00:00Z";

  private static final double MILLIS_FROM = 1e11;
  private static final double MICROS_FROM = 1e14;
  private static final double NANOS_FROM = 1e17;
  private static final double END = 9e18;
  private static final int MAX_LENGTH = 40;
  private static final DateTimeFormatter BASIC = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss");

  private Times() {}

  /** Seconds, milliseconds, microseconds or nanoseconds: the magnitude tells. */
  static long ofNumber(long value) {
    if (value < MILLIS_FROM) {
      return value <= 0 ? NO_TIME : set(value * 1_000_000);
    }
    if (value < MICROS_FROM) {
      return set(value * 1_000);
    }
    return set(value < NANOS_FROM ? value : value / 1_000);
  }

  /** The same, with a fraction. */
  static long ofNumber(double value) {
    if (!(value > 0 && value < END)) {
      return NO_TIME;
    }
    if (value < MILLIS_FROM) {
      return set(Math.round(value * 1e6));
    }
    return value < MICROS_FROM ? set(Math.round(value * 1e3)) : ofNumber(Math.round(value));
  }

  static long ofSeconds(double seconds) {
    return seconds > 0 && seconds < MILLIS_FROM ? set(Math.round(seconds * 1e6)) : NO_TIME;
  }

  /**
   * A number as text, or ISO 8601 date and time; without zone it is the profile's.
   *
   * @return null where it is neither
   */
  static @Nullable Long ofText(String value, ZoneId zone) {
    String text = value.strip();
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      return null;
    }
    Number number = Numbers.parse(text);
    if (number instanceof Long integer) {
      return ofNumber(integer.longValue());
    }
    if (number instanceof Double fraction) {
      return ofNumber(fraction.doubleValue());
    }
    try {
      return micros(instant(text, zone));
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  private static Instant instant(String text, ZoneId zone) {
    String iso = text.length() > 10 && text.charAt(10) == ' ' ? text.replaceFirst(" ", "T") : text;
    if (iso.indexOf('-') < 0) {
      boolean utc = iso.endsWith("Z");
      LocalDateTime local =
          LocalDateTime.parse(utc ? iso.substring(0, iso.length() - 1) : iso, BASIC);
      return local.atZone(utc ? ZoneOffset.UTC : zone).toInstant();
    }
    boolean zoned = iso.endsWith("Z") || iso.indexOf('+') > 0 || iso.lastIndexOf('-') > 10;
    return zoned
        ? OffsetDateTime.parse(iso).toInstant()
        : LocalDateTime.parse(iso).atZone(zone).toInstant();
  }

  private static long micros(Instant instant) {
    return set(
        Math.addExact(
            Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000));
  }

  private static long set(long micros) {
    return micros < EARLIEST_MICROS ? NO_TIME : micros;
  }
}
