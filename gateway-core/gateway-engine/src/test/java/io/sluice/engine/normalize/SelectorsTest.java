package io.sluice.engine.normalize;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.CanonicalRecord;
import io.sluice.api.Measurement;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Elements of arrays that are found by an attribute or all meant, and rows of names and values. */
class SelectorsTest {
  /** King Pigeon BL280, user manual, page 41: what the gateway publishes. */
  private static final String KING_PIGEON =
      """
      {"sensorDatas":[{"flag":"TEMP8","value":288},{"flag":"HUMI8","value":450},
       {"value":230,"flag":"ILLU8"}],"time":"07:16:17 06/16/2021 UTC","retransmit":"enable"}\
      """;

  @Test
  void elementIsFoundByItsAttributeInAnyOrder() throws Exception {
    Bench bench =
        Bench.of(
            "id: bl280",
            "metrics:",
            "  temperature: { unit: Cel, from: [{ path: 'sensorDatas[flag=TEMP8].value', scale: 0.1 }] }",
            "  humidity: { unit: '%RH', from: [{ path: 'sensorDatas[flag=HUMI8].value', scale: 0.1 }] }");
    for (String payload :
        List.of(
            KING_PIGEON,
            "{\"sensorDatas\":[{\"value\":450,\"flag\":\"HUMI8\"},{\"flag\":\"ILLU8\",\"value\":230},"
                + "{\"flag\":\"TEMP8\",\"value\":288}],\"time\":\"07:16:17 06/16/2021 UTC\","
                + "\"retransmit\":\"enable\"}")) {
      CanonicalRecord record = bench.decode(payload);
      assertThat(shown(record))
          .containsExactlyInAnyOrder(
              "temperature 28.8 Cel",
              "humidity 45 %RH",
              "sensorDatas[flag=ILLU8].value 230",
              "retransmit enable");
      assertThat(time(record)).isEqualTo("2021-06-16T07:16:17Z");
    }
  }

  /** King Pigeon IOT100, user manual, page 33: each item has its own time. */
  @Test
  void elementsOwnTimeIsThatOfItsValuesAlone() throws Exception {
    Bench bench =
        Bench.of(
            "id: iot100",
            "timezone: Asia/Shanghai",
            "time: ['sensorDatas.*.addTime']",
            "metrics:",
            "  output: { type: boolean, from: ['sensorDatas[flag=DO1].switcher'] }",
            "  input: { type: boolean, from: ['sensorDatas[flag=DI1].switcher'] }");
    CanonicalRecord record =
        bench.decode(
            """
            {"sensorDatas":[{"addTime":"2025-12-31 12:34:56","switcher":"0","flag":"DO1"},
             {"addTime":"2025-12-31 12:35:00","switcher":"1","flag":"DI1"}]}\
            """);
    assertThat(timed(record))
        .containsExactly("output false 2025-12-31T04:34:56Z", "input true 2025-12-31T04:35:00Z");
  }

  /** King Pigeon: a position has an empty flag, a digital input a text, a register a word. */
  @Test
  void attributeMayBeEmptyAndValuesStandInDifferentFields() throws Exception {
    String payload =
        "{\"sensorDatas\":[{\"flag\":\"\",\"lat\":39.9,\"lng\":116.3},"
            + "{\"switcher\":\"1\",\"flag\":\"DI1\"},{\"flag\":\"REG1\",\"str\":\"a\"}]}";
    Bench selected =
        Bench.of(
            "id: s",
            "metrics:",
            "  lat: { unit: lat, from: ['sensorDatas[flag=].lat'] }",
            "  lon: { unit: lon, from: ['sensorDatas[flag=].lng'] }",
            "  door: { type: boolean, from: ['sensorDatas[flag=DI1].switcher'] }");
    assertThat(shown(selected.decode(payload)))
        .containsExactly(
            "lat 39.9 lat", "lon 116.3 lon", "door true", "sensorDatas[flag=REG1].str a");
    Bench pivoted =
        Bench.of(
            "id: p",
            "pivot: { path: sensorDatas, name: flag, value: [value, switcher, str] }",
            "metrics:",
            "  lat: { unit: lat }",
            "  lon: { unit: lon, from: [lng] }",
            "  door: { type: boolean, from: [DI1] }");
    assertThat(shown(pivoted.decode(payload)))
        .containsExactly("lat 39.9 lat", "lon 116.3 lon", "door true", "REG1 a");
  }

  @Test
  void everyElementIsMeantAndTheFirstCounts() throws Exception {
    Bench bench =
        Bench.of(
            "id: star",
            "ignore: [probes.*.serial, '*.lqi']",
            "metrics:",
            "  temperature: { unit: Cel, from: [{ path: probes.*.t, unit: degF }] }",
            "  battery: { unit: V, from: ['*.bat'] }");
    assertThat(
            shown(
                bench.decode(
                    """
                    {"probes":[{"serial":"a1","t":212},{"serial":"b2","t":50}],
                     "radio":{"bat":3.6,"lqi":17,"rssi":-70}}\
                    """)))
        .containsExactly("temperature 100 Cel", "probes.1.t 50", "battery 3.6 V", "radio.rssi -70");
  }

  @Test
  void exactPathGoesBeforeSelectorsAndAttributeBeforeEvery() throws Exception {
    Bench bench =
        Bench.of(
            "id: order",
            "metrics:",
            "  first: { from: [d.0.v] }",
            "  x: { from: ['d[k=x].v'] }",
            "  any: { from: [d.*.v] }");
    assertThat(
            shown(bench.decode("{\"d\":[{\"k\":\"y\",\"v\":1},{\"k\":\"x\",\"v\":2},{\"v\":3}]}")))
        .containsExactly("first 1", "x 2", "any 3");
    assertThat(shown(bench.decode("{\"d\":[7,{\"k\":\"x\"},{\"k\":\"z\",\"v\":4}]}")))
        .containsExactly("d.0 7", "d[k=x].k x", "any 4");
  }

  @Test
  void messageThatIsAnArrayIsLookedIntoToo() throws Exception {
    Bench bench =
        Bench.of("id: root", "metrics:", "  temperature: { from: ['[flag=TEMP8].value'] }");
    CanonicalRecord record =
        bench.decode("[{\"value\":21,\"flag\":\"TEMP8\"},{\"flag\":\"HUMI8\",\"value\":45}]");
    assertThat(shown(record)).containsExactly("temperature 21", "[flag=HUMI8].value 45");
  }

  @Test
  void samplesWithinAnArrayOfDevicesKeepTheirDevice() throws Exception {
    Bench bench =
        Bench.of(
            "id: devices",
            "samples: [devices.*.points]",
            "time: [devices.*.points.ts]",
            "metrics:",
            "  indoor: { unit: Cel, from: ['devices[id=A].points.temp'] }",
            "  outdoor: { unit: Cel, from: ['devices[id=B].points.temp'] }");
    CanonicalRecord record =
        bench.decode(
            """
            {"devices":[
             {"points":[{"ts":1767225000,"temp":20},{"ts":1767225060,"temp":21}],"id":"A"},
             {"id":"B","points":[{"temp":3,"ts":1767225000}]},
             {"id":"C","points":[{"temp":9,"ts":1767225000}]}]}\
            """);
    assertThat(timed(record))
        .containsExactly(
            "indoor 20 2025-12-31T23:50:00Z",
            "indoor 21 2025-12-31T23:51:00Z",
            "outdoor 3 2025-12-31T23:50:00Z",
            "devices[id=C].points.temp 9 2025-12-31T23:50:00Z");
  }

  /** EMQX Neuron, docs.emqx.com, MQTT API: the format {@code tags}, and a tag that failed. */
  @Test
  void rowsOfNamesAndValuesAreFieldsByTheirName() throws Exception {
    Bench bench =
        Bench.of(
            "id: neuron",
            "pivot: [{ path: tags, name: name, value: value, ignore: [type] }]",
            "metrics:",
            "  temperature: { unit: Cel, from: [tag0] }",
            "  pressure: { unit: kPa, from: [{ path: tags.tag1, unit: bar }] }");
    assertThat(
            shown(
                bench.decode(
                    """
                    {"timestamp":1767225600000,"node":"m1","group":"g","tags":[
                     {"value":21.5,"name":"tag0","type":3},{"name":"tag1","value":1.02,"type":3},
                     {"name":"tag2","error":2014},{"name":"tag3"},{"x":1}]}\
                    """)))
        .containsExactly(
            "node m1",
            "group g",
            "temperature 21.5 Cel",
            "pressure 102 kPa",
            "tag2.error 2014",
            "tags.3.name tag3",
            "tags.4.x 1");
  }

  @Test
  void rowsMayBeTheMessageAndHaveTheirOwnTimeAndSeveralValueFields() throws Exception {
    Bench bench =
        Bench.of(
            "id: kepware",
            "pivot: { path: '', name: [id, tag], value: [v, str], time: t }",
            "metrics:",
            "  level: { unit: m, from: [Ch1.Dev1.Tag1] }");
    assertThat(
            timed(
                bench.decode(
                    "[{\"id\":\"Ch1.Dev1.Tag1\",\"v\":42,\"t\":1767225600000},"
                        + "{\"str\":\"on\",\"tag\":\"mode\",\"t\":1767225540000}]")))
        .containsExactly("level 42 2026-01-01T00:00:00Z", "mode on 2025-12-31T23:59:00Z");
    assertThat(shown(bench.decode("{\"v\":7,\"id\":\"Ch1.Dev1.Tag1\"}")))
        .containsExactly("level 7 m");
    assertThat(shown(bench.decode("{\"a\":7}"))).containsExactly("a 7");
  }

  static List<String> shown(CanonicalRecord record) {
    return record.measurements().stream().map(SelectorsTest::shown).toList();
  }

  static List<String> timed(CanonicalRecord record) {
    return record.measurements().stream()
        .map(m -> {
          Long own = m.timeMicros();
          long micros = own == null ? record.timeMicros() : own;
          return m.name() + ' ' + m.value() + ' ' + Instant.ofEpochMilli(micros / 1_000);
        })
        .toList();
  }

  private static String time(CanonicalRecord record) {
    return Instant.ofEpochMilli(record.timeMicros() / 1_000).toString();
  }

  private static String shown(Measurement m) {
    Object value = m.value();
    String text =
        value instanceof Double d && d == Math.rint(d)
            ? Long.toString(d.longValue())
            : String.valueOf(value);
    String quality =
        m.reason() == null || m.reason().name().equals("CLOCK") ? "" : " " + m.reason();
    return m.name() + ' ' + text + (m.unit() == null ? "" : ' ' + m.unit()) + quality;
  }
}
