package io.sluice.engine.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.ByteSink;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.TimeSource;
import io.sluice.engine.forward.ForwardSettings.Format;
import io.sluice.engine.record.RecordFormat;
import io.sluice.engine.record.RecordWriter;
import io.sluice.engine.spool.SpoolBatch;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.cbor.CBORMapper;

class RecordBatchTest {
  private static final long TIME = 1_772_366_400_250_000L;

  @Test
  void fieldsOfTheRecordAreReadInPlace() {
    OutboundBatch batch = batch(Format.JSON, full());
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
    assertThat(new String(encode(batch(Format.THINGSBOARD, full())), StandardCharsets.UTF_8))
        .isEqualTo(
            "[{\"ts\":1772366400250,\"values\":{\"load\":42,\"temp 1\":21.5,\"on\":true,"
                + "\"state\":\"a\\\"b\",\"raw\":\"+/8=\"}},"
                + "{\"ts\":1772366399750,\"values\":{\"load\":40}}]");
  }

  @Test
  void senmlJsonHasBaseNameBaseTimeAndRelativeTimes() {
    assertThat(new String(encode(batch(Format.SENML_JSON, full())), StandardCharsets.UTF_8))
        .isEqualTo(
            "[{\"bn\":\"press_07/\",\"bt\":1772366400.25,\"n\":\"load\",\"u\":\"%\",\"v\":42},"
                + "{\"n\":\"temp_1\",\"u\":\"Cel\",\"v\":21.5},"
                + "{\"n\":\"on\",\"vb\":true},"
                + "{\"n\":\"state\",\"vs\":\"a\\\"b\"},"
                + "{\"n\":\"raw\",\"vd\":\"-_8\"},"
                + "{\"n\":\"load\",\"u\":\"%\",\"v\":40,\"t\":-0.5}]");
  }

  @Test
  void senmlCborHasTheSameUnderIntegerLabels() {
    byte[] cbor = encode(batch(Format.SENML_CBOR, full()));
    assertThat(cbor[0]).as("array of six").isEqualTo((byte) 0x86);
    assertThat(cbor[1]).as("map of five").isEqualTo((byte) 0xa5);
    assertThat(cbor[2]).as("label -2, base name").isEqualTo((byte) 0x21);
    JsonNode pack = new CBORMapper().readTree(cbor);
    assertThat(pack.get(0).get("-2").asString()).isEqualTo("press_07/");
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
    assertThat(new String(encode(batch(Format.THINGSBOARD, empty)), StandardCharsets.UTF_8))
        .isEqualTo("[{\"ts\":1772366400250,\"values\":{}}]");
    assertThat(new String(encode(batch(Format.SENML_JSON, empty)), StandardCharsets.UTF_8))
        .isEqualTo(
            "[{\"bn\":\"press_07/\",\"bt\":1772366400.25,\"n\":\"class\",\"vs\":\"telemetry\"}]");
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

  private static OutboundBatch batch(Format format, byte[] body) {
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
        RecordBatch.encoder((lane, sequence) -> "e0", format).apply(spooled));
  }

  private static byte[] encode(OutboundBatch batch) {
    ByteSink sink = new ByteSink(16);
    batch.encode(0, sink);
    return sink.toByteArray();
  }
}
