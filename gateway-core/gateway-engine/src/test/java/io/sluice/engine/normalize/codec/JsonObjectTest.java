package io.sluice.engine.normalize.codec;

import static io.sluice.engine.normalize.Bench.NOW;
import static io.sluice.engine.normalize.Bench.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.api.CanonicalRecord;
import io.sluice.api.Cap;
import io.sluice.api.ContentType;
import io.sluice.api.Measurement;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.QualityReason;
import io.sluice.api.TimeSource;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.Bench;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class JsonObjectTest {
  private static final long MINUTE = 60_000_000L;
  private final Bench bench =
      Bench.of(
          "id: test",
          "interval: 10s",
          "metrics:",
          "  temperature: { unit: Cel, min: -40, max: 85, from: [temp, {path: tempF, unit: degF}] }",
          "  humidity: { unit: '%RH', numbers-as-strings: true }",
          "  pressure: { unit: hPa, from: [{path: env.p, unit: Pa}] }",
          "  level: { unit: V, from: [{path: adc.0, scale: 0.1}] }",
          "  door: { values: { 1: open, 0: closed } }",
          "  smoke: { type: boolean }",
          "alarms:",
          "  - { when: smoke == true, severity: Severe, urgency: Immediate, certainty: Observed }",
          "  - { when: temperature > 80 and humidity < 10, severity: Minor }",
          "cap: { status: mode }");

  @Test
  void knownFieldsGetTheirMetricsUnitAndUnknownOnesAreKept() throws Exception {
    CanonicalRecord record =
        bench.decode(
            "{\"temp\":21.5,\"humidity\":\"40\",\"rssi\":-70,\"x\":{\"y\":[1,{\"z\":true}]}}");
    assertThat(record.measurements())
        .extracting(Measurement::name, Measurement::value, Measurement::unit)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("temperature", 21.5, "Cel"),
            org.assertj.core.groups.Tuple.tuple("humidity", 40L, "%RH"),
            org.assertj.core.groups.Tuple.tuple("rssi", -70L, null),
            org.assertj.core.groups.Tuple.tuple("x.y.0", 1L, null),
            org.assertj.core.groups.Tuple.tuple("x.y.1.z", true, null));
    assertThat(record.timeMicros()).isEqualTo(NOW);
    assertThat(record.timeSource()).isEqualTo(TimeSource.SERVER);
    assertThat(record.source()).isEqualTo("telemetry;json");
    assertThat(record.messageClass()).isEqualTo(MessageClass.TELEMETRY);
  }

  @Test
  void unitsScalesAndListsOfValuesAreApplied() throws Exception {
    CanonicalRecord record =
        bench.decode("{\"tempF\":70.7,\"env\":{\"p\":101325},\"adc\":[245,9],\"door\":1}");
    assertThat(value(record, "temperature")).isEqualTo(21.5);
    assertThat(value(record, "pressure")).isEqualTo(1013.25);
    assertThat(value(record, "level")).isEqualTo(24.5);
    assertThat(value(record, "door")).isEqualTo("open");
    assertThat(value(record, "adc.1")).isEqualTo(9L);
  }

  @Test
  void valueOutOfRangeIsKeptAsBad() throws Exception {
    Measurement m = bench.decode("{\"temp\":120}").measurements().getFirst();
    assertThat(m.value()).isEqualTo(120L);
    assertThat(m.quality()).isEqualTo(Quality.BAD);
    assertThat(m.reason()).isEqualTo(QualityReason.RANGE);
  }

  @Test
  void secondAliasOfAMetricAndARepeatedKeyAreToldApart() throws Exception {
    assertThat(bench.decode("{\"temp\":20,\"temperature\":21,\"tempF\":70}").measurements())
        .extracting(Measurement::name, Measurement::value)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("temperature", 20L),
            org.assertj.core.groups.Tuple.tuple("temperature#2", 21L),
            org.assertj.core.groups.Tuple.tuple("tempF", 70L));
    assertThat(bench.decode("{\"zz\":20,\"zz\":21,\"temp\":1,\"temp\":2}").measurements())
        .extracting(Measurement::name, Measurement::value)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("zz", 20L),
            org.assertj.core.groups.Tuple.tuple("zz#2", 21L),
            org.assertj.core.groups.Tuple.tuple("temperature", 1L),
            org.assertj.core.groups.Tuple.tuple("temp", 2L));
  }

  @Test
  void timesOfEveryFormAreUnderstood() throws Exception {
    for (String time :
        new String[] {
          "1767225600",
          "1767225600000",
          "1767225600000000",
          "1767225600.0",
          "\"1767225600\"",
          "\"2026-01-01T00:00:00Z\"",
          "\"2026-01-01T00:00:00\"",
          "\"2026-01-01 08:00:00+08:00\"",
          "\"20260101T000000Z\"",
          "\"2026-01-01T00:00:00.000Z\""
        }) {
      CanonicalRecord record = bench.decode("{\"ts\":" + time + ",\"temp\":1}");
      assertThat(record.timeMicros()).as(time).isEqualTo(NOW);
      assertThat(record.timeSource()).as(time).isEqualTo(TimeSource.DEVICE);
    }
    assertThat(value(bench.decode("{\"ts\":\"yesterday\"}"), "ts")).isEqualTo("yesterday");
  }

  @Test
  void timeBefore2015IsTheServers() throws Exception {
    CanonicalRecord record = bench.decode("{\"t\":1000,\"temp\":1}");
    assertThat(record.timeMicros()).isEqualTo(NOW);
    assertThat(record.timeSource()).isEqualTo(TimeSource.SERVER);
  }

  @Test
  void clockThatIsOffMakesValuesUncertain() throws Exception {
    for (long off : new long[] {-6 * MINUTE, 6 * MINUTE}) {
      CanonicalRecord record = bench.decode("{\"t\":" + (NOW + off) + ",\"temp\":1}");
      assertThat(record.historical()).isFalse();
      assertThat(record.timeMicros()).isEqualTo(NOW + off);
      assertThat(record.measurements().getFirst().quality()).isEqualTo(Quality.UNCERTAIN);
      assertThat(record.measurements().getFirst().reason()).isEqualTo(QualityReason.CLOCK);
    }
    assertThat(
            bench.decode("{\"t\":" + (NOW - 4 * MINUTE) + ",\"temp\":1}").measurements().getFirst())
        .extracting(Measurement::quality)
        .isEqualTo(Quality.GOOD);
  }

  @Test
  void thousandOldSamplesAreHistoricalWithTheirOwnTimes() throws Exception {
    StringBuilder payload = new StringBuilder("[");
    for (int i = 0; i < 1000; i++) {
      payload.append(i == 0 ? "" : ",");
      payload.append("{\"ts\":" + (1767220000 + i) + ",\"values\":{\"temp\":" + i % 50 + "}}");
    }
    CanonicalRecord record = bench.decode(payload.append("]").toString());
    assertThat(record.historical()).isTrue();
    assertThat(record.measurements()).hasSize(1000);
    assertThat(record.timeMicros()).isEqualTo(1767220999_000_000L);
    assertThat(record.measurements().getFirst().timeMicros()).isEqualTo(1767220000_000_000L);
    assertThat(record.measurements().getLast().timeMicros()).isNull();
    assertThat(record.measurements()).allMatch(m -> m.quality() == Quality.GOOD);
  }

  @Test
  void liveValueWithHistoryBehindItIsLive() throws Exception {
    CanonicalRecord record =
        bench.decode(
            "{\"temp\":5,\"history\":[{\"t\":1767220000,\"temp\":3},{\"t\":1767221000,\"temp\":4}]}");
    assertThat(record.historical()).isFalse();
    assertThat(record.timeMicros()).isEqualTo(NOW);
    assertThat(record.measurements())
        .extracting(Measurement::timeMicros)
        .containsExactly(null, 1767220000_000_000L, 1767221000_000_000L);
  }

  @Test
  void histFlagMakesOneOldSampleHistorical() throws Exception {
    CanonicalRecord record = bench.decode("{\"hist\":true,\"ts\":1767220000,\"temp\":3}");
    assertThat(record.historical()).isTrue();
    assertThat(record.measurements().getFirst().quality()).isEqualTo(Quality.GOOD);
  }

  @Test
  void alinkEnvelopeIsTakenOff() throws Exception {
    CanonicalRecord record =
        bench.decode(
            "{\"id\":\"123\",\"version\":\"1.0\",\"params\":{\"temp\":{\"value\":21.5,"
                + "\"time\":1767225590000},\"humidity\":{\"time\":1767225580000,\"value\":40}},"
                + "\"method\":\"thing.event.property.post\"}");
    assertThat(record.measurements())
        .extracting(Measurement::name)
        .containsExactly("temperature", "humidity");
    assertThat(record.timeMicros()).isEqualTo(1767225590_000_000L);
    assertThat(record.measurements().get(1).timeMicros()).isEqualTo(1767225580_000_000L);
  }

  @Test
  void huaweiServicesAreTakenApart() throws Exception {
    CanonicalRecord record =
        bench.decode(
            "{\"services\":[{\"service_id\":\"a\",\"properties\":{\"temp\":1,\"fw\":\"x\"},"
                + "\"event_time\":\"20260101T000000Z\"},{\"service_id\":\"b\","
                + "\"properties\":{\"temp\":2},\"event_time\":\"20251231T235900Z\"}]}");
    assertThat(record.measurements())
        .extracting(Measurement::name)
        .containsExactly("a.temp", "fw", "b.temp");
    assertThat(record.timeMicros()).isEqualTo(NOW);
  }

  @Test
  void ruleMakesAnAlarmOfTelemetry() throws Exception {
    CanonicalRecord record = bench.decode("{\"smoke\":true,\"mode\":\"test\"}");
    assertThat(record.messageClass()).isEqualTo(MessageClass.ALARM);
    assertThat(record.id()).isEqualTo("gw-e-a1");
    assertThat(record.cap()).isEqualTo(new Cap("Severe", "Immediate", "Observed", "Test"));
    assertThat(bench.decode("{\"temp\":81,\"humidity\":5}").cap())
        .isEqualTo(new Cap("Minor", "Unknown", "Unknown", "Actual"));
    assertThat(bench.decode("{\"temp\":81,\"humidity\":50}").messageClass())
        .isEqualTo(MessageClass.TELEMETRY);
  }

  @Test
  void alarmByTopicCarriesTheDefaults() throws Exception {
    CanonicalRecord record =
        bench.decode(
            MessageClass.ALARM,
            ContentType.JSON,
            "{\"smoke\":false}".getBytes(StandardCharsets.UTF_8));
    assertThat(record.cap()).isEqualTo(new Cap("Unknown", "Unknown", "Unknown", "Actual"));
  }

  @Test
  void badInputNamesThePlaceAndTheRemedy() {
    assertFault("{\"temp\":", "JSON at byte");
    assertFault("{\"temp\":1}{}", "something follows");
    assertFault("{\"temp\":\"warm\"}", "$.temp at byte 8: \"warm\" is no number");
    assertFault("{\"humidity\":\"wet\"}", "\"wet\" is no number");
    assertFault("{\"smoke\":7}", "7 is neither true nor false");
    assertFault("[".repeat(40) + "]".repeat(40), "JSON at byte");
    assertFault("{\"" + "n".repeat(5000) + "\":1}", "JSON at byte");
    assertFault("{\"" + "n".repeat(300) + "\":1}", "a name has at most 256 bytes");
    assertFault(" ", "empty");
    assertFault("{}", "no value");
    assertFault("[]", "no value");
    assertFault("null", "no value");
    StringBuilder many = new StringBuilder("[0");
    for (int i = 1; i < 5000; i++) {
      many.append(",1");
    }
    assertFault(many.append(']').toString(), "more than 4096 values");
  }

  private void assertFault(String payload, String message) {
    assertThatThrownBy(() -> bench.decode(ContentType.JSON, payload))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining(message);
  }
}
