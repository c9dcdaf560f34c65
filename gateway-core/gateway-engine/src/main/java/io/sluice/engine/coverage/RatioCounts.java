package io.sluice.engine.coverage;

import io.sluice.api.operator.CoverageService;
import io.sluice.api.operator.CoverageService.By;
import io.sluice.engine.coverage.slot.DeviceCoverage;
import io.sluice.engine.coverage.slot.Lateness;
import io.sluice.engine.coverage.slot.Numbers;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
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

  /** Writes what {@link #read} takes. */
  void write(DataOutput out) throws IOException {
    lateness.write(out);
    for (long each :
        new long[] {
          expected, connected, reporting, due, filled, good, stopped, planned, commissioned
        }) {
      Numbers.write(out, each);
    }
  }

  /** Adds what was written. */
  void read(DataInput in) throws IOException {
    lateness.read(in);
    expected += Numbers.read(in);
    connected += Numbers.read(in);
    reporting += Numbers.read(in);
    due += Numbers.read(in);
    filled += Numbers.read(in);
    good += Numbers.read(in);
    stopped += Numbers.read(in);
    planned += Numbers.read(in);
    commissioned += Numbers.read(in);
  }

  /** A ratio, null where the denominator is 0. */
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
