package io.sluice.engine.alarm;

import io.sluice.api.config.DurationText;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A supervision interval as the configuration writes it: {@code 20s}, {@code 5m}, {@code 2h}. */
public final class SupervisionInterval {
  private SupervisionInterval() {}

  /** Null where it is none, or not within 20 s to 24 h. */
  public static @Nullable Duration parse(String text) {
    Duration interval = DurationText.parse(text.trim());
    return interval != null && isAllowed(interval) ? interval : null;
  }

  static boolean isAllowed(Duration interval) {
    return interval.compareTo(AlarmSettings.SUPERVISION_MIN) >= 0
        && interval.compareTo(AlarmSettings.SUPERVISION_MAX) <= 0;
  }
}
