package io.sluice.admin.metrics;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.metrics.v1.Summary;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import io.opentelemetry.proto.resource.v1.Resource;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Label;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import java.util.ArrayList;
import java.util.List;

/**
 * The series of a scrape as an OTLP request (OpenTelemetry protocol 1.x, metrics/v1), under the
 * names that they have at {@code /metrics}. Counters and histograms are cumulative since the
 * gateway's start, so that a request that is lost costs nothing but its moment.
 */
final class OtlpEncoder {
  private static final AggregationTemporality CUMULATIVE =
      AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;

  private final Resource resource;
  private final long startNanos;

  /**
   * @param gateway its id
   * @param startNanos when the gateway started, since the epoch
   */
  OtlpEncoder(String gateway, long startNanos) {
    this.resource =
        Resource.newBuilder()
            .addAttributes(attribute("service.name", "sluice"))
            .addAttributes(attribute("service.instance.id", gateway))
            .build();
    this.startNanos = startNanos;
  }

  /** One request with all series. */
  ExportMetricsServiceRequest encode(MetricSnapshots snapshots, long nowNanos) {
    ScopeMetrics.Builder scope =
        ScopeMetrics.newBuilder().setScope(InstrumentationScope.newBuilder().setName("sluice"));
    for (MetricSnapshot snapshot : snapshots) {
      Metric.Builder metric =
          Metric.newBuilder().setName(snapshot.getMetadata().getPrometheusName());
      if (snapshot.getMetadata().getHelp() != null) {
        metric.setDescription(snapshot.getMetadata().getHelp());
      }
      if (fill(metric, snapshot, nowNanos)) {
        scope.addMetrics(metric);
      }
    }
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder().setResource(resource).addScopeMetrics(scope))
        .build();
  }

  /** False for a kind of which the gateway has none. */
  private boolean fill(Metric.Builder metric, MetricSnapshot snapshot, long now) {
    switch (snapshot) {
      case CounterSnapshot counter -> {
        Sum.Builder sum =
            Sum.newBuilder().setIsMonotonic(true).setAggregationTemporality(CUMULATIVE);
        counter
            .getDataPoints()
            .forEach(point -> sum.addDataPoints(number(point.getLabels(), point.getValue(), now)));
        metric.setName(metric.getName() + "_total").setSum(sum);
      }
      case GaugeSnapshot gauge -> {
        Gauge.Builder all = Gauge.newBuilder();
        gauge
            .getDataPoints()
            .forEach(point -> all.addDataPoints(number(point.getLabels(), point.getValue(), now)));
        metric.setGauge(all);
      }
      case UnknownSnapshot unknown -> {
        Gauge.Builder all = Gauge.newBuilder();
        unknown
            .getDataPoints()
            .forEach(point -> all.addDataPoints(number(point.getLabels(), point.getValue(), now)));
        metric.setGauge(all);
      }
      case HistogramSnapshot histogram -> {
        Histogram.Builder all = Histogram.newBuilder().setAggregationTemporality(CUMULATIVE);
        histogram.getDataPoints().forEach(point -> all.addDataPoints(histogram(point, now)));
        metric.setHistogram(all);
      }
      case SummarySnapshot summary -> {
        Summary.Builder all = Summary.newBuilder();
        summary
            .getDataPoints()
            .forEach(point ->
                all.addDataPoints(
                    SummaryDataPoint.newBuilder()
                        .addAllAttributes(attributes(point.getLabels()))
                        .setStartTimeUnixNano(startNanos)
                        .setTimeUnixNano(now)
                        .setCount(point.getCount())
                        .setSum(point.getSum())));
        metric.setSummary(all);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private NumberDataPoint number(Labels labels, double value, long now) {
    return NumberDataPoint.newBuilder()
        .addAllAttributes(attributes(labels))
        .setStartTimeUnixNano(startNanos)
        .setTimeUnixNano(now)
        .setAsDouble(value)
        .build();
  }

  private HistogramDataPoint histogram(HistogramDataPointSnapshot point, long now) {
    HistogramDataPoint.Builder to =
        HistogramDataPoint.newBuilder()
            .addAllAttributes(attributes(point.getLabels()))
            .setStartTimeUnixNano(startNanos)
            .setTimeUnixNano(now)
            .setCount(point.getCount())
            .setSum(point.getSum());
    ClassicHistogramBuckets buckets = point.getClassicBuckets();
    for (int i = 0; i < buckets.size(); i++) {
      if (i < buckets.size() - 1) {
        to.addExplicitBounds(buckets.getUpperBound(i)); // the last one has no bound
      }
      to.addBucketCounts(buckets.getCount(i));
    }
    return to.build();
  }

  private static List<KeyValue> attributes(Labels labels) {
    List<KeyValue> attributes = new ArrayList<>(labels.size());
    for (Label label : labels) {
      attributes.add(attribute(label.getName(), label.getValue()));
    }
    return attributes;
  }

  private static KeyValue attribute(String name, String value) {
    return KeyValue.newBuilder()
        .setKey(name)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }
}
