package io.sluice.sim.audit.coverage;

import io.sluice.sim.audit.GatewayApi;
import io.sluice.sim.figures.Silences.Silence;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The gateway's own outages, in which nothing is due, against what the fleet saw: it was not away
 * while it answered, and where it refused connections it was.
 */
public final class OutageAudit {
  /** A gateway that was killed knows by so much when it was alive last: coverage.md. */
  private static final long BEGIN_MILLIS = 12_000;

  /** How finely either side knows when it ended. */
  private static final long TOLERANCE_MILLIS = 5_000;

  /** A time in which connections were refused has to be listed if it is as long. */
  private static final long LEAST_MILLIS = 15_000;

  /**
   * The gateway was away, by its own word.
   *
   * @param fromMillis since the epoch
   */
  public record Outage(long fromMillis, long toMillis) {}

  private OutageAudit() {}

  /** When a gateway was away, by its own word. */
  public static List<Outage> of(GatewayApi api) throws IOException, InterruptedException {
    return new CoverageApi(api).outages();
  }

  /** Those that touch the run, cut to it. */
  static List<Outage> within(List<Outage> outages, long startMillis, long endMillis) {
    return outages.stream()
        .filter(outage -> outage.toMillis > startMillis && outage.fromMillis < endMillis)
        .map(outage ->
            new Outage(
                Math.max(outage.fromMillis, startMillis), Math.min(outage.toMillis, endMillis)))
        .toList();
  }

  /**
   * What is wrong with them, in words.
   *
   * @param outages those within the run
   */
  static List<String> faults(List<Outage> outages, List<Silence> silences) {
    List<String> faults = new ArrayList<>();
    for (Outage outage : outages) {
      if (!isSilent(outage, silences)) {
        faults.add(
            "the gateway says that it was away "
                + span(outage.fromMillis, outage.toMillis)
                + ", and answered devices meanwhile");
      }
    }
    for (Silence silence : silences) {
      long away = silence.toMillis() - silence.fromMillis();
      if (silence.refused() == 0 || away < LEAST_MILLIS) {
        continue;
      }
      long listed = outages.stream().mapToLong(outage -> common(outage, silence)).sum();
      if (listed == 0) {
        faults.add(
            "connections were refused "
                + span(silence.fromMillis(), silence.toMillis())
                + ", and the gateway lists no outage");
      }
    }
    return faults;
  }

  private static boolean isSilent(Outage outage, List<Silence> silences) {
    long from = outage.fromMillis + BEGIN_MILLIS;
    long to = outage.toMillis - TOLERANCE_MILLIS;
    return from >= to
        || silences.stream()
            .anyMatch(silence -> silence.fromMillis() <= from && silence.toMillis() >= to);
  }

  private static long common(Outage outage, Silence silence) {
    return Math.max(
        0,
        Math.min(outage.toMillis, silence.toMillis())
            - Math.max(outage.fromMillis, silence.fromMillis()));
  }

  private static String span(long fromMillis, long toMillis) {
    return "from %s for %d s"
        .formatted(
            Instant.ofEpochMilli(fromMillis), Duration.ofMillis(toMillis - fromMillis).toSeconds());
  }
}
