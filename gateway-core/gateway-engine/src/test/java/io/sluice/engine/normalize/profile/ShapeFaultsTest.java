package io.sluice.engine.normalize.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.engine.normalize.Bench;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Mistakes in what a profile says of shapes are told with their place and a remedy. */
class ShapeFaultsTest {
  @Test
  void eachMistakeHasItsPlaceAndItsRemedy() {
    List<String> faults =
        Bench.load(
                "id: a",
                "metrics: { temp: { from: ['d[k=x].v', 's[k=x].v'] }, door: {} }",
                "encoded:",
                "  - { path: raw, encoding: hexx }",
                "  - { path: raw, encoding: hex, bits: [] }",
                "  - { encoding: json-string, layout: { fields: [] } }",
                "  - { path: st, encoding: bits, bits: [{ metric: dor, bit: 0 }, { metric: door }] }",
                "  - { path: su, encoding: bits, bits: [{ metric: door, bit: 60, width: 5 }] }",
                "  - { path: sv, encoding: bits }",
                "  - { path: sw }",
                "pivot:",
                "  - { path: d, names: n }",
                "  - { name: n }",
                "samples:",
                "  - s",
                "  - { path: p, columns: [a], start: t }",
                "  - { path: q, start: a, end: b, values: [v], unit: kg }",
                "  - { path: r }",
                "  - { path: raw, columns: [a, b] }",
                "  - { path: raw, values: [a] }")
            .faults();
    assertThat(faults).allMatch(fault -> fault.matches(".*test\\.yaml:\\d+:\\d+: .+: .+; .+"));
    assertThat(String.join("\n", faults))
        .contains("test.yaml:4:28: encoded.encoding: \"hexx\" is not known; did you mean \"hex\"?")
        .contains("test.yaml:5:39: encoded.bits: are of an integer; leave them out")
        .contains("encoded.layout: is missing; say here, or for the whole profile")
        .contains("encoded.path: \"raw\" is under encoded twice; keep one")
        .contains("test.yaml:6:5: encoded.path: is missing; say where in the payload that lies")
        .contains("encoded.layout: is of bytes; leave it out")
        .contains(
            "encoded.bits.metric: \"dor\" is no metric of this profile; did you mean \"door\"?")
        .contains("encoded.bits.bit: is missing; the lowest bit is 0")
        .contains("encoded.bits.width: leads beyond the 64 bits")
        .contains("test.yaml:9:5: encoded.bits: are missing; write a list of metric and bit")
        .contains("test.yaml:10:5: encoded.encoding: is missing; write json-string")
        .contains("test.yaml:12:16: pivot.names: unknown key; did you mean \"name\"?")
        .contains("test.yaml:13:5: pivot.path: is missing")
        .contains("test.yaml:16:37: samples.start: does not go with columns; leave it out")
        .contains("samples.end: stands beside start; keep one of the two")
        .contains("samples.unit: is no unit of time; write one such as s")
        .contains("test.yaml:18:13: samples.path: must be rows or a series; say columns")
        .contains("samples.path: \"raw\" has another meaning in the profile; keep one")
        .contains("\"s[k=x].v\" looks into \"s\", which has another meaning; keep one")
        .contains("\"d[k=x].v\" looks into \"d\", which has another meaning; keep one");
  }

  @Test
  void namesThatMerelyLookLikeSelectorsStayNames() throws Exception {
    Bench bench =
        Bench.of(
            "id: names",
            "metrics: { a: { from: ['adc[0]'] }, b: { from: ['x[y'] }, c: { from: ['[]'] } }");
    assertThat(bench.decode("{\"adc[0]\":1,\"x[y\":2,\"[]\":3}").measurements())
        .extracting(m -> m.name() + m.value())
        .containsExactly("a1", "b2", "c3");
  }
}
