package io.sluice.api.config;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Durations as the configuration, profiles, device files, the API and commands write them: a whole
 * number and a unit, {@code 500ms}, {@code 10s}, {@code 5m} or {@code 5min}, {@code 1h}, {@code
 * 2d}. One space may stand between them.
 */
public final class DurationText {
  /** The form as a regular expression, for schemas. */
  public static final String PATTERN = "^[0-9]{1,15} ?(ms|s|m|min|h|d)$";

  /** Examples for a message. */
  public static final String EXAMPLES = "500ms, 10s, 5m, 1h or 2d";

  private static final Pattern FORM = Pattern.compile("([0-9]{1,15}) ?(ms|s|m|min|h|d)");
  private static final Map<String, Long> MILLIS =
      Map.of(
          "ms", 1L, "s", 1_000L, "m", 60_000L, "min", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
  private static final String[] LONGEST_FIRST = {"d", "h", "m", "s"};

  private DurationText() {}

  private static long millis(String unit) {
    return Objects.requireNonNull(MILLIS.get(unit));
  }

  /** Null if the text is no duration, or has more milliseconds than a long holds. */
  public static @Nullable Duration parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    long number = Long.parseLong(matcher.group(1));
    long one = millis(matcher.group(2));
    return number > Long.MAX_VALUE / one ? null : Duration.ofMillis(number * one);
  }

  /** In the longest unit that leaves a whole number; parts of a millisecond are cut. */
  public static String format(Duration duration) {
    return format(duration.toMillis());
  }

  /** As {@link #format(Duration)}. */
  public static String format(long millis) {
    for (String unit : LONGEST_FIRST) {
      long one = millis(unit);
      if (millis >= one && millis % one == 0) {
        return millis / one + unit;
      }
    }
    return millis == 0 ? "0s" : millis + "ms";
  }
}
