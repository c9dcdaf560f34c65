package io.sluice.engine.normalize.codec;

import static io.sluice.engine.normalize.Bench.NOW;
import static io.sluice.engine.normalize.Bench.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.sluice.api.CanonicalRecord;
import io.sluice.api.ContentType;
import io.sluice.api.Measurement;
import io.sluice.api.TimeSource;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.Bench;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** RFC 8428: the examples of the document, and each rule. */
class SenmlTest {
  private final Bench bench =
      Bench.of(
          "id: test",
          "metrics:",
          "  temperature: { unit: Cel, min: -40, max: 85 }",
          "  voltage: { unit: V }",
          "  current: { unit: mA, from: [{ path: i, scale: 1000 }] }",
          "  open: { type: boolean }");

  private CanonicalRecord senml(String pack) throws PayloadException {
    return bench.decode(ContentType.SENML_JSON, pack);
  }

  @Test
  void singleDataPoint() throws Exception {
    CanonicalRecord record =
        senml("[{\"n\":\"urn:dev:ow:10e2073a01080063\",\"u\":\"Cel\",\"v\":23.1}]");
    assertThat(record.measurements())
        .extracting(Measurement::name, Measurement::value, Measurement::unit)
        .containsExactly(tuple("value", 23.1, "Cel"));
    assertThat(record.timeSource()).isEqualTo(TimeSource.SERVER);
  }

  @Test
  void multipleDataPointsShareTheBaseName() throws Exception {
    CanonicalRecord record =
        senml(
            "[{\"bn\":\"urn:dev:ow:10e2073a01080063:\",\"n\":\"voltage\",\"u\":\"V\",\"v\":120.1},"
                + "{\"n\":\"current\",\"u\":\"A\",\"v\":1.2}]");
    assertThat(record.measurements())
        .extracting(Measurement::name, Measurement::value, Measurement::unit)
        .containsExactly(tuple("voltage", 120.1, "V"), tuple("current", 1200L, "mA"));
  }

  @Test
  void multipleDataTypes() throws Exception {
    CanonicalRecord record =
        senml(
            "[{\"bn\":\"urn:dev:ow:10e2073a01080063:\",\"n\":\"temp\",\"u\":\"Cel\",\"v\":23.1},"
                + "{\"n\":\"label\",\"vs\":\"Machine Room\"},{\"n\":\"open\",\"vb\":false},"
                + "{\"n\":\"nfc-reader\",\"vd\":\"aGkgCg\"}]");
    assertThat(value(record, "label")).isEqualTo("Machine Room");
    assertThat(value(record, "open")).isEqualTo(false);
    assertThat((byte[]) value(record, "nfc-reader")).containsExactly('h', 'i', ' ', '\n');
  }

  @Test
  void collectionOfSeveralDevicesKeepsTheirNames() throws Exception {
    CanonicalRecord record =
        senml(
            "[{\"bn\":\"2001:db8::2/\",\"bt\":1.767225429e+09,\"n\":\"temperature\",\"u\":\"Cel\","
                + "\"v\":25.2},{\"n\":\"humidity\",\"u\":\"%RH\",\"v\":30},"
                + "{\"bn\":\"2001:db8::1/\",\"n\":\"temperature\",\"u\":\"Cel\",\"v\":12.3}]");
    assertThat(record.measurements())
        .extracting(Measurement::name)
        .containsExactly(
            "2001:db8::2/temperature", "2001:db8::2/humidity", "2001:db8::1/temperature");
  }

  @Test
  void cborExampleOfSection6() throws Exception {
    byte[] pack =
        HexFormat.of()
            .parseHex(
                "87a721781b75726e3a6465763a6f773a3130653230373361303130383030363a22fb41d303a15b0010"
                    + "6223614120050067766f6c7461676501615602fb405e066666666666a3006763757272656e74"
                    + "062402fb3ff3333333333333a3006763757272656e74062302fb3ff4cccccccccccda3006763"
                    + "757272656e74062202fb3ff6666666666666a3006763757272656e74062102f93e00a3006763"
                    + "757272656e74062002fb3ff999999999999aa3006763757272656e74060002fb3ffb33333333"
                    + "3333");
    for (ContentType type : new ContentType[] {ContentType.SENML_CBOR, ContentType.UNSPECIFIED}) {
      CanonicalRecord record = bench.decode(type, pack);
      assertThat(record.source()).isEqualTo("telemetry;senml+cbor");
      assertThat(record.measurements())
          .extracting(Measurement::name, m -> ((Number) m.value()).doubleValue())
          .containsExactly(
              tuple("voltage", 120.1),
              tuple("current", 1200.0),
              tuple("current", 1300.0),
              tuple("current", 1400.0),
              tuple("current", 1500.0),
              tuple("current", 1600.0),
              tuple("current", 1700.0));
    }
  }

  @Test
  void relativeTimesResolveAgainstTheGatewaysClock() throws Exception {
    CanonicalRecord record =
        senml(
            "[{\"bn\":\"dev-1:\",\"n\":\"voltage\",\"v\":1,\"t\":-5},{\"n\":\"voltage\",\"v\":2,\"t\":0}]");
    assertThat(record.timeMicros()).isEqualTo(NOW);
    assertThat(record.timeSource()).isEqualTo(TimeSource.GATEWAY);
    assertThat(record.measurements())
        .extracting(Measurement::timeMicros)
        .containsExactly(NOW - 5_000_000, null);
  }

  @Test
  void oldPackOfSeveralTimesIsHistorical() throws Exception {
    CanonicalRecord record =
        senml(
            "[{\"bn\":\"dev-1/\",\"bt\":1767220000,\"n\":\"voltage\",\"v\":1},"
                + "{\"n\":\"voltage\",\"v\":2,\"t\":60}]");
    assertThat(record.historical()).isTrue();
    assertThat(record.timeMicros()).isEqualTo(1_767_220_060_000_000L);
  }

  @Test
  void baseValueAndSumsAreAdded() throws Exception {
    CanonicalRecord record =
        senml(
            "[{\"bn\":\"dev-1/\",\"bv\":20,\"bs\":100,\"n\":\"temperature\",\"v\":1.5,\"s\":10},"
                + "{\"n\":\"voltage\",\"vs\":\"x\",\"bs\":0}]"
                    .replace("\"vs\":\"x\",\"bs\":0", "\"v\":3"));
    assertThat(value(record, "temperature")).isEqualTo(21.5);
    assertThat(value(record, "temperature.sum")).isEqualTo(110L);
    assertThat(value(record, "voltage")).isEqualTo(23L);
    assertThat(value(record, "voltage.sum")).isEqualTo(100L);
  }

  @Test
  void unitIsConvertedIntoTheProfilesOrRefusedByName() throws Exception {
    assertThat(value(senml("[{\"n\":\"temperature\",\"u\":\"K\",\"v\":294.65}]"), "temperature"))
        .isEqualTo(21.5);
    assertFault(
        "[{\"n\":\"temperature\",\"u\":\"kg\",\"v\":1}]",
        "$[0].u at byte",
        "\"kg\" does not turn into Cel");
    assertFault("[{\"n\":\"temperature\",\"u\":\"blob\",\"v\":1}]", "\"blob\"", "Cel");
  }

  @Test
  void faultsNameTheRecordAndTheLabel() {
    assertFault("[{\"n\":\"a\"}]", "$[0]", "neither value nor sum");
    assertFault("[{\"v\":1}]", "$[0].n", "neither name nor base name");
    assertFault("[{\"n\":\"b\",\"v\":1,\"vs\":\"x\"}]", "$[0].vs", "already");
    assertFault("[{\"n\":\"a\",\"v\":1,\"what_\":2}]", "$[0].what_", "must be understood");
    assertFault("[{\"n\":\"a\",\"v\":1,\"bver\":11}]", "$[0].bver", "version 11");
    assertFault("[{\"n\":\"a b\",\"v\":1}]", "$[0].n", "no SenML name");
    assertFault("[{\"n\":\"-a\",\"v\":1}]", "no SenML name");
    assertFault("[{\"n\":\"a\",\"v\":{}}]", "$[0].v", "must be a number");
    assertFault("[{\"n\":\"a\",\"vb\":1}]", "must be true or false");
    assertFault("[{\"n\":\"a\",\"vd\":\"***\"}]", "base64url");
    assertFault("[{\"n\":\"a\",\"v\":1,\"v\":2}]", "$[0].v", "twice");
    assertFault("{\"n\":\"a\",\"v\":1}", "array");
    assertFault("[]", "empty");
    assertFault("[1]", "$[0]", "object");
  }

  @Test
  void recordThatCannotBeTakenCostsThatRecordAlone() throws Exception {
    CanonicalRecord record =
        senml(
            "[{\"n\":\"a\",\"v\":1},{\"n\":\"b\",\"v\":1,\"vs\":\"x\"},{\"n\":\"c d\",\"v\":2},"
                + "{\"n\":\"e\",\"v\":null},{\"n\":\"f\",\"vb\":true}]");
    assertThat(record.measurements()).extracting(Measurement::name).containsExactly("a", "f");
  }

  @Test
  void baseFieldsAloneHoldForTheRecordsBehindThem() throws Exception {
    CanonicalRecord record =
        senml(
            "[{\"bn\":\"urn:imei:356938035643809:\",\"bt\":1767225600,\"bu\":\"V\"},"
                + "{\"n\":\"x\",\"v\":9007199254740993},{\"n\":\"y\",\"v\":2,\"t\":-10}]");
    assertThat(record.measurements())
        .extracting(Measurement::name, Measurement::value, Measurement::unit)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("x", 9_007_199_254_740_993L, "V"),
            org.assertj.core.groups.Tuple.tuple("y", 2L, "V"));
  }

  @Test
  void baseNameWithoutSeparatorLeavesTheName() throws Exception {
    CanonicalRecord record =
        senml(
            "[{\"bn\":\"urn:dev:mac:0024befffe804ff1\",\"n\":\"temp\",\"v\":1},"
                + "{\"n\":\"hum\",\"v\":2}]");
    assertThat(record.measurements()).extracting(Measurement::name).containsExactly("temp", "hum");
  }

  @Test
  void timesOfAClockThatWasNotSetKeepTheirDifferences() throws Exception {
    CanonicalRecord record =
        senml(
            "[{\"bn\":\"urn:dev:ow:10e2073a01080063\",\"bt\":1.276020076e9,\"n\":\":v\",\"v\":20},"
                + "{\"n\":\":v\",\"t\":60,\"v\":21},{\"n\":\":v\",\"t\":120,\"v\":22}]");
    assertThat(record.timeMicros()).isEqualTo(NOW);
    assertThat(record.timeSource()).isEqualTo(TimeSource.GATEWAY);
    assertThat(record.measurements())
        .extracting(Measurement::timeMicros)
        .containsExactly(NOW - 120_000_000, NOW - 60_000_000, null);
  }

  @Test
  void labelThatIsNotKnownIsLeftOut() throws Exception {
    CanonicalRecord record = senml("[{\"n\":\"voltage\",\"v\":1,\"what\":{\"a\":[1]},\"ut\":5}]");
    assertThat(record.measurements()).hasSize(1);
  }

  @Test
  void sentenceOnALabelThatIsLongKeepsPlaceAndRemedy() {
    assertThatThrownBy(() -> senml("[{\"n\":\"voltage\",\"" + "x".repeat(2_000) + "_\":1}]"))
        .satisfies(e ->
            assertThat(e.getMessage())
                .hasSizeLessThan(700)
                .startsWith("$[0].x")
                .endsWith("send it without the _"));
  }

  private void assertFault(String pack, String... parts) {
    assertThatThrownBy(() -> senml(pack))
        .isInstanceOf(PayloadException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(parts));
  }
}
