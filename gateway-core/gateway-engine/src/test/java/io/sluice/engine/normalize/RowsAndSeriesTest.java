package io.sluice.engine.normalize;

import static io.sluice.engine.normalize.SelectorsTest.shown;
import static io.sluice.engine.normalize.SelectorsTest.timed;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.CanonicalRecord;
import io.sluice.api.TimeSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lists of samples without names: rows of values, and values that lie one interval apart. */
class RowsAndSeriesTest {
  @Test
  void rowsThatAreListsAreSamplesByTheirColumns() throws Exception {
    Bench bench =
        Bench.of(
            "id: rows",
            "samples: [{ path: d, columns: [ts, temperature, '', humidity] }]",
            "metrics: { temperature: { unit: Cel }, humidity: { unit: '%RH' } }");
    CanonicalRecord record =
        bench.decode("{\"sn\":7,\"d\":[[1767225000,20,9,40],[1767225060,21,9,41,8],[null,22]]}");
    assertThat(timed(record))
        .containsExactly(
            "sn 7 2026-01-01T00:00:00Z",
            "temperature 20 2025-12-31T23:50:00Z",
            "humidity 40 2025-12-31T23:50:00Z",
            "temperature 21 2025-12-31T23:51:00Z",
            "humidity 41 2025-12-31T23:51:00Z",
            "d.1.4 8 2025-12-31T23:51:00Z",
            "temperature 22 2026-01-01T00:00:00Z");
  }

  @Test
  void listOfOneMetricStandsAtItsOwnName() throws Exception {
    Bench bench =
        Bench.of(
            "id: own",
            "samples:",
            "  - { path: temperature, columns: [t, temperature] }",
            "  - { path: humidity, columns: [t, humidity] }",
            "metrics: { temperature: { unit: Cel }, humidity: { unit: '%RH' } }");
    assertThat(
            timed(
                bench.decode(
                    "{\"temperature\":[[1767225000,20],[1767225060,21]],"
                        + "\"humidity\":[[1767225000,40]]}")))
        .containsExactly(
            "temperature 20 2025-12-31T23:50:00Z",
            "temperature 21 2025-12-31T23:51:00Z",
            "humidity 40 2025-12-31T23:50:00Z");
    assertThat(shown(bench.decode("{\"temperature\":19,\"humidity\":39}")))
        .containsExactly("temperature 19 Cel", "humidity 39 %RH");
  }

  /** Dragino's NB and CB sensors: one row for each stored sample, under its number. */
  @Test
  void rowMayStandAlone() throws Exception {
    Bench bench =
        Bench.of(
            "id: dragino",
            "timezone: +08:00",
            "numbers-as-strings: true",
            "samples: [{ path: ['1', '2'], columns: [temperature, humidity, time] }]",
            "metrics: { temperature: { unit: Cel }, humidity: { unit: '%RH' } }");
    assertThat(
            timed(
                bench.decode(
                    "{\"1\":[\"24.5\",\"44.1\",\"2025/12/30 08:16:02\"],"
                        + "\"2\":[\"24.4\",\"44.3\",\"2025/12/30 08:01:02\"]}")))
        .containsExactly(
            "temperature 24.5 2025-12-30T00:16:02Z",
            "humidity 44.1 2025-12-30T00:16:02Z",
            "temperature 24.4 2025-12-30T00:01:02Z",
            "humidity 44.3 2025-12-30T00:01:02Z");
  }

  private static final Bench SERIES =
      Bench.of(
          "id: series",
          "interval: 10m",
          "samples: [{ path: '', start: t0, interval: dt, unit: min, values: [temperature, rain] }]",
          "metrics: { temperature: { unit: Cel }, rain: { unit: mm } }");

  @Test
  void listBeginsAtItsStartAndGoesOnByItsIntervalInAnyOrderOfKeys() throws Exception {
    for (String payload :
        List.of(
            "{\"t0\":1767220000,\"dt\":5,\"temperature\":[1,null,3],\"rain\":[0.5],\"bat\":3}",
            "{\"bat\":3,\"rain\":[0.5],\"temperature\":[1,null,3],\"dt\":5,\"t0\":1767220000}")) {
      assertThat(timed(SERIES.decode(payload)))
          .as(payload)
          .containsExactlyInAnyOrder(
              "temperature 1 2025-12-31T22:26:40Z",
              "temperature 3 2025-12-31T22:36:40Z",
              "rain 0.5 2025-12-31T22:26:40Z",
              "bat 3 2026-01-01T00:00:00Z");
    }
  }

  @Test
  void seriesWithoutTimeEndsNowAndWithoutIntervalHasTheProfiles() throws Exception {
    CanonicalRecord record = SERIES.decode("{\"temperature\":[1,2],\"dt\":5}");
    assertThat(timed(record))
        .containsExactly(
            "temperature 1 2025-12-31T23:55:00Z", "temperature 2 2026-01-01T00:00:00Z");
    assertThat(record.timeSource()).isEqualTo(TimeSource.GATEWAY);
    assertThat(timed(SERIES.decode("{\"t0\":1767220000,\"temperature\":[1,2],\"dt\":\"x\"}")))
        .contains("temperature 1 2025-12-31T22:26:40Z", "temperature 2 2025-12-31T22:36:40Z")
        .anyMatch(text -> text.startsWith("dt x "));
    assertThat(shown(SERIES.decode("{\"temperature\":5,\"t0\":0}")))
        .containsExactly("temperature 5 Cel", "t0 0");
  }

  @Test
  void seriesMayLieInAnObjectAndSayItsEnd() throws Exception {
    Bench bench =
        Bench.of(
            "id: log",
            "samples: [{ path: log, end: until, every: 1h, values: [v] }]",
            "metrics: { level: { from: [log.v] } }");
    assertThat(timed(bench.decode("{\"log\":{\"v\":[1,2,3],\"until\":\"2025-12-31 06:00\"}}")))
        .containsExactly(
            "level 1 2025-12-31T04:00:00Z",
            "level 2 2025-12-31T05:00:00Z",
            "level 3 2025-12-31T06:00:00Z");
  }
}
