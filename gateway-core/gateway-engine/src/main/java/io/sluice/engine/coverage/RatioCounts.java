package io.sluice.engine.coverage;

import io.sluice.api.operator.CoverageService;
import io.sluice.api.operator.CoverageService.By;
import io.sluice.engine.coverage.slot.DeviceCoverage;
import io.sluice.engine.coverage.slot.Lateness;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The counts of which the ratios of one row are made, such as filled and due. Not thread-safe. */
final class RatioCounts {
  final Lateness.Sum lateness = new Lateness.Sum();
  private long expected;
  private long connected;
  private long reporting;
  private long due;
  private long filled;
  private long good;
  private long stopped;
  private long planned;
  private long commissioned;

  void stands(DeviceCoverage device, boolean isConnected, boolean isReporting, boolean isStopped) {
    boolean isCommissioned = device.isCommissioned();
    boolean isExpected = isCommissioned && !isStopped;
    stopped += isCommissioned && isStopped ? 1 : 0;
    expected += isExpected ? 1 : 0;
    connected += isExpected && isConnected ? 1 : 0;
    reporting += isExpected && isReporting ? 1 : 0;
    planned += device.isPlanned() ? 1 : 0;
    commissioned += device.isPlanned() && isCommissioned ? 1 : 0;
  }

  /**
   * @param sum due, filled, good
   */
  void slots(long[] sum) {
    due += sum[0];
    filled += sum[1];
    good += sum[2];
  }

  void add(RatioCounts other) {
    lateness.add(other.lateness);
    expected += other.expected;
    connected += other.connected;
    reporting += other.reporting;
    due += other.due;
    filled += other.filled;
    good += other.good;
    stopped += other.stopped;
    planned += other.planned;
    commissioned += other.commissioned;
  }

  static @Nullable Double ratio(long numerator, long denominator) {
    return denominator == 0 ? null : (Double) ((double) numerator / denominator);
  }

  CoverageService.Group view(List<String> key, By by) {
    return new CoverageService.Group(
        key.getFirst(),
        by == By.SECTOR || by == By.SITE ? key.getLast() : null,
        by == By.SITE ? key.getFirst() : null,
        by == By.MODEL ? key.getFirst() : null,
        expected,
        connected,
        reporting,
        due,
        filled,
        good,
        ratio(connected, expected),
        ratio(reporting, expected),
        ratio(filled, due),
        ratio(good, filled),
        ratio(good, due), // completeness × validity, also where nothing came
        ratio(lateness.timely(), lateness.received()),
        stopped,
        planned,
        commissioned,
        ratio(commissioned, planned),
        lateness.received(),
        lateness.timely(),
        lateness.quantileSeconds(0.5),
        lateness.quantileSeconds(0.95),
        lateness.quantileSeconds(0.99));
  }
}
