package io.sluice.engine.alarm;

import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import io.sluice.api.config.Secret;
import io.sluice.api.operator.AdminSettings;
import io.sluice.api.operator.CoverageService;
import io.sluice.api.tls.ClientTls;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is done about alarms: the section {@code alarms} of the configuration. */
public record AlarmSettings(
    @Option(
            doc =
                "How long a cleared alarm is kept. An open one is kept until it is cleared, however"
                    + " long that takes.",
            def = "90d",
            min = 3_600_000)
        Duration keep,
    @Option(
            doc =
                "Alarms kept at most; the cleared ones that are longest over go first. With so many"
                    + " open, the least grave are left out (they go upstream all the same).",
            def = "100000",
            min = 1_000,
            max = 10_000_000)
        int keepMost,
    @Option(
            doc =
                "Device id to supervision interval, 20s to 24h: replaces the profile's. Where"
                    + " nothing is heard of a device for so long, an alarm of kind supervision is"
                    + " raised.")
        Map<String, String> supervision,
    @Option(
            doc = "Time after which an unacknowledged Extreme alarm is escalated. 0s: never.",
            def = "2m",
            min = 0)
        Duration escalateExtreme,
    @Option(doc = "The same for Severe.", def = "5m", min = 0) Duration escalateSevere,
    @Option(doc = "The same for Moderate.", def = "30m", min = 0) Duration escalateModerate,
    @Option(doc = "The same for Minor and Unknown.", def = "0s", min = 0) Duration escalateMinor,
    @Option(
            doc =
                "URL to which an escalated alarm is posted as JSON; by https: for anything but this"
                    + " machine.")
        @Nullable URI webhook,
    @Option(
            doc =
                "How long an escalated alarm that the webhook does not take is kept and tried"
                    + " again.",
            def = "24h",
            min = 60_000,
            max = 2_592_000_000L)
        Duration webhookKeep,
    @Option(doc = "Sent to the webhook as Authorization: Bearer.") @Nullable Secret webhookToken,
    @Option(
            doc =
                "Authorities that the webhook's certificate may be of, PEM, instead of the Java"
                    + " runtime's: for the plant's own. Read at the start.")
        @Nullable Path webhookCa,
    @Option(doc = "The threshold of sites' coverage; without it there are no such alarms.")
        @Nullable CoverageAlarm coverage)
    implements Checked {
  /** Which figure of a site is compared. */
  public enum Figure {
    CONNECTION,
    REPORTING,
    COMPLETENESS,
    VALIDITY,
    EFFECTIVE,
    TIMELINESS
  }

  /** When a site's coverage is an alarm. */
  public record CoverageAlarm(
      @Option(
              doc = "Per cent below which an alarm of kind coverage is raised, one for each site.",
              required = true,
              min = 1,
              max = 100)
          int below,
      @Option(
              doc =
                  "Per cent by which coverage must pass the threshold for the alarm to be cleared.",
              def = "2",
              min = 0,
              max = 50)
          int hysteresis,
      @Option(
              doc = "How long coverage must stay below, or above again.",
              def = "5m",
              min = 0,
              max = 86_400_000)
          Duration hold,
      @Option(
              doc =
                  "Which figure: connection, reporting, completeness, validity, effective or"
                      + " timeliness.",
              def = "completeness")
          Figure figure,
      @Option(doc = "Of which window: now, 1h, 24h or 30d.", def = "1h")
          CoverageService.Window window) {}

  static final Duration SUPERVISION_MIN = Duration.ofSeconds(20);
  static final Duration SUPERVISION_MAX = Duration.ofHours(24);

  public static final AlarmSettings DEFAULTS =
      new AlarmSettings(
          Duration.ofDays(90),
          100_000,
          Map.of(),
          Duration.ofMinutes(2),
          Duration.ofMinutes(5),
          Duration.ofMinutes(30),
          Duration.ZERO,
          null,
          Duration.ofHours(24),
          null,
          null,
          null);

  @Override
  public List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    supervision.forEach((device, interval) -> {
      if (SupervisionInterval.parse(interval) == null) {
        problems.add(
            new Problem(
                "supervision",
                device + ": \"" + interval + "\" is no interval of 20s to 24h; write one as 5m"));
      }
    });
    if (webhook != null && !AdminSettings.isSafe(webhook)) {
      problems.add(
          new Problem(
              "webhook",
              "must be https://HOST...; http:// is for this machine only (127.0.0.1, localhost)"));
    }
    if (webhookCa != null && webhook == null) {
      problems.add(
          new Problem("webhook-ca", "has no effect without webhook; add it or remove this"));
    }
    ClientTls.check("webhook-ca", webhookCa, problems);
    return problems;
  }

  /** Zero where alarms of that CAP severity are never escalated. */
  Duration escalateAfter(String severity) {
    return switch (severity) {
      case "Extreme" -> escalateExtreme;
      case "Severe" -> escalateSevere;
      case "Moderate" -> escalateModerate;
      default -> escalateMinor;
    };
  }
}
