package io.sluice.engine.normalize;

import static io.sluice.engine.normalize.SelectorsTest.shown;
import static io.sluice.engine.normalize.SelectorsTest.timed;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.ContentType;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Single values that hold several: bytes in a text, a document in a text, bits of an integer. */
class EncodedFieldsTest {
  /**
   * A Milesight gateway without codec publishes {@code data} in base64 (support article
   * 73000600064); the bytes are those of the EM300's user guide: 01 75 64 battery 100 %, 03 67 19
   * 01 temperature 28.1 °C, 04 68 73 humidity 57.5 %.
   */
  private static final Bench MILESIGHT =
      Bench.of(
          "id: milesight",
          "payload: json",
          "layout:",
          "  order: little",
          "  fields:",
          "    - { metric: battery, offset: 2, type: u8 }",
          "    - { metric: temperature, offset: 5, type: i16, scale: 0.1 }",
          "    - { metric: humidity, offset: 9, type: u8, scale: 0.5 }",
          "encoded: [{ path: data, encoding: base64 }]",
          "metrics:",
          "  battery: { unit: '%' }",
          "  temperature: { unit: Cel }",
          "  humidity: { unit: '%RH' }");

  @Test
  void bytesInBase64GoThroughTheProfilesLayout() throws Exception {
    assertThat(shown(MILESIGHT.decode("{\"fPort\":85,\"data\":\"AXVkA2cZAQRocw==\"}")))
        .containsExactly("fPort 85", "battery 100 %", "temperature 28.1 Cel", "humidity 57.5 %RH");
  }

  @Test
  void whatIsNoBase64OrTooShortCostsThatFieldAlone() throws Exception {
    assertThat(shown(MILESIGHT.decode("{\"fPort\":85,\"data\":\"!?\"}")))
        .containsExactly("fPort 85", "data !? TYPE");
    assertThat(MILESIGHT.faults("{\"fPort\":85,\"data\":\"!?\"}").detail())
        .isEqualTo(
            "$.data at byte 19: \"!?\" is no text of base64; send that, or change encoded in the"
                + " profile");
    assertThat(shown(MILESIGHT.decode("{\"fPort\":85,\"data\":\"AXVk\"}")))
        .containsExactly("fPort 85", "battery 100 %");
    assertThat(MILESIGHT.faults("{\"fPort\":85,\"data\":\"AXVk\"}").type()).isEqualTo(2);
    assertThat(shown(MILESIGHT.decode("{\"data\":\"\",\"fPort\":85}")))
        .containsExactly("data ", "fPort 85");
    assertThat(shown(MILESIGHT.decode("{\"data\":{\"a\":1}}"))).containsExactly("data.a 1");
  }

  @Test
  void valueThatTheMessageHasTooKeepsItsOwnName() throws Exception {
    assertThat(shown(MILESIGHT.decode("{\"temperature\":28.0,\"data\":\"AXVkA2cZAQRocw==\"}")))
        .containsExactly(
            "temperature 28 Cel",
            "battery 100 %",
            "data.temperature 28.1 Cel",
            "humidity 57.5 %RH");
  }

  @Test
  void hexHasItsOwnLayoutAndSignsBetweenDigits() throws Exception {
    Bench bench =
        Bench.of(
            "id: hex",
            "encoded:",
            "  - path: [raw, 'units[id=7].raw']",
            "    encoding: hex",
            "    layout: { length: 3, fields: [{ metric: level, offset: 1, type: u16, unit: cm }] }",
            "metrics: { level: { unit: m } }");
    for (String text : List.of("0100FA", "01 00 fa", "0x01,0x00,0xFA", "01-00-FA")) {
      assertThat(shown(bench.decode("{\"raw\":\"" + text + "\"}"))).containsExactly("level 2.5 m");
    }
    assertThat(shown(bench.decode("{\"units\":[{\"raw\":\"0100FA\",\"id\":7}]}")))
        .containsExactly("level 2.5 m");
    assertThat(bench.faults("{\"raw\":\"0100FAFF\",\"a\":1}").detail())
        .contains("$.raw at byte 7: \"0100FAFF\" holds 4 bytes, its layout 3");
    byte[] cbor = HexFormat.of().parseHex("a163726177" + "430100fa");
    assertThat(shown(bench.decode(ContentType.CBOR, cbor))).containsExactly("level 2.5 m");
    assertThat(shown(bench.decode(ContentType.TEXT, "raw=0100FA"))).containsExactly("level 2.5 m");
  }

  @Test
  void documentInATextIsReadAsIfItStoodThere() throws Exception {
    Bench bench =
        Bench.of(
            "id: wrapped",
            "encoded: [{ path: [payload, payload.inner], encoding: json-string }]",
            "unwrap: [payload]",
            "metrics: { temp: { unit: Cel }, deep: { from: [payload.inner.x] } }");
    assertThat(
            shown(
                bench.decode(
                    "{\"id\":7,\"payload\":\"{\\\"temp\\\":21.5,\\\"a\\\":[1,2],\\\"inner\\\":"
                        + "\\\"{\\\\\\\"x\\\\\\\":5}\\\"}\"}")))
        .containsExactly("id 7", "temp 21.5 Cel", "a.0 1", "a.1 2", "deep 5");
    assertThat(shown(bench.decode("{\"payload\":{\"temp\":21.5}}")))
        .containsExactly("temp 21.5 Cel");
    assertThat(shown(bench.decode("{\"b\":1,\"payload\":\"{\\\"temp\\\":21.5\"}")))
        .containsExactly("b 1", "payload {\"temp\":21.5 TYPE");
    assertThat(bench.faults("{\"b\":1,\"payload\":\"{\\\"temp\\\":\\\"x\\\"}\"}").detail())
        .startsWith("$.temp at byte 17: \"x\" is no number");
  }

  /** Teltonika's Data to Server sends what it reads by Modbus as a text that is a list. */
  @Test
  void listInATextHasIndicesAndRows() throws Exception {
    Bench bench =
        Bench.of(
            "id: rut",
            "encoded: [{ path: [D, log], encoding: json-string }]",
            "samples: [{ path: log, columns: [t, level] }]",
            "metrics: { flow: { from: [D.0] }, level: {} }");
    assertThat(shown(bench.decode("{\"D\":\"[21,37]\",\"N\":\"x\"}")))
        .containsExactly("flow 21", "D.1 37", "N x");
    assertThat(timed(bench.decode("{\"log\":\"[[1767225000,1],[1767225060,2]]\"}")))
        .containsExactly("level 1 2025-12-31T23:50:00Z", "level 2 2025-12-31T23:51:00Z");
  }

  @Test
  void bitsOfAnIntegerHaveNamesAndItStaysAFieldOfItsOwn() throws Exception {
    Bench bench =
        Bench.of(
            "id: bits",
            "encoded:",
            "  - path: status",
            "    encoding: bits",
            "    bits:",
            "      - { metric: door, bit: 0, values: { 0: closed, 1: open } }",
            "      - { metric: mode, bit: 4, width: 2 }",
            "      - { metric: top, bit: 63 }",
            "metrics: { door: { type: string }, mode: {}, top: { type: boolean } }");
    for (String value : List.of("33", "\"33\"", "\"0x21\"", "33.0")) {
      assertThat(shown(bench.decode("{\"status\":" + value + "}")))
          .as(value)
          .startsWith("door open", "mode 2", "top false")
          .hasSize(4)
          .last()
          .asString()
          .startsWith("status ");
    }
    assertThat(shown(bench.decode("{\"status\":-1}")))
        .containsExactly("door open", "mode 3", "top true", "status -1");
    assertThat(shown(bench.decode("{\"status\":1.5}"))).containsExactly("status 1.5");
    assertThat(shown(bench.decode(ContentType.TEXT, "status=33 a=1")))
        .containsExactly("door open", "mode 2", "top false", "status 33", "a 1");
  }
}
