package io.sluice.engine.alarm;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A supervision interval as the configuration writes it: {@code 20s}, {@code 5m}, {@code 2h}. */
final class SupervisionInterval {
  private static final Pattern TEXT = Pattern.compile("([0-9]{1,6})(s|m|h)");

  private SupervisionInterval() {}

  /** Null where it is none, or not within 20 s to 24 h. */
  static @Nullable Duration parse(String text) {
    Matcher matcher = TEXT.matcher(text.trim());
    if (!matcher.matches()) {
      return null;
    }
    long number = Long.parseLong(matcher.group(1));
    Duration interval =
        switch (matcher.group(2)) {
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          default -> Duration.ofHours(number);
        };
    return isAllowed(interval) ? interval : null;
  }

  static boolean isAllowed(Duration interval) {
    return interval.compareTo(AlarmSettings.SUPERVISION_MIN) >= 0
        && interval.compareTo(AlarmSettings.SUPERVISION_MAX) <= 0;
  }
}
