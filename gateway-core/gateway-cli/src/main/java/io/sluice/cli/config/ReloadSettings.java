package io.sluice.cli.config;

import io.sluice.api.config.Option;
import java.time.Duration;

/** What is read anew by itself: the section {@code reload}. */
public record ReloadSettings(
    @Option(
            doc =
                "Whether profiles, dialects and scripts are read anew by themselves when their files"
                    + " change. All else is read anew when asked for: sluice reload, SIGHUP.",
            def = "true")
        boolean watch,
    @Option(
            doc =
                "How often their files are looked at. One that was changed is read once it has stayed"
                    + " the same for as long.",
            def = "5s",
            min = 100,
            max = 3_600_000)
        Duration interval) {
  public static final ReloadSettings DEFAULTS = new ReloadSettings(true, Duration.ofSeconds(5));
}
