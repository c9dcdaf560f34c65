package io.sluice.engine.normalize.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.CanonicalRecord;
import io.sluice.api.ContentType;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.Bench;
import io.sluice.engine.normalize.unit.Units;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileFaultsTest {
  @Test
  void allFaultsComeInOnePassWithLineColumnAndTheNearKey() {
    List<String> faults =
        Bench.load(
                "id: Bad Id",
                "intervall: 10s",
                "interval: soon",
                "payload: jsn",
                "metrics:",
                "  temperature: { unit: Cell, min: 5, max: 1, colour: red }",
                "  level: { from: [ { path: x, unit: kg, scale: much } ], unit: m }",
                "  other: { from: [x] }",
                "layout: { fields: [ { metric: levle, offset: 0, type: u8 } ] }",
                "alarms:",
                "  - { when: temprature > 5, severity: grave }",
                "  - { when: level ~ 5 }",
                "timezone: Mars/Base",
                "supervision: 5s")
            .faults();
    assertThat(faults).allMatch(fault -> fault.matches(".*test\\.yaml:\\d+:\\d+: .+: .+; .+"));
    assertThat(String.join("\n", faults))
        .contains("test.yaml:2:1: intervall: unknown key; did you mean \"interval\"?")
        .contains("test.yaml:1:5: id: \"Bad Id\" is no id")
        .contains("test.yaml:3:11: interval: \"soon\" is no duration")
        .contains("payload: \"jsn\" is not known; did you mean \"json\"?")
        .contains(
            "metrics.temperature.unit: \"Cell\" is not in the table of units; did you mean \"Cel\"?")
        .contains("metrics.temperature.min: is above the maximum")
        .contains("metrics.temperature.colour: unknown key")
        .contains("metrics.level.from.unit: \"kg\" does not turn into level's unit m")
        .contains("metrics.level.from.scale: \"much\" is no number")
        .contains("\"x\" leads to level already")
        .contains(
            "layout.fields[0].metric: \"levle\" is no metric of this profile; did you mean \"level\"?")
        .contains("alarms[0].when: \"temprature\" is no metric")
        .contains("alarms[0].severity: \"grave\" is not known")
        .contains("alarms[1].when: \"level ~ 5\" is no comparison")
        .contains("timezone: \"Mars/Base\" is not known")
        .contains("test.yaml:14:14: supervision: must be 20s to 24h; write one such as 5m");
  }

  /** Registers are numbered with zeros before; such a number is a path as it is written. */
  @ParameterizedTest
  @ValueSource(strings = {"0089", "0010", "1e3", "1.50", "0x1F", "1_000"})
  void pathsAreTextHoweverTheyLook(String path) throws Exception {
    Bench bench =
        Bench.of("id: a", "metrics:", "  level: { from: " + path + ", min: 08, max: 0900 }");
    CanonicalRecord record = bench.decode("{\"" + path + "\": 9}");
    assertThat(record.measurements()).singleElement().asString().contains("level");
  }

  @Test
  void brokenYamlIsOneFaultWithItsPlace() {
    assertThat(Bench.load("id: a", "metrics: [}").faults())
        .singleElement()
        .asString()
        .matches("(?s).*test\\.yaml:2:\\d+: is no valid YAML: .*");
    assertThat(Bench.load("").faults()).singleElement().asString().contains("empty");
    assertThat(Bench.load("id: a", "id: b").faults()).isNotEmpty();
  }

  @Test
  void missingFileIsNamed() {
    assertThat(Profiles.load(List.of(Path.of("no-such.yaml"))).faults())
        .singleElement()
        .asString()
        .startsWith("no-such.yaml:1:1: cannot be read");
  }

  @Test
  void unknownFieldsAreDroppedOrRejectedAsTheProfileSays() throws Exception {
    assertThat(
            Bench.of("unknown: drop", "metrics: { a: }").decode("{\"a\":1,\"b\":2}").measurements())
        .hasSize(1);
    Bench strict = Bench.of("unknown: reject", "metrics: { depth: }");
    try {
      strict.decode("{\"dpth\":1}");
      throw new AssertionError("not refused");
    } catch (PayloadException e) {
      assertThat(e.getMessage()).contains("$.dpth at byte 8", "did you mean \"depth\"?");
    }
  }

  @Test
  void textOfSeveralFormsIsUnderstood() throws Exception {
    Bench csv =
        Bench.of(
            "metrics: { t: { unit: Cel }, h: { unit: '%RH' } }",
            "text: { columns: [time, t, '', h], separator: ';' }");
    assertThat(csv.decode(ContentType.TEXT, "2026-01-01T00:00:00Z;21.5;x;40\n").measurements())
        .hasSize(2);
    assertThat(csv.decode(ContentType.TEXT, "2026-01-01T00:00:00Z;21.5;x;40\n").timeMicros())
        .isEqualTo(Bench.NOW);
    Bench plain = Bench.of("metrics: { t: { unit: Cel }, h: { unit: '%RH' } }");
    assertThat(Bench.value(plain.decode(ContentType.TEXT, "t: 21.5\nh: 40"), "h")).isEqualTo(40L);
    assertThat(Bench.value(plain.decode(ContentType.TEXT, "t=21.5, h=40"), "t")).isEqualTo(21.5);
    assertThat(Bench.value(plain.decode(ContentType.TEXT, "open"), "value")).isEqualTo("open");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a >> 5", "a =< 5", "a === 5", "a >", "a <> 5"})
  void comparisonThatIsNoneIsSaidToBeNone(String when) {
    assertThat(Bench.load("metrics: { a: }", "alarms: [ { when: '" + when + "' } ]").faults())
        .singleElement()
        .asString()
        .contains("\"" + when + "\" is no comparison; write one such as smoke == true");
  }

  @Test
  void faultsOfALayoutsFieldAreAllToldTogether() {
    assertThat(
            Bench.load(
                    "metrics: { a: { unit: m } }",
                    "layout: { fields: [ { metric: b, offset: -1, type: u12 } ] }")
                .faults())
        .hasSize(3)
        .anyMatch(fault -> fault.contains("type: \"u12\" is not known"))
        .anyMatch(fault -> fault.contains("metric: \"b\" is no metric"))
        .anyMatch(fault -> fault.contains("offset: must be an integer from 0"));
  }

  @Test
  void unitsOfAProfilesOwnTurnIntoOthersByTheirFactor() throws Exception {
    Bench bench =
        Bench.of(
            "units:",
            "  uSv/h:",
            "  GPM: { unit: l/min, factor: 3.785411784 }",
            "  degRe: { unit: Cel, factor: 1.25 }",
            "metrics:",
            "  dose: { unit: uSv/h }",
            "  flow: { unit: l/min, from: [ { path: gpm, unit: GPM } ] }",
            "  back: { unit: GPM, from: [ { path: lpm, unit: l/min } ] }",
            "  heat: { unit: degF, from: [ { path: re, unit: degRe } ] }");
    CanonicalRecord record =
        bench.decode(
            "[{\"n\":\"dose\",\"u\":\"uSv/h\",\"v\":0.12},{\"n\":\"gpm\",\"v\":10},"
                + "{\"n\":\"lpm\",\"v\":37.85411784},{\"n\":\"re\",\"v\":80}]");
    assertThat(Bench.value(record, "dose")).isEqualTo(0.12);
    assertThat(Bench.value(record, "flow")).isEqualTo(37.85411784);
    assertThat(((Number) Bench.value(record, "back")).doubleValue()).isEqualTo(10);
    assertThat(((Number) Bench.value(record, "heat")).doubleValue()).isEqualTo(212);
    assertThat(record.measurements().getFirst().unit()).isEqualTo("uSv/h");
  }

  @Test
  void unitThatNobodyKnowsIsTakenWithAWarningAndATypingErrorIsAFault() {
    Profiles.Loaded loaded = Bench.load("metrics: { a: { unit: furlong }, b: { unit: CFU/ml } }");
    assertThat(loaded.faults()).isEmpty();
    assertThat(loaded.profiles().find("test").metric("a").unit()).isEqualTo("furlong");
    assertThat(loaded.warnings())
        .hasSize(2)
        .allMatch(warning -> warning.matches(".*test\\.yaml:1:\\d+: .+: .+; .+"))
        .anyMatch(warning -> warning.contains("\"furlong\" is not in the table of units and is"));
    assertThat(Bench.load("metrics: { a: { unit: cel } }").faults())
        .singleElement()
        .asString()
        .contains("did you mean \"Cel\"?");
    assertThat(
            Bench.load(
                    "units: { Cel: , x: { factor: 2 }, y: { unit: blob }, z: { unit: m, factor: 0 } }",
                    "metrics: { a: }")
                .faults())
        .hasSize(4);
  }

  @Test
  void unitsTurnIntoEachOtherWithoutNoise() {
    assertThat(Units.conversion("degF", "Cel").apply(70.7)).isEqualTo(21.5);
    assertThat(Units.conversion("kWh", "J").apply(1.5)).isEqualTo(5_400_000);
    assertThat(Units.conversion("Wh", "kWh").apply(1234.5)).isEqualTo(1.2345);
    assertThat(Units.conversion("km/h", "m/s").apply(36)).isEqualTo(10);
    assertThat(Units.conversion("kPa", "hPa").apply(101.3)).isEqualTo(1013);
    assertThat(Units.conversion("bar", "kPa").apply(2.5)).isEqualTo(250);
    assertThat(Units.conversion("ppm", "%").apply(400)).isEqualTo(0.04);
    assertThat(Units.conversion("mA", "A").apply(1234)).isEqualTo(1.234);
    assertThat(Units.conversion("l/min", "m3/h").apply(10)).isEqualTo(0.6);
    assertThat(Units.conversion("Cel", "V")).isNull();
  }
}
