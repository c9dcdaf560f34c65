package io.sluice.engine.coverage;

import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import io.sluice.engine.coverage.slot.Calendar;
import io.sluice.engine.normalize.TimeSettings;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
            doc =
                "Full hours from UTC to the place whose days reports and the 30 days are of;"
                    + " utc-offset also takes minutes and names of zones.",
            def = "0",
            min = -12,
            max = 14)
        int utcOffsetHours,
    @Option(
            doc =
                "The place whose days reports and the 30 days are of: a zone such as"
                    + " Europe/Berlin, whose days have 23 and 25 hours when its clocks are set, or"
                    + " an offset such as +05:30. Takes the place of utc-offset-hours.")
        @Nullable String utcOffset)
    implements Checked {
  public static final CoverageSettings DEFAULTS =
      new CoverageSettings(Duration.ofMinutes(5), 0, null);

  @Override
  public List<Problem> problems() {
    if (utcOffset == null) {
      return List.of();
    }
    if (utcOffsetHours != 0) {
      return List.of(
          new Problem("utc-offset", "stands beside utc-offset-hours; leave that one out"));
    }
    if (!TimeSettings.isZone(utcOffset)) {
      return List.of(new Problem("utc-offset", TimeSettings.unknown(utcOffset)));
    }
    String problem = Calendar.problem(ZoneId.of(utcOffset));
    return problem == null
        ? List.of()
        : List.of(
            new Problem(
                "utc-offset",
                "\"" + utcOffset + "\" " + problem + "; write an offset such as +10:30"));
  }

  public Calendar calendar() {
    return new Calendar(
        utcOffset == null ? ZoneOffset.ofHours(utcOffsetHours) : ZoneId.of(utcOffset));
  }
}
