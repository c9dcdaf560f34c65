package io.sluice.engine.coverage.slot;

import io.sluice.engine.normalize.profile.Metric;
import io.sluice.engine.normalize.profile.Profile;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which metrics a device has to report, and how often. Immutable; shared by the devices of a
 * profile.
 *
 * @param metrics name of each metric that is due, with its place, from 0 without gaps; empty where
 *     the names are not known any more
 * @param count how many metrics are due
 * @param intervalMicros time from one slot to the next
 */
public record ReportingExpectation(Map<String, Integer> metrics, int count, long intervalMicros) {
  /** Bounds the slots of an hour: a device that is faster is held to one sample a second. */
  static final long SHORTEST_MICROS = 1_000_000;

  /** Of a device whose profile is not known: nothing is due. */
  public static final ReportingExpectation NOTHING =
      new ReportingExpectation(Map.of(), 0, 60_000_000L);

  public ReportingExpectation(Map<String, Integer> metrics, long intervalMicros) {
    this(Map.copyOf(metrics), metrics.size(), Math.max(SHORTEST_MICROS, intervalMicros));
  }

  /**
   * Of a device with a profile.
   *
   * @param own the device's own interval, or null for the profile's
   */
  public static ReportingExpectation of(Profile profile, @Nullable Duration own) {
    Map<String, Integer> metrics = new HashMap<>();
    for (Metric metric : profile.metrics()) {
      if (!metric.optional()) {
        metrics.put(metric.name(), metrics.size());
      }
    }
    Duration interval = own == null ? profile.interval() : own;
    return new ReportingExpectation(metrics, interval.toNanos() / 1_000);
  }

  /** Tells whether saved metrics are still these. */
  int mark() {
    return metrics.hashCode();
  }

  /** Grace: how long after its time a report may still be on its way: g in docs/coverage.md. */
  public long graceMicros() {
    return Math.max(60_000_000L, intervalMicros / 10);
  }
}
