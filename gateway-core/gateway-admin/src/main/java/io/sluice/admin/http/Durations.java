package io.sluice.admin.http;

import io.sluice.api.config.DurationText;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Durations of requests: as the configuration writes them, or as ISO 8601 does. */
public final class Durations {
  private Durations() {}

  public static Duration parse(String key, String text) {
    Duration duration = text.startsWith("P") ? iso(text) : DurationText.parse(text);
    if (duration == null) {
      throw new BadRequestException(
          key + " must be a duration such as " + DurationText.EXAMPLES + ", not \"" + text + '"');
    }
    return duration;
  }

  /** The form that this API answered before. */
  private static @Nullable Duration iso(String text) {
    try {
      Duration duration = Duration.parse(text);
      return duration.isNegative() ? null : duration;
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
