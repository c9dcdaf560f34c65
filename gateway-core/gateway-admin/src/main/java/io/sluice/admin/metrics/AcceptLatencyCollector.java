package io.sluice.admin.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.sluice.api.operator.Operations.LatencyHistogram;
import java.util.Map;
import java.util.function.Supplier;

/** {@code sluice_accept_seconds{protocol}}: from receipt to the durable write. */
final class AcceptLatencyCollector implements Collector {
  private final Supplier<Map<String, LatencyHistogram>> histograms;

  AcceptLatencyCollector(Supplier<Map<String, LatencyHistogram>> histograms) {
    this.histograms = histograms;
  }

  @Override
  public MetricSnapshot collect() {
    HistogramSnapshot.Builder snapshot =
        HistogramSnapshot.builder()
            .name("sluice_accept_seconds")
            .help("From receipt of a message to the moment when it may be acknowledged.");
    histograms
        .get()
        .forEach((protocol, histogram) -> snapshot.dataPoint(dataPoint(protocol, histogram)));
    return snapshot.build();
  }

  private static HistogramSnapshot.HistogramDataPointSnapshot dataPoint(
      String protocol, LatencyHistogram histogram) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    double[] bounds = histogram.upperBoundsSeconds();
    long[] counts = histogram.counts();
    for (int i = 0; i < counts.length; i++) {
      buckets.bucket(i < bounds.length ? bounds[i] : Double.POSITIVE_INFINITY, counts[i]);
    }
    return HistogramSnapshot.HistogramDataPointSnapshot.builder()
        .classicHistogramBuckets(buckets.build())
        .sum(histogram.sumSeconds())
        .labels(Labels.of("protocol", protocol))
        .build();
  }
}
