package io.sluice.engine.dialect.signin;

import io.sluice.engine.dialect.form.Template;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * When what was signed holds.
 *
 * @param fromMillis first millisecond since the epoch, {@link Long#MIN_VALUE}: always was
 * @param untilMillis last one
 */
record ClockWindow(long fromMillis, long untilMillis) {
  /** Times beyond the year 9999, as clients without an end write them. */
  private static final long FOR_EVER_SECONDS = 253_402_300_799L;

  /**
   * The bounds of a file's way. Immutable.
   *
   * @param pattern null where the stamp is a number
   */
  record Rule(
      @Nullable Template stamp,
      @Nullable DateTimeFormatter pattern,
      boolean isMillis,
      boolean isOfHours,
      Duration within,
      @Nullable Template expires) {
    /**
     * @throws IllegalArgumentException where the format is none
     */
    static Rule of(SignInFile.Clock file) {
      String format = file.format();
      boolean isNumber = format.equals("seconds") || format.equals("millis");
      return new Rule(
          file.stamp() == null ? null : Template.of(file.stamp()),
          isNumber
              ? null
              : new DateTimeFormatterBuilder()
                  .appendPattern(format)
                  .parseDefaulting(ChronoField.MINUTE_OF_HOUR, 0)
                  .toFormatter(Locale.ROOT),
          format.equals("millis"),
          !isNumber && !format.contains("m"),
          file.within(),
          file.expires() == null ? null : Template.of(file.expires()));
    }

    /** Null where the times that the peer shows are none. */
    @Nullable ClockWindow window(Template.Values values) {
      long from = Long.MIN_VALUE;
      long until = Long.MAX_VALUE;
      if (stamp != null) {
        Long at = millis(stamp.fill(values));
        if (at == null) {
          return null;
        }
        from = at - within.toMillis();
        until =
            at + within.toMillis() + (isOfHours ? ChronoUnit.HOURS.getDuration().toMillis() : 0);
      }
      if (expires != null) {
        Long end = seconds(expires.fill(values));
        if (end == null) {
          return null;
        }
        until = Math.min(until, Math.min(end, FOR_EVER_SECONDS) * 1_000);
      }
      return new ClockWindow(from, until);
    }

    private @Nullable Long millis(@Nullable String text) {
      if (text == null) {
        return null;
      }
      if (pattern == null) {
        Long number = seconds(text);
        return number == null ? null : Long.valueOf(isMillis ? number : number * 1_000);
      }
      try {
        return LocalDateTime.parse(text, pattern).toInstant(ZoneOffset.UTC).toEpochMilli();
      } catch (DateTimeException _) {
        return null;
      }
    }

    private static @Nullable Long seconds(@Nullable String text) {
      return text != null && text.matches("[0-9]{1,15}") ? Long.valueOf(text) : null;
    }
  }

  boolean holds(long nowMillis) {
    return nowMillis >= fromMillis && nowMillis <= untilMillis;
  }

  String fault(long nowMillis) {
    return nowMillis > untilMillis
        ? "its time ended at " + Instant.ofEpochMilli(untilMillis) + "; set the device's clock"
        : "its time begins at " + Instant.ofEpochMilli(fromMillis) + "; set the device's clock";
  }
}
