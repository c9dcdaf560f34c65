package io.sluice.engine.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.ByteSink;
import io.sluice.api.Cap;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.QualityReason;
import io.sluice.api.TimeSource;
import io.sluice.api.upstream.ForwardSettings;
import io.sluice.api.upstream.ForwardSettings.Attributes;
import io.sluice.api.upstream.ForwardSettings.BadValues;
import io.sluice.api.upstream.OutboundBatch;
import io.sluice.engine.record.RecordFormat;
import io.sluice.engine.record.RecordWriter;
import io.sluice.spool.SpoolBatch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.cbor.CBORMapper;

class RecordBatchTest {
  private static final long TIME = 1_772_366_400_250_000L;

  @Test
  void fieldsOfTheRecordAreReadInPlace() {
    OutboundBatch batch = batch("json", full());
    assertThat(batch.device(0)).isEqualTo("press@07");
    assertThat(batch.messageClass(0)).isEqualTo(MessageClass.TELEMETRY);
    assertThat(batch.sector(0)).isEqualTo("factory");
    assertThat(batch.site(0)).isEqualTo("plant-a");
    assertThat(batch.model(0)).isEqualTo("cnc");
    assertThat(batch.timeMicros(0)).isEqualTo(TIME);
    assertThat(batch.id(0)).isEqualTo("edge-01-e0-t41");
    JsonNode json = JsonMapper.shared().readTree(encode(batch));
    assertThat(json.get("id").asString()).isEqualTo("edge-01-e0-t41");
    assertThat(json.get("m")).hasSize(6);
  }

  @Test
  void thingsBoardGroupsMeasurementsByTheirTime() {
    assertThat(new String(encode(batch("thingsboard", full())), StandardCharsets.UTF_8))
        .isEqualTo(
            "[{\"ts\":1772366400250,\"values\":{\"load\":42,\"temp 1\":21.5,\"on\":true,"
                + "\"state\":\"a\\\"b\",\"raw\":\"+/8=\"}},"
                + "{\"ts\":1772366399750,\"values\":{\"load\":40}}]");
  }

  @Test
  void senmlJsonHasBaseNameBaseTimeAndRelativeTimes() {
    assertThat(new String(encode(batch("senml-json", full())), StandardCharsets.UTF_8))
        .isEqualTo(
            "[{\"bn\":\"press_07:bdf5e1da/\",\"bt\":1772366400.25,\"n\":\"load\",\"u\":\"%\",\"v\":42},"
                + "{\"n\":\"temp_1:9daea476\",\"u\":\"Cel\",\"v\":21.5},"
                + "{\"n\":\"on\",\"vb\":true},"
                + "{\"n\":\"state\",\"vs\":\"a\\\"b\"},"
                + "{\"n\":\"raw\",\"vd\":\"-_8\"},"
                + "{\"n\":\"load\",\"u\":\"%\",\"v\":40,\"t\":-0.5}]");
  }

  @Test
  void senmlCborHasTheSameUnderIntegerLabels() {
    byte[] cbor = encode(batch("senml-cbor", full()));
    assertThat(cbor[0]).as("array of six").isEqualTo((byte) 0x86);
    assertThat(cbor[1]).as("map of five").isEqualTo((byte) 0xa5);
    assertThat(cbor[2]).as("label -2, base name").isEqualTo((byte) 0x21);
    JsonNode pack = new CBORMapper().readTree(cbor);
    assertThat(pack.get(0).get("-2").asString()).isEqualTo("press_07:bdf5e1da/");
    assertThat(pack.get(0).get("-3").asDouble()).isEqualTo(1_772_366_400.25);
    assertThat(pack.get(0).get("0").asString()).isEqualTo("load");
    assertThat(pack.get(0).get("1").asString()).isEqualTo("%");
    assertThat(pack.get(0).get("2").asInt()).isEqualTo(42);
    assertThat(pack.get(2).get("4").asBoolean()).isTrue();
    assertThat(pack.get(3).get("3").asString()).isEqualTo("a\"b");
    assertThat(pack.get(4).get("8").binaryValue()).containsExactly(0xfb, 0xff);
    assertThat(pack.get(5).get("6").asDouble()).isEqualTo(-0.5);
  }

  @Test
  void recordWithoutMeasurementsIsStillWellFormed() {
    byte[] empty = begin().finish();
    assertThat(new String(encode(batch("thingsboard", empty)), StandardCharsets.UTF_8))
        .isEqualTo("[{\"ts\":1772366400250,\"values\":{\"class\":\"telemetry\"}}]");
    assertThat(new String(encode(batch("senml-json", empty)), StandardCharsets.UTF_8))
        .isEqualTo(
            "[{\"bn\":\"press_07:bdf5e1da/\",\"bt\":1772366400.25,\"n\":\"class\",\"vs\":\"telemetry\"}]");
  }

  @Test
  void thingsBoardsGatewayTopicNamesTheDevice() {
    assertThat(text(new ForwardSettings("thingsboard-gateway", 50, 2_000), bad()))
        .isEqualTo(
            "{\"press@07\":[{\"ts\":1772366400250,\"values\":{\"t\":999,\"p\":1.5,\"f\":3}}]}");
  }

  @Test
  void badValuesAreLeftOutOrMarkedWhereAskedFor() {
    assertThat(text(with("thingsboard", BadValues.LEAVE_OUT), bad()))
        .isEqualTo("[{\"ts\":1772366400250,\"values\":{\"p\":1.5,\"f\":3}}]");
    assertThat(text(with("thingsboard", BadValues.MARK), bad()))
        .isEqualTo(
            "[{\"ts\":1772366400250,\"values\":{\"t\":999,\"t.q\":\"bad\",\"p\":1.5,"
                + "\"p.q\":\"uncertain\",\"f\":3}}]");
    assertThat(text(with("senml-json", BadValues.LEAVE_OUT), bad()))
        .isEqualTo(
            "[{\"bn\":\"press_07:bdf5e1da/\",\"bt\":1772366400.25,\"n\":\"p\",\"v\":1.5},"
                + "{\"n\":\"f\",\"v\":3}]");
    assertThat(text(with("senml-json", BadValues.MARK), bad()))
        .isEqualTo(
            "[{\"bn\":\"press_07:bdf5e1da/\",\"bt\":1772366400.25,\"n\":\"t\",\"v\":999},"
                + "{\"n\":\"t.q\",\"vs\":\"bad\"},{\"n\":\"p\",\"v\":1.5},"
                + "{\"n\":\"p.q\",\"vs\":\"uncertain\"},{\"n\":\"f\",\"v\":3}]");
    JsonNode cbor =
        new CBORMapper().readTree(encode(batch(with("senml-cbor", BadValues.MARK), bad())));
    assertThat(cbor).hasSize(5);
    assertThat(cbor.get(3).get("0").asString()).isEqualTo("p.q");
  }

  @Test
  void recordOfBadValuesAloneTellsItsClass() {
    byte[] body =
        begin()
            .measurement("t", null, Quality.BAD, QualityReason.RANGE, RecordFormat.NO_TIME)
            .value(999L)
            .finish();
    assertThat(text(with("thingsboard", BadValues.LEAVE_OUT), body))
        .isEqualTo("[{\"ts\":1772366400250,\"values\":{\"class\":\"telemetry\"}}]");
    assertThat(text(with("senml-json", BadValues.LEAVE_OUT), body))
        .endsWith("\"n\":\"class\",\"vs\":\"telemetry\"}]");
  }

  @Test
  void badValuesHaveNothingToDoWithJson() {
    assertThat(with("json", BadValues.MARK).problems())
        .extracting(problem -> problem.key())
        .containsExactly("bad-values");
    assertThat(with("thingsboard", BadValues.MARK).problems()).isEmpty();
  }

  @Test
  void alarmsTellClassAndSeverityWhereTheFormatCarriesNone() {
    byte[] alarm =
        new RecordWriter()
            .begin(MessageClass.ALARM, TIME, TimeSource.DEVICE, TIME + 5, false)
            .identity("d1", "fire", "plant-a", "smoke", "edge-01", "mqtt", "alarm;json")
            .measurement("smoke", null, Quality.GOOD, null, RecordFormat.NO_TIME)
            .value(true)
            .measurement("status", null, Quality.GOOD, null, RecordFormat.NO_TIME)
            .value("own")
            .cap(new Cap("Severe", "Immediate", "", "Actual"))
            .finish();
    assertThat(text(new ForwardSettings("thingsboard", 50, 2_000), alarm))
        .isEqualTo(
            "[{\"ts\":1772366400250,\"values\":{\"smoke\":true,\"status\":\"own\","
                + "\"class\":\"alarm\",\"severity\":\"Severe\",\"urgency\":\"Immediate\"}}]");
    assertThat(text(new ForwardSettings("senml-json", 50, 2_000), alarm))
        .contains("{\"n\":\"class\",\"vs\":\"alarm\"},{\"n\":\"severity\",\"vs\":\"Severe\"}");
    assertThat(text(attributes("thingsboard", Attributes.NONE), alarm))
        .doesNotContain("class", "Severe");
    assertThat(text(attributes("thingsboard", Attributes.ALL), bad()))
        .endsWith(
            "\"f\":3,\"class\":\"telemetry\",\"sector\":\"factory\",\"site\":\"plant-a\","
                + "\"model\":\"cnc\"}}]");
  }

  @Test
  void nameThatComesTwiceInAMillisecondIsNoKeyTwice() {
    byte[] body =
        begin()
            .measurement("a", null, Quality.GOOD, null, TIME)
            .value(1L)
            .measurement("b", null, Quality.GOOD, null, TIME + 100)
            .value(2L)
            .measurement("a", null, Quality.GOOD, null, TIME + 300)
            .value(3L)
            .finish();
    assertThat(text(new ForwardSettings("thingsboard", 50, 2_000), body))
        .isEqualTo(
            "[{\"ts\":1772366400250,\"values\":{\"a\":1,\"b\":2}},"
                + "{\"ts\":1772366400250,\"values\":{\"a\":3}}]");
  }

  @Test
  void senmlNamesBeginAsTheyMustAndStayApart() {
    assertThat(List.of(baseName("_x"), baseName(".."), baseName("-d:1"), baseName("d-1:a.b_c")))
        .containsExactly("0_x/", "0../", "0-d:1/", "d-1:a.b_c/");
    assertThat(Set.of(baseName("a@b"), baseName("a_b"), baseName("a b"), baseName("\u6cf51")))
        .hasSize(4)
        .allMatch(name -> name.matches("[A-Za-z0-9][-:./_A-Za-z0-9]*/"));
    byte[] body =
        begin()
            .measurement("\u6e29\u5ea6", null, Quality.GOOD, null, RecordFormat.NO_TIME)
            .value(1L)
            .measurement("\u538b\u529b", null, Quality.GOOD, null, RecordFormat.NO_TIME)
            .value(2L)
            .finish();
    JsonNode pack = JsonMapper.shared().readTree(text(with("senml-json", BadValues.KEEP), body));
    assertThat(pack.get(0).get("n")).isNotEqualTo(pack.get(1).get("n"));
  }

  private static String baseName(String device) {
    byte[] body =
        new RecordWriter()
            .begin(MessageClass.TELEMETRY, TIME, TimeSource.DEVICE, TIME + 5, false)
            .identity(device, "factory", "plant-a", "cnc", "edge-01", "mqtt", "telemetry;json")
            .finish();
    ForwardSettings settings = new ForwardSettings("senml-json", 50, 2_000);
    return JsonMapper.shared().readTree(text(settings, body)).get(0).get("bn").asString();
  }

  private static ForwardSettings with(String format, BadValues badValues) {
    return new ForwardSettings(format, 50, 2_000, badValues, Attributes.ALARMS);
  }

  private static ForwardSettings attributes(String format, Attributes attributes) {
    return new ForwardSettings(format, 50, 2_000, BadValues.KEEP, attributes);
  }

  private static String text(ForwardSettings settings, byte[] body) {
    return new String(encode(batch(settings, body)), StandardCharsets.UTF_8);
  }

  private static byte[] bad() {
    return begin()
        .measurement("t", null, Quality.BAD, QualityReason.RANGE, RecordFormat.NO_TIME)
        .value(999L)
        .measurement("p", null, Quality.UNCERTAIN, QualityReason.CLOCK, RecordFormat.NO_TIME)
        .value(1.5)
        .measurement("f", null, Quality.GOOD, null, RecordFormat.NO_TIME)
        .value(3L)
        .finish();
  }

  private static RecordWriter begin() {
    return new RecordWriter()
        .begin(MessageClass.TELEMETRY, TIME, TimeSource.DEVICE, TIME + 5, false)
        .identity("press@07", "factory", "plant-a", "cnc", "edge-01", "mqtt", "telemetry;json");
  }

  private static byte[] full() {
    long none = RecordFormat.NO_TIME;
    return begin()
        .measurement("load", "%", Quality.GOOD, null, none)
        .value(42L)
        .measurement("temp 1", "Cel", Quality.GOOD, null, none)
        .value(21.5)
        .measurement("on", null, Quality.GOOD, null, none)
        .value(true)
        .measurement("state", null, Quality.GOOD, null, none)
        .value("a\"b")
        .measurement("raw", null, Quality.GOOD, null, none)
        .value(new byte[] {(byte) 0xfb, (byte) 0xff})
        .measurement("load", "%", Quality.GOOD, null, TIME - 500_000)
        .value(40L)
        .finish();
  }

  private static OutboundBatch batch(String format, byte[] body) {
    return batch(new ForwardSettings(format, 50, 2_000), body);
  }

  private static OutboundBatch batch(ForwardSettings settings, byte[] body) {
    SpoolBatch spooled =
        new SpoolBatch(
            Lane.TELEMETRY,
            SpoolBatch.Stream.LIVE,
            body,
            new long[] {41},
            new long[] {TIME + 5},
            new int[] {0},
            new int[] {body.length},
            1);
    return Objects.requireNonNull(
        RecordBatch.encoder((lane, sequence) -> "e0", settings).apply(spooled));
  }

  private static byte[] encode(OutboundBatch batch) {
    ByteSink sink = new ByteSink(16);
    batch.encode(0, sink);
    return sink.toByteArray();
  }
}
