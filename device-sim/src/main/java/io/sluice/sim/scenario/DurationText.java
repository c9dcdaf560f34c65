package io.sluice.sim.scenario;

import java.time.Duration;

/** Durations as scenarios and options write them: 500ms, 10s, 5min (or 5m), 1h, 1d. */
public final class DurationText {
  private DurationText() {}

  /**
   * @throws IllegalArgumentException with a message that says how to write one
   */
  public static Duration parse(String text) {
    Duration duration = YamlFields.parseDuration(text);
    if (duration == null || duration.isZero()) {
      throw new IllegalArgumentException(
          "`" + text + "` is not a duration; write 500ms, 10s, 5min, 1h or 1d");
    }
    return duration;
  }

  /** As a scenario or a configuration writes it. */
  public static String format(Duration duration) {
    long millis = duration.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }
}
