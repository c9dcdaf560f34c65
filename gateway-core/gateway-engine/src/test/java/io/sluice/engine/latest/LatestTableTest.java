package io.sluice.engine.latest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.QualityReason;
import io.sluice.api.TimeSource;
import io.sluice.api.operator.LatestValues.MetricView;
import io.sluice.api.operator.LatestValues.Point;
import io.sluice.engine.record.CorruptRecordException;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.RecordFormat;
import io.sluice.engine.record.RecordWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LatestTableTest {
  private static final long SECOND = 1_000_000L;
  private static final long MINUTE = 60 * SECOND;
  private static final long NOW = 1_700_000_000_000_000L;

  private final RecordWriter writer = new RecordWriter();
  private final EncodedRecord view = new EncodedRecord();

  /** A measurement as the plain model keeps it. */
  private record Sample(long order, long t, double value) {}

  @Test
  void valuesAndSparklinesEqualAPlainModelOfAllSamples() throws Exception {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    LatestTable table = new LatestTable(1L << 40);
    Map<String, Map<String, List<Sample>>> model = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      String device = "d" + random.nextInt(7);
      long received = NOW + i * 1_000_000L;
      long t = received + random.nextLong(-3 * MINUTE, MINUTE) / 1_000_000 * 1_000_000;
      boolean historical = random.nextInt(5) == 0;
      boolean doubted = random.nextInt(9) == 0;
      writer.begin(MessageClass.TELEMETRY, t, TimeSource.DEVICE, received, historical);
      writer.identity(device, "farm", "north", "soil", "edge", "mqtt", "telemetry");
      int first = random.nextInt(40);
      for (int m = 0, n = random.nextInt(1, 6); m < n; m++) {
        String name = "m" + (first + m * random.nextInt(1, 3));
        double value = random.nextInt(1_000) / 4.0;
        QualityReason reason = doubted ? QualityReason.CLOCK : null;
        writer.measurement(name, "%", Quality.GOOD, reason, RecordFormat.NO_TIME).value(value);
        if (!historical) {
          long order = doubted || t > received ? received : t;
          add(model, device, name, new Sample(order, t, value));
        }
      }
      take(table, device);
    }
    model.forEach((device, metrics) -> {
      Map<String, MetricView> shown = new LinkedHashMap<>();
      table.metrics(device).forEach(metric -> shown.put(metric.name(), metric));
      assertThat(shown.keySet()).as("seed %d", seed).isEqualTo(metrics.keySet());
      metrics.forEach((name, samples) -> assertEqual(shown.get(name), samples, seed));
    });
  }

  private static void add(
      Map<String, Map<String, List<Sample>>> model, String device, String name, Sample sample) {
    model
        .computeIfAbsent(device, d -> new HashMap<>())
        .computeIfAbsent(name, n -> new ArrayList<>())
        .add(sample);
  }

  /** The line by definition: the newest 60 at each step, an equal time replacing its value. */
  private static void assertEqual(MetricView shown, List<Sample> samples, long seed) {
    Sample last = samples.getFirst();
    java.util.TreeMap<Long, Double> line = new java.util.TreeMap<>();
    for (Sample sample : samples) {
      last = sample.order() >= last.order() ? sample : last;
      line.put(sample.order(), sample.value());
      if (line.size() > Sparkline.POINTS) {
        line.pollFirstEntry();
      }
    }
    assertThat(shown.value()).as("seed %d", seed).isEqualTo(last.value());
    assertThat(shown.tMicros()).as("seed %d", seed).isEqualTo(last.t());
    List<Point> expected = new ArrayList<>();
    line.forEach((t, value) -> expected.add(new Point(t, value)));
    assertThat(shown.spark()).as("seed %d", seed).isEqualTo(expected);
  }

  @Test
  void aHistoricalRecordNeverReplacesALiveValue() throws Exception {
    LatestTable table = new LatestTable(1 << 20);
    record(NOW, NOW, false, 1);
    take(table, "a");
    record(NOW + MINUTE, NOW + MINUTE, true, 2);
    take(table, "a");
    MetricView metric = table.metrics("a").getFirst();
    assertThat(metric.value()).isEqualTo(1.0);
    assertThat(metric.spark()).hasSize(1);
  }

  @Test
  void aClockThatRanAheadOnceDoesNotFreezeTheValue() throws Exception {
    LatestTable table = new LatestTable(1 << 20);
    record(NOW + 1_000 * MINUTE, NOW, false, 1);
    take(table, "a");
    record(NOW + MINUTE, NOW + MINUTE, false, 2);
    take(table, "a");
    assertThat(table.metrics("a").getFirst().value()).isEqualTo(2.0);
  }

  @Test
  void theBoundHoldsAndTheDeviceThatWasSilentLongestGoesFirst() throws Exception {
    LatestTable table = new LatestTable(20_000);
    for (int i = 0; i < 2_000; i++) {
      long at = NOW + i * SECOND;
      record(at, at, false, i);
      take(table, "busy");
      record(at, at, false, i);
      take(table, "d" + i);
      assertThat(table.bytes()).isLessThanOrEqualTo(20_000);
    }
    assertThat(table.metrics("busy").getFirst().spark()).hasSize(60);
    assertThat(table.metrics("d1999")).hasSize(1);
    assertThat(table.metrics("d0")).isEmpty();
  }

  @Test
  void aLineAtWhichNobodyLooksHasOnePointASecondAndTheLastValue() throws Exception {
    LatestTable table = new LatestTable(1 << 20);
    long at = NOW;
    for (int i = 0; i < 100; i++) {
      at += SECOND / 4;
      record(at, at, false, i);
      take(table, "a");
    }
    List<Point> line = table.metrics("a").getFirst().spark();
    assertThat(line).hasSize(25 + 1);
    assertThat(line.getLast()).isEqualTo(new Point(at, 99));
    for (int i = 1; i < line.size() - 1; i++) {
      assertThat(line.get(i).tMicros() - line.get(i - 1).tMicros()).isEqualTo(SECOND);
    }

    for (int i = 100; i < 110; i++) { // somebody has looked
      at += SECOND / 4;
      record(at, at, false, i);
      take(table, "a");
    }
    assertThat(table.metrics("a").getFirst().spark()).hasSize(26 + 10);

    at += 11 * MINUTE; // and looks no more
    for (int i = 110; i < 118; i++) {
      at += SECOND / 4;
      record(at, at, false, i);
      take(table, "a");
    }
    assertThat(table.metrics("a").getFirst().spark()).hasSize(36 + 2);
  }

  @Test
  void moreMetricsThanTheBoundAreLeftOutAndTheOthersGoOn() throws Exception {
    LatestTable table = new LatestTable(1 << 24);
    for (int round = 0; round < 2; round++) {
      writer.begin(MessageClass.TELEMETRY, NOW + round, TimeSource.DEVICE, NOW + round, false);
      writer.identity("a", "farm", "north", "soil", "edge", "mqtt", "telemetry");
      for (int m = 0; m < 1_000; m++) {
        writer.measurement("m" + m, null, Quality.GOOD, null, RecordFormat.NO_TIME).value(round);
      }
      take(table, "a");
    }
    List<MetricView> metrics = table.metrics("a");
    assertThat(metrics).hasSize(DeviceLatest.METRICS_MAX);
    assertThat(metrics).allSatisfy(metric -> assertThat(metric.value()).isEqualTo(1L));
  }

  @Test
  void everyKindOfValueIsShownAndLongTextIsCut() throws Exception {
    LatestTable table = new LatestTable(1 << 20);
    writer.begin(MessageClass.STATE, NOW, TimeSource.DEVICE, NOW, false);
    writer.identity("a", "farm", "north", "soil", "edge", "mqtt", "state");
    writer.measurement("on", null, Quality.GOOD, null, RecordFormat.NO_TIME).value(true);
    writer
        .measurement("text", null, Quality.BAD, null, RecordFormat.NO_TIME)
        .value("x".repeat(999));
    writer
        .measurement("raw", null, Quality.GOOD, null, RecordFormat.NO_TIME)
        .value(new byte[] {1, 2});
    writer.measurement("n", "1/min", Quality.GOOD, null, RecordFormat.NO_TIME).value(7L);
    take(table, "a");
    List<MetricView> metrics = table.metrics("a");
    assertThat(metrics.get(0).value()).isEqualTo(true);
    assertThat((String) metrics.get(1).value()).hasSize(MetricLatest.TEXT_MAX_CHARS).endsWith("…");
    assertThat(metrics.get(1).quality()).isEqualTo(Quality.BAD);
    assertThat(metrics.get(2).value()).isEqualTo("AQI=");
    assertThat(metrics.get(3).value()).isEqualTo(7L);
    assertThat(metrics.get(3).unit()).isEqualTo("1/min");
    assertThat(metrics.get(1).spark()).isEmpty();
  }

  private void record(long t, long received, boolean historical, double value) {
    writer.begin(MessageClass.TELEMETRY, t, TimeSource.DEVICE, received, historical);
    writer.identity("a", "farm", "north", "soil", "edge", "mqtt", "telemetry");
    writer.measurement("moisture", "%", Quality.GOOD, null, RecordFormat.NO_TIME).value(value);
  }

  private void take(LatestTable table, String device) throws CorruptRecordException {
    byte[] body = writer.finish();
    table.take(device, view.wrap(body, 0, body.length, Lane.TELEMETRY, 0, ""));
  }
}
