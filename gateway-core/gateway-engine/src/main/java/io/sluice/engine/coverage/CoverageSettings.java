package io.sluice.engine.coverage;

import io.sluice.api.config.Option;
import java.time.Duration;

/** How coverage is counted: the section {@code coverage}. */
public record CoverageSettings(
    @Option(
            doc =
                "How often what was counted is saved. What came since is read again from the spool"
                    + " after a crash, which holds it until then; a shorter time writes more.",
            def = "5m",
            min = 10_000,
            max = 3_600_000)
        Duration snapshot,
    @Option(
            doc = "Hours from UTC to the place whose days reports and the 30 days are of.",
            def = "0",
            min = -12,
            max = 14)
        int utcOffsetHours) {
  public static final CoverageSettings DEFAULTS = new CoverageSettings(Duration.ofMinutes(5), 0);

  Calendar calendar() {
    return new Calendar(utcOffsetHours * Calendar.HOUR_MICROS);
  }
}
