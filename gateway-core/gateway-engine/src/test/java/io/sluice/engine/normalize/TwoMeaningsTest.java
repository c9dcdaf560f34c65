package io.sluice.engine.normalize;

import static io.sluice.engine.normalize.Bench.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.sluice.api.CanonicalRecord;
import io.sluice.api.ContentType;
import io.sluice.api.Measurement;
import org.assertj.core.api.ListAssert;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

/** Paths that mean one thing here and another there: place, kind and range tell which. */
class TwoMeaningsTest {
  private final Bench gas =
      Bench.of(
          "id: g",
          "metrics:",
          "  gas: { unit: '%LEL' }",
          "  leak: { type: boolean, from: [ { path: gas, type: boolean } ] }",
          "  word: { type: string, from: [ { path: gas, type: text } ] }");

  private static ListAssert<Tuple> assertValues(CanonicalRecord record) {
    return assertThat(
        record.measurements().stream().map(m -> tuple(m.name(), m.value(), m.unit())).toList());
  }

  @Test
  void kindOfTheValueTells() throws Exception {
    assertValues(gas.decode("{\"gas\":true}")).containsExactly(tuple("leak", true, null));
    assertValues(gas.decode("{\"gas\":12}")).containsExactly(tuple("gas", 12L, "%LEL"));
    assertValues(gas.decode("{\"gas\":\"none\"}")).containsExactly(tuple("word", "none", null));
    assertValues(gas.decode(ContentType.TEXT, "gas=false"))
        .containsExactly(tuple("leak", false, null));
    assertValues(gas.decode("[{\"n\":\"gas\",\"vb\":true}]"))
        .containsExactly(tuple("leak", true, null));
    assertValues(gas.decode("[{\"n\":\"gas\",\"v\":3,\"u\":\"%LEL\"}]"))
        .containsExactly(tuple("gas", 3L, "%LEL"));
  }

  @Test
  void rangeTellsWhateverTheOrderOfTheMetrics() throws Exception {
    String volts = "  volts: { unit: V, from: [ { path: b, below: 5 } ] }";
    String share = "  share: { unit: '%', from: [ { path: b, min: 5, max: 100 } ] }";
    for (String[] order : new String[][] {{volts, share}, {share, volts}}) {
      Bench bench = Bench.of("id: b", "metrics:", order[0], order[1]);
      assertValues(bench.decode("{\"b\":3.6}")).containsExactly(tuple("volts", 3.6, "V"));
      assertValues(bench.decode("{\"b\":92}")).containsExactly(tuple("share", 92L, "%"));
      assertValues(bench.decode("{\"b\":900}")).containsExactly(tuple("b", 900L, null));
    }
  }

  @Test
  void placeTells() throws Exception {
    Bench bench =
        Bench.of(
            "id: p",
            "unwrap: [object]",
            "samples: [up.rows, history]",
            "metrics:",
            "  depth: { unit: m, from: [ { path: object.depth, unit: cm }, { path: up.rows.d.x, unit: mm } ] }");
    assertValues(bench.decode("{\"depth\":2}")).containsExactly(tuple("depth", 2L, "m"));
    assertValues(bench.decode("{\"object\":{\"depth\":2}}"))
        .containsExactly(tuple("depth", 0.02, "m"));
    assertValues(bench.decode("{\"object\":{\"history\":[{\"ts\":1767225590,\"depth\":2}]}}"))
        .containsExactly(tuple("depth", 0.02, "m"));
    assertValues(bench.decode("{\"up\":{\"rows\":[{\"d\":{\"x\":2}}]},\"d\":{\"x\":2}}"))
        .containsExactly(tuple("depth", 0.002, "m"), tuple("d.x", 2L, null));
    assertValues(bench.decode("{\"up\":{\"rows\":{\"depth\":3}}}"))
        .containsExactly(tuple("depth", 3L, "m"));
  }

  @Test
  void pathWithTwoMeaningsThatNothingTellsApartIsAFault() {
    assertThat(Bench.load("id: f", "metrics:", "  a: { from: [x] }", "  b: { from: [x] }").faults())
        .singleElement()
        .asString()
        .contains("\"x\" leads to a already; keep one, or tell them apart by type, min, max");
    assertThat(
            Bench.load("ignore: [rx]", "samples: [d]", "metrics: { a: { from: [rx.0.s, d.0.v] } }")
                .faults())
        .hasSize(2)
        .anyMatch(fault -> fault.contains("\"rx.0.s\" lies below \"rx\", which is ignored"))
        .anyMatch(fault -> fault.contains("\"d.0.v\" lies below \"d\", which is read as samples"));
  }

  @Test
  void ofTwoTimesTheOneThatTheProfileNamesFirstCountsAndTheOtherIsAField() throws Exception {
    Bench bench = Bench.of("id: t", "time: [measured, sent]");
    for (String text :
        new String[] {
          "{\"measured\":1767225590,\"sent\":1767225595,\"a\":1}",
          "{\"sent\":1767225595,\"a\":1,\"measured\":1767225590}"
        }) {
      CanonicalRecord record = bench.decode(text);
      assertThat(record.timeMicros()).isEqualTo(1_767_225_590_000_000L);
      assertValues(record)
          .containsExactlyInAnyOrder(tuple("a", 1L, null), tuple("sent", 1_767_225_595L, null));
    }
    assertValues(
            Bench.of("id: u")
                .decode("{\"timestamp\":\"2025-12-31T23:59:50Z\",\"t\":1767225595.5,\"a\":1}"))
        .containsExactlyInAnyOrder(
            tuple("a", 1L, null), tuple("timestamp", "2025-12-31T23:59:50Z", null));
  }

  @Test
  void samplesWithoutTimeInAMessageWithTimeStayInOrder() throws Exception {
    CanonicalRecord record =
        Bench.of("id: s", "samples: [rows]")
            .decode("{\"rows\":[{\"a\":1},{\"a\":2},{\"a\":3}],\"t\":1767225600}");
    assertThat(record.timeMicros()).isEqualTo(NOW);
    assertThat(record.measurements())
        .extracting(Measurement::name, Measurement::value, Measurement::timeMicros)
        .containsExactly(tuple("a", 1L, NOW - 2), tuple("a", 2L, NOW - 1), tuple("a", 3L, null));
  }
}
