package io.sluice.engine.normalize;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a profile writes its times.
 *
 * @param zone of times without one
 * @param formats the profile's own patterns, tried before the usual forms
 */
record TimeForms(ZoneId zone, List<DateTimeFormatter> formats) {

  /** Microseconds since the epoch by the first pattern that fits, or null. */
  @Nullable Long own(String text, long near) {
    for (DateTimeFormatter format : formats) {
      Long micros = own(format, text, near);
      if (micros != null) {
        return micros;
      }
    }
    return null;
  }

  private @Nullable Long own(DateTimeFormatter format, String text, long near) {
    try {
      TemporalAccessor parsed = format.parse(text);
      return parsed.isSupported(ChronoField.INSTANT_SECONDS)
          ? (Long) Times.micros(Instant.from(parsed))
          : (Long) Times.of(LocalDateTime.from(parsed), zone, near);
    } catch (DateTimeException e) {
      return null; // not of this pattern: the next one, or the usual forms
    }
  }
}
