package io.sluice.engine.normalize;

import static io.sluice.engine.normalize.Bench.NOW;
import static io.sluice.engine.normalize.Bench.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.sluice.api.CanonicalRecord;
import io.sluice.api.ContentType;
import io.sluice.api.Measurement;
import io.sluice.api.Quality;
import io.sluice.api.QualityReason;
import io.sluice.api.TimeSource;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.profile.TimeForms;
import io.sluice.engine.normalize.sample.FieldFaults;
import io.sluice.engine.normalize.sample.ObservedTimes;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What devices of the field really send, and what becomes of it. */
class FieldPayloadsTest {
  private static final String MARK = "\ufeff";
  private static final String NUL = "\0";

  private final Bench open = Bench.of("id: open");
  private final Bench climate =
      Bench.of(
          "id: climate",
          "numbers-as-strings: true",
          "metrics:",
          "  temperature: { unit: Cel, min: -40, max: 85 }",
          "  humidity: { unit: '%RH' }",
          "  pressure: { unit: hPa }",
          "  serial: { type: string }",
          "  total: { type: integer }",
          "  door: { type: boolean }");

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  private static void assertBad(CanonicalRecord record, String name, QualityReason why, Object v) {
    assertThat(record.measurements())
        .filteredOn(m -> m.name().equals(name))
        .singleElement()
        .satisfies(m -> {
          assertThat(m.quality()).isEqualTo(Quality.BAD);
          assertThat(m.reason()).isEqualTo(why);
          assertThat(m.value()).isEqualTo(v);
        });
  }

  // the kind of a payload

  @Test
  void byteOrderMarkAndPaddingCarryNothing() throws Exception {
    CanonicalRecord marked = open.decode(MARK + "{\"temperature\":21.5,\"humidity\":40}");
    assertThat(marked.measurements())
        .extracting(Measurement::name, Measurement::value)
        .containsExactly(tuple("temperature", 21.5), tuple("humidity", 40L));
    assertThat(value(climate.decode("{\"temperature\":1.7}" + NUL + NUL), "temperature"))
        .isEqualTo(1.7);
    assertThat(value(open.decode("21.5" + NUL), "value")).isEqualTo(21.5);
    assertThat(value(open.decode(MARK + "temp=21.5\r\n" + NUL), "temp")).isEqualTo(21.5);
    assertThat(value(open.decode(MARK + "[{\"n\":\"a\",\"v\":1}]" + NUL), "a")).isEqualTo(1L);
    assertThat(value(open.decode(ContentType.JSON, MARK + "{\"a\":1}"), "a")).isEqualTo(1L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"7B00000000000064", "5B00000000000064", "7B2020202020207D"})
  void bytesOfALayoutAreNeverTakenForSomethingElse(String bytes) throws Exception {
    Bench layout =
        Bench.of(
            "id: layout",
            "metrics: { status: , volume: { unit: m3 } }",
            "layout:",
            "  fields:",
            "    - { metric: status, offset: 0, type: u8 }",
            "    - { metric: volume, offset: 4, type: u32, scale: 0.001 }");
    CanonicalRecord record = layout.decode(ContentType.UNSPECIFIED, hex(bytes));
    assertThat(record.source()).endsWith(";bytes");
    assertThat(value(record, "status")).isEqualTo((long) (hex(bytes)[0] & 0xFF));
    assertThat(value(layout.decode("{\"volume\":0.5,\"more\":\"text\"}"), "volume")).isEqualTo(0.5);
  }

  @Test
  void hexAndBase64OfALayoutWantThatTheProfileSaysSo() throws Exception {
    String[] lines = {
      "id: layout",
      "metrics: { temperature: { unit: Cel } }",
      "layout: { fields: [ { metric: temperature, offset: 0, type: i16, scale: 0.1 } ] }",
      ""
    };
    assertThatThrownBy(() -> Bench.of(lines).decode("00EB")).hasMessageContaining("encoding: hex");
    lines[3] = "encoding: hex";
    assertThat(value(Bench.of(lines).decode("00EB"), "temperature")).isEqualTo(23.5);
    assertThat(value(Bench.of(lines).decode(" 0x00eb\r\n"), "temperature")).isEqualTo(23.5);
    assertThatThrownBy(() -> Bench.of(lines).decode("zz")).hasMessageContaining("no hex text");
    lines[3] = "encoding: base64";
    assertThat(value(Bench.of(lines).decode("AOs="), "temperature")).isEqualTo(23.5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"QUI=", "QUJDRA==", "ab+/cd==", "0=1", "=5"})
  void textWithAnEqualsSignThatIsNoPairIsOneText(String text) throws Exception {
    assertThat(open.decode(text).measurements())
        .extracting(Measurement::name, Measurement::value)
        .containsExactly(tuple("value", text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0001020304", "A0", "A103", "A10105", "840102", "9F01FF", "2103001B"})
  void rawBytesAreRefusedAndNotTakenByChance(String bytes) {
    assertThatThrownBy(() -> open.decode(ContentType.UNSPECIFIED, hex(bytes)))
        .isInstanceOf(PayloadException.class);
  }

  @Test
  void cborIsGuessedWhereItNamesItsFields() throws Exception {
    assertThat(value(open.decode(ContentType.UNSPECIFIED, hex("A1 6161 05")), "a")).isEqualTo(5L);
    assertThat(value(open.decode(ContentType.UNSPECIFIED, hex("D9D9F7 A1 01 05")), "1"))
        .isEqualTo(5L);
    assertThat(value(open.decode(ContentType.UNSPECIFIED, hex("81 A2 00 6161 02 05")), "a"))
        .isEqualTo(5L);
  }

  @Test
  void arrayWithAMemberThatIsCalledAsInSenmlIsNoPackByThat() throws Exception {
    CanonicalRecord record =
        open.decode("[{\"n\":\"pump\",\"speed\":3},{\"n\":\"fan\",\"speed\":4}]");
    assertThat(record.source()).endsWith(";json");
    assertThat(record.measurements())
        .extracting(Measurement::name, Measurement::value)
        .containsExactly(
            tuple("n", "pump"), tuple("speed", 3L), tuple("n", "fan"), tuple("speed", 4L));
    assertThat(open.decode("[{\"n\":\"x\",\"v\":1,\"vs\":\"y\"}]").source()).endsWith(";json");
    assertThat(open.decode("[{\"bn\":\"d/\"},{\"n\":\"x\",\"v\":1}]").source())
        .endsWith(";senml+json");
  }

  @Test
  void otherCharacterSetsAreReadWhereTheProfileNamesThem() throws Exception {
    Bench chinese = Bench.of("id: c", "charset: gb18030");
    byte[] payload = "{\"状态\":\"正常\"}".getBytes(Charset.forName("gb18030"));
    assertThat(value(chinese.decode(ContentType.UNSPECIFIED, payload), "状态")).isEqualTo("正常");
    assertThatThrownBy(() -> open.decode(ContentType.UNSPECIFIED, payload))
        .isInstanceOf(PayloadException.class);
  }

  // names with a meaning

  @Test
  void reservedNameIsAMeasurementWhereItsValueHasNotThatMeaning() throws Exception {
    assertThat(value(open.decode("{\"t\":21.5}"), "t")).isEqualTo(21.5);
    assertThat(open.decode("{\"time\":\"20:28\",\"ts\":false,\"timestamp\":[1]}").measurements())
        .extracting(Measurement::name, Measurement::value)
        .containsExactly(tuple("time", "20:28"), tuple("ts", false), tuple("timestamp.0", 1L));
    assertThat(open.decode("{\"cpu\":1,\"services\":[{\"a\":1}]}").measurements())
        .extracting(Measurement::name, Measurement::value)
        .containsExactly(tuple("cpu", 1L), tuple("services.0.a", 1L));
    assertThat(value(open.decode("{\"hist\":\"no\"}"), "hist")).isEqualTo("no");
    assertThat(value(open.decode("{\"history\":5,\"params\":\"x\",\"values\":3}"), "history"))
        .isEqualTo(5L);
    assertThat(open.decode("{\"id\":7,\"params\":{\"a\":1}}").measurements())
        .extracting(Measurement::name)
        .containsExactly("id", "a");
    assertThat(Bench.of("id: r", "unknown: reject", "metrics: { a: }").decode("{\"a\":1,\"t\":2}"))
        .satisfies(r -> assertThat(value(r, "t")).isEqualTo(2L));
  }

  @Test
  void alinkEnvelopeAndEventLeaveTheValuesAlone() throws Exception {
    assertThat(
            open.decode(
                    "{\"id\":\"123\",\"version\":\"1.0\",\"sys\":{\"ack\":0},\"params\":{\"a\":1}}")
                .measurements())
        .extracting(Measurement::name)
        .containsExactly("a");
    CanonicalRecord event =
        open.decode(
            "{\"id\":\"1\",\"version\":\"1.0\",\"params\":{\"value\":{\"Power\":\"on\",\"W\":2},"
                + "\"time\":1767225590000},\"method\":\"thing.event.x.post\"}");
    assertThat(event.measurements())
        .extracting(Measurement::name, Measurement::value)
        .containsExactly(tuple("Power", "on"), tuple("W", 2L));
    assertThat(event.timeMicros()).isEqualTo(1_767_225_590_000_000L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"value\":21.5,\"time\":1767225590000,\"quality\":\"ok\"",
        "\"quality\":\"ok\",\"value\":21.5,\"time\":1767225590000",
        "\"time\":1767225590000,\"quality\":\"ok\",\"value\":21.5"
      })
  void nameAndTimeDoNotHangOnTheOrderOfKeys(String members) throws Exception {
    CanonicalRecord record =
        climate.decode(
            "{\"id\":\"1\",\"version\":\"1.0\",\"params\":{\"temperature\":{" + members + "}}}");
    assertThat(value(record, "temperature")).isEqualTo(21.5);
    assertThat(value(record, "temperature.quality")).isEqualTo("ok");
    assertThat(record.timeMicros()).isEqualTo(1_767_225_590_000_000L);
  }

  // one name once

  @Test
  void samplesWithoutTimeAreInOrderAndTheLastIsTheNewest() throws Exception {
    CanonicalRecord record = climate.decode("[{\"temperature\":21.0},{\"temperature\":21.5}]");
    assertThat(record.timeMicros()).isEqualTo(NOW);
    assertThat(record.measurements())
        .extracting(Measurement::name, Measurement::value, Measurement::timeMicros)
        .containsExactly(tuple("temperature", 21.0, NOW - 1), tuple("temperature", 21.5, null));
    Bench spaced =
        Bench.of(
            "id: s",
            "interval: 10s",
            "untimed: spaced",
            "text: { columns: [a, b] }",
            "metrics: { a: , b: }");
    assertThat(spaced.decode("1,2\n3,4\n5,6\n").measurements())
        .extracting(Measurement::timeMicros)
        .containsExactly(
            NOW - 20_000_000, NOW - 20_000_000, NOW - 10_000_000, NOW - 10_000_000, null, null);
    assertThat(
            open.decode("[{\"n\":\"a\",\"v\":1},{\"n\":\"b\",\"v\":2},{\"n\":\"a\",\"v\":3}]")
                .measurements())
        .extracting(Measurement::name, Measurement::timeMicros)
        .containsExactly(tuple("a", NOW - 1), tuple("b", null), tuple("a", null));
  }

  @Test
  void oneNameWithOneTimeComesOnce() throws Exception {
    assertThat(
            climate
                .decode(
                    "[{\"ts\":1767225590,\"temperature\":1},{\"ts\":1767225590,\"temperature\":2},"
                        + "{\"ts\":1767225590,\"temperature\":1}]")
                .measurements())
        .extracting(Measurement::name, Measurement::value)
        .containsExactly(tuple("temperature", 1L), tuple("temperature#2", 2L));
  }

  @Test
  void pathsThatFlattenToOneNameAreToldApart() throws Exception {
    assertThat(open.decode("{\"a.b\":1,\"a\":{\"b\":2},\"\":3}").measurements())
        .extracting(Measurement::name, Measurement::value)
        .containsExactly(tuple("a.b", 1L), tuple("a.b#2", 2L), tuple("_", 3L));
  }

  @Test
  void propertyOfTwoServicesCarriesTheService() throws Exception {
    CanonicalRecord record =
        open.decode(
            "{\"services\":[{\"service_id\":\"Battery\",\"properties\":{\"level\":57,\"v\":3}},"
                + "{\"properties\":{\"level\":61},\"service_id\":\"Tank\",\"event_time\":\"\"}]}");
    assertThat(record.measurements())
        .extracting(Measurement::name, Measurement::value)
        .containsExactly(
            tuple("Battery.level", 57L),
            tuple("v", 3L),
            tuple("Tank.level", 61L),
            tuple("Tank.event_time", ""));
  }

  // one bad field costs that field alone

  @ParameterizedTest
  @ValueSource(
      strings = {"nan", "NaN", "-nan", "\"nan\"", "Infinity", "-inf", "\"1.#QNAN\"", "\"--\""})
  void whatIsNoNumberCostsItsFieldAlone(String word) throws Exception {
    CanonicalRecord record = climate.decode("{\"temperature\":21.5,\"humidity\":" + word + "}");
    assertThat(value(record, "temperature")).isEqualTo(21.5);
    assertBad(record, "humidity", QualityReason.SENSOR, word.replace("\"", ""));
  }

  @Test
  void wordsInsideOfStringsAreLeftAlone() throws Exception {
    CanonicalRecord record = open.decode("{\"a\":\"x \\\" nan, inf\",\"b\":nan,\"nan\":1}");
    assertThat(value(record, "a")).isEqualTo("x \" nan, inf");
    assertThat(value(record, "nan")).isEqualTo(1L);
    assertBad(record, "b", QualityReason.SENSOR, "nan");
    assertBad(open.decode("nan"), "value", QualityReason.SENSOR, "nan");
  }

  @Test
  void fieldThatCannotBeTakenIsKeptAsBadAndTheRestIsGood() throws Exception {
    CanonicalRecord record =
        climate.decode(
            "{\"temperature\":21.5,\"humidity\":\"21,5\",\"pressure\":true,\"total\":3.7,\"door\":7,"
                + "\"serial\":1e400,\"x\":1e400}");
    assertThat(value(record, "temperature")).isEqualTo(21.5);
    assertBad(record, "humidity", QualityReason.TYPE, "21,5");
    assertBad(record, "pressure", QualityReason.TYPE, true);
    assertBad(record, "total", QualityReason.TYPE, 3.7);
    assertBad(record, "door", QualityReason.TYPE, 7L);
    assertBad(record, "x", QualityReason.RANGE, "1e400");
    assertThatThrownBy(() -> climate.decode("{\"humidity\":\"21,5\"}"))
        .hasMessageContaining("$.humidity");
    Bench strict = Bench.of("id: s", "tolerate: none", "metrics: { a: , b: }");
    assertThatThrownBy(() -> strict.decode("{\"a\":1,\"b\":\"x\"}")).hasMessageContaining("$.b");
    assertThatThrownBy(() -> strict.decode("{\"a\":1,\"b\":nan}")).hasMessageContaining("JSON at");
    assertThatThrownBy(() -> strict.decode("{\"c\":1,\"c\":2}")).hasMessageContaining("twice");
  }

  @Test
  void halfACharacterMakesItsFieldBad() throws Exception {
    String half = "\\ud83d";
    CanonicalRecord record =
        climate.decode(
            "{\"serial\":\"A"
                + half
                + "B\",\"x\":\""
                + half
                + "\","
                + "\"whole\":\"\\ud83d\\ude00\"}");
    assertBad(record, "serial", QualityReason.TYPE, "A\ufffdB");
    assertBad(record, "x", QualityReason.TYPE, "\ufffd");
    assertThat(value(record, "whole")).isEqualTo("\ud83d\ude00");
    assertThat(climate.faults("{\"serial\":\"" + half + "\",\"a\":1}").detail())
        .contains("$.serial at byte 10: the text has half a character");
    assertThatThrownBy(() -> open.decode("{\"" + half + "\":1}")).hasMessageContaining("surrogate");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "{}", "null", "[null]", "[{}]", "[[]]"})
  void payloadWithoutAnyValueIsRefused(String text) {
    assertThatThrownBy(() -> open.decode(text)).hasMessageContaining("carries no value");
  }

  @Test
  void numberWithItsUnitConverts() throws Exception {
    assertThat(value(climate.decode("{\"temperature\":\"23.5 C\"}"), "temperature"))
        .isEqualTo(23.5);
    assertThat(value(climate.decode("{\"temperature\":\"23.5°C\"}"), "temperature"))
        .isEqualTo(23.5);
    assertThat(value(climate.decode("{\"temperature\":\"70.7 °F\"}"), "temperature"))
        .isEqualTo(21.5);
    assertThat(value(climate.decode("{\"pressure\":\"1.02 bar\"}"), "pressure")).isEqualTo(1020.0);
    assertThat(value(climate.decode("{\"pressure\":\"101.3 KPA\"}"), "pressure")).isEqualTo(1013.0);
    assertThat(value(climate.decode("{\"humidity\":\"41.2 %\"}"), "humidity")).isEqualTo(41.2);
    assertBad(
        climate.decode("{\"humidity\":40,\"temperature\":\"23.5 kg\"}"),
        "temperature",
        QualityReason.TYPE,
        "23.5 kg");
  }

  @Test
  void decimalCommaIsTheProfiles() throws Exception {
    Bench comma =
        Bench.of(
            "id: c",
            "decimal: ','",
            "numbers-as-strings: true",
            "timezone: Europe/Berlin",
            "metrics: { a: , b: }",
            "text: { columns: [time, a, b], separator: ';' }");
    CanonicalRecord record =
        comma.decode("2026-01-01 00:59:00;21,5;40,1\r\n2026-01-01 01:00:00;22,5;;\r\n");
    assertThat(record.measurements())
        .extracting(Measurement::name, Measurement::value)
        .containsExactly(tuple("a", 21.5), tuple("b", 40.1), tuple("a", 22.5));
    assertThat(record.timeMicros()).isEqualTo(NOW);
    assertThat(value(comma.decode(ContentType.JSON, "{\"a\":\"-0,5\"}"), "a")).isEqualTo(-0.5);
  }

  @Test
  void timeThatIsNoneLeavesTheValues() throws Exception {
    for (String time :
        new String[] {"\"\"", "\"0000-00-00 00:00:00\"", "\"20:28\"", "false", "0"}) {
      CanonicalRecord record = open.decode("{\"a\":1,\"time\":" + time + "}");
      assertThat(value(record, "a")).as(time).isEqualTo(1L);
      assertThat(record.timeMicros()).as(time).isEqualTo(NOW);
      assertThat(record.timeSource()).as(time).isEqualTo(TimeSource.SERVER);
    }
  }

  @Test
  void messageOfWhichNothingCanBeTakenIsRefused() {
    for (String payload : new String[] {"{}", "[]", "null", "[{}]", "{\"a\":null}"}) {
      assertThatThrownBy(() -> open.decode(payload)).as(payload).hasMessageContaining("no value");
    }
  }

  // digits

  @Test
  void digitsStayExact() throws Exception {
    String iccid = "89860117851120004321";
    assertThat(value(climate.decode("{\"serial\":" + iccid + "}"), "serial")).isEqualTo(iccid);
    assertThat(value(climate.decode("{\"serial\":1.10}"), "serial")).isEqualTo("1.10");
    assertThat(value(climate.decode("{\"total\":" + iccid + "}"), "total")).isEqualTo(iccid);
    assertThat(value(open.decode("{\"x\":" + iccid + "}"), "x")).isEqualTo(iccid);
    assertThat(value(open.decode("{\"x\":18446744073709551615}"), "x"))
        .isEqualTo("18446744073709551615");
    assertThat(value(open.decode("{\"x\":9223372036854775807}"), "x")).isEqualTo(Long.MAX_VALUE);
    assertBad(
        climate.decode("{\"humidity\":1,\"temperature\":" + iccid + "}"),
        "temperature",
        QualityReason.RANGE,
        iccid);
    assertThat(value(open.decode(iccid), "value")).isEqualTo(iccid);
    assertThat(value(open.decode("imsi=" + iccid), "imsi")).isEqualTo(iccid);
    assertThat(value(open.decode("007"), "value")).isEqualTo("007");
    assertThat(value(open.decode(ContentType.CBOR, hex("A1 6161 1B FFFFFFFFFFFFFFFF")), "a"))
        .isEqualTo("18446744073709551615");
    assertThat(value(open.decode(ContentType.CBOR, hex("A1 6161 C2 49 010000000000000000")), "a"))
        .isEqualTo(0x1p64);
    assertThat(value(open.decode(ContentType.CBOR, hex("A1 6161 C5 82 20 03")), "a"))
        .isEqualTo(1.5);
    assertThat(value(open.decode(ContentType.CBOR, hex("A1 6161 C4 82 21 19 6AB3")), "a"))
        .isEqualTo(273.15);
  }

  // times

  @ParameterizedTest
  @ValueSource(
      strings = {
        "20260101080000",
        "\"20260101080000\"",
        "\"260101080000\"",
        "260101080000",
        "\"20260101080000000\"",
        "\"2026-01-01T08:00:00+0800\"",
        "\"2026-01-01T08:00:00+08\"",
        "\"2026-01-01T00:00:00,000Z\"",
        "\"2026-01-01 00:00:00 UTC\"",
        "\"2026.01.01 08:00:00\"",
        "\"2026/1/1 8:00:00\"",
        "\"20260101T080000\"",
        "\"20260101T000000Z\"",
        "\"Thu, 01 Jan 2026 00:00:00 GMT\"",
        "\"00:00:00 01/01/2026 UTC\"",
        "\"2026-01-01T08:00\"",
        "1767225600000000000"
      })
  void usualFormsOfTimesAreUnderstood(String time) throws Exception {
    Bench china = Bench.of("id: c", "timezone: Asia/Shanghai");
    CanonicalRecord record = china.decode("{\"a\":1,\"ts\":" + time + "}");
    assertThat(record.timeMicros()).isEqualTo(NOW);
    assertThat(record.timeSource()).isEqualTo(TimeSource.DEVICE);
    assertThat(record.measurements()).hasSize(1);
  }

  @Test
  void leapSecondIsTheEndOfItsMinute() throws Exception {
    CanonicalRecord record = open.decode("{\"a\":1,\"t\":\"2025-12-31T23:59:60Z\"}");
    assertThat(record.timeMicros()).isEqualTo(NOW - 1_000_000);
  }

  @Test
  void profileNamesItsOwnFormOfTimes() throws Exception {
    Bench own = Bench.of("id: o", "time-format: 'dd/MM/yyyy HH:mm'", "timezone: '+05:30'");
    assertThat(own.decode("{\"a\":1,\"ts\":\"01/01/2026 05:30\"}").timeMicros()).isEqualTo(NOW);
    assertThat(Bench.load("id: o", "time-format: 'nonsense{'").faults())
        .singleElement()
        .asString()
        .contains("time-format");
  }

  @Test
  void hourThatComesTwiceIsTheOneNearerToReceipt() {
    TimeForms berlin = new TimeForms(java.time.ZoneId.of("Europe/Berlin"), java.util.List.of());
    long first = 1_792_888_200_000_000L; // 2026-10-25T00:30:00Z, 02:30 in summer time
    long second = first + 3_600_000_000L;
    for (long receipt : new long[] {first, second}) {
      assertThat(ObservedTimes.ofText("2026-10-25 02:30:00", berlin, receipt + 1_000_000))
          .isEqualTo(receipt);
    }
  }

  @Test
  void valueWithoutTimeMakesAnOldOneBesideItNoBetter() throws Exception {
    CanonicalRecord record =
        climate.decode(
            "{\"params\":{\"temperature\":{\"value\":20,\"time\":1767220000000},\"humidity\":40}}");
    assertThat(record.measurements())
        .extracting(Measurement::name, Measurement::quality)
        .containsExactly(tuple("temperature", Quality.UNCERTAIN), tuple("humidity", Quality.GOOD));
    assertThat(record.timeMicros()).isEqualTo(NOW);
  }

  @Test
  void batchOfAClockThatWasNotSetKeepsItsDifferences() throws Exception {
    CanonicalRecord record =
        climate.decode(
            "[{\"ts\":946684900,\"temperature\":1},{\"ts\":946684910,\"temperature\":2}]");
    assertThat(record.timeSource()).isEqualTo(TimeSource.GATEWAY);
    assertThat(record.timeMicros()).isEqualTo(NOW);
    assertThat(record.measurements().getFirst().timeMicros()).isEqualTo(NOW - 10_000_000);
  }

  // what the sender is told

  @Test
  void faultsNameTheFirstFieldAndCountTheOthers() throws Exception {
    assertThat(climate.faults("{\"temperature\":1}")).isNull();
    FieldFaults faults =
        climate.faults("{\"temperature\":1,\"humidity\":\"x\",\"pressure\":nan,\"total\":\"-\"}");
    assertThat(faults).isNotNull();
    assertThat(faults.detail()).startsWith("$.humidity at byte").endsWith("(and 2 more)");
    assertThat(faults.type()).isEqualTo(1);
    assertThat(faults.sensor()).isEqualTo(2);
  }

  @Test
  void libraryDoesNotSpeakToTheDevice() {
    assertThatThrownBy(() -> open.decode("{\"Power\":NaN5}"))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("Feature", "enable"));
    assertThatThrownBy(() -> open.decode("{\"a\":01}"))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("Feature", "enable"));
  }

  @Test
  void payloadInUtf8IsReadAsItCame() throws Exception {
    byte[] payload = "{\"名\":\"值 é\"}".getBytes(StandardCharsets.UTF_8);
    assertThat(value(open.decode(ContentType.UNSPECIFIED, payload), "名")).isEqualTo("值 é");
  }
}
