package io.sluice.engine.normalize.sample;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Dates and times as text: ISO 8601 basic and extended with any form of offset, dates with dots or
 * slashes, RFC 1123, and digits alone. A leap second is the last second of its minute.
 */
final class CalendarTimes {
  private static final String TIME = "(\\d{1,2}):?(\\d{2})(?::?(\\d{2})(?:[.,](\\d{1,9}))?)?";
  private static final String OFFSET = "\\s*(Z|z|UTC|GMT|[+-]\\d{2}(?::?\\d{2})?)?";
  private static final Pattern YEAR_FIRST =
      Pattern.compile("(\\d{4})([-/.]?)(\\d{1,2})\\2(\\d{1,2})(?:T|t|\\s+)" + TIME + OFFSET);
  private static final Pattern RFC_1123 =
      Pattern.compile("(?:[A-Za-z]{3},\\s*)?(\\d{1,2}) ([A-Za-z]{3}) (\\d{4}) " + TIME + OFFSET);
  private static final Pattern TIME_FIRST =
      Pattern.compile(TIME + "\\s+(\\d{1,2})/(\\d{1,2})/(\\d{4})" + OFFSET);
  private static final String MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";
  private static final int FIRST_YEAR = 2000;
  private static final int LAST_YEAR = 2099;

  private CalendarTimes() {}

  /**
   * @param offset null where the text says none
   */
  record Moment(LocalDateTime local, @Nullable ZoneOffset offset) {}

  /** Null where the text is no date and time. */
  static @Nullable Moment parse(String text) {
    try {
      Matcher iso = YEAR_FIRST.matcher(text);
      if (iso.matches()) {
        return moment(number(iso, 1), number(iso, 3), number(iso, 4), iso, 5);
      }
      Matcher web = RFC_1123.matcher(text);
      if (web.matches()) {
        int month = MONTHS.indexOf(web.group(2).toLowerCase(java.util.Locale.ROOT));
        return month % 3 == 0 && month >= 0
            ? moment(number(web, 3), month / 3 + 1, number(web, 1), web, 4)
            : null;
      }
      Matcher clock = TIME_FIRST.matcher(text);
      return clock.matches() ? monthFirst(clock) : null;
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** {@code 07:16:17 06/16/2021 UTC}: the month first; refused where it could be the day. */
  private static @Nullable Moment monthFirst(Matcher clock) {
    int month = number(clock, 5);
    int day = number(clock, 6);
    if (day <= 12 && day != month && clock.group(8) == null) {
      return null;
    }
    LocalDateTime local = local(number(clock, 7), month, day, clock, 1);
    return new Moment(local, offset(clock.group(8)));
  }

  private static Moment moment(int year, int month, int day, Matcher found, int time) {
    return new Moment(local(year, month, day, found, time), offset(found.group(time + 4)));
  }

  private static LocalDateTime local(int year, int month, int day, Matcher found, int time) {
    int second = found.group(time + 2) == null ? 0 : number(found, time + 2);
    String fraction = found.group(time + 3);
    int nanos = fraction == null ? 0 : Integer.parseInt((fraction + "00000000").substring(0, 9));
    return LocalDateTime.of(
        year,
        month,
        day,
        number(found, time),
        number(found, time + 1),
        second == 60 ? 59 : second,
        nanos);
  }

  private static @Nullable ZoneOffset offset(@Nullable String text) {
    if (text == null) {
      return null;
    }
    return Character.isLetter(text.charAt(0)) ? ZoneOffset.UTC : ZoneOffset.of(text);
  }

  private static int number(Matcher found, int group) {
    return Integer.parseInt(found.group(group));
  }

  /**
   * Digits of a calendar: {@code yyyyMMddHHmmss}, with milliseconds behind it, or with a year of
   * two digits.
   *
   * @return null where they are none
   */
  static @Nullable LocalDateTime ofDigits(String digits) {
    String full =
        switch (digits.length()) {
          case 12 -> "20" + digits + "000";
          case 14 -> digits + "000";
          case 17 -> digits;
          default -> "";
        };
    if (full.isEmpty()) {
      return null;
    }
    int year = Integer.parseInt(full.substring(0, 4));
    if (year < FIRST_YEAR || year > LAST_YEAR) {
      return null;
    }
    try {
      int second = part(full, 12);
      return LocalDateTime.of(
          year,
          part(full, 4),
          part(full, 6),
          part(full, 8),
          part(full, 10),
          second == 60 ? 59 : second,
          Integer.parseInt(full.substring(14)) * 1_000_000);
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static int part(String digits, int at) {
    return Integer.parseInt(digits.substring(at, at + 2));
  }
}
