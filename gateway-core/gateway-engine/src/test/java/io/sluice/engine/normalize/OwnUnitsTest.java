package io.sluice.engine.normalize;

import static io.sluice.engine.normalize.SelectorsTest.shown;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A profile's own units where a payload has them beside the value: in its text, in SenML. */
class OwnUnitsTest {
  private static final Bench BENCH =
      Bench.of(
          "units:",
          "  GPM: { unit: l/min, factor: 3.785411784 }",
          "  mmWS: { unit: Pa, factor: 9.80665 }",
          "metrics:",
          "  flow: { unit: l/min }",
          "  draught: { unit: mmWS }",
          "  plain: { unit: Cel }");

  @Test
  void unitOfTheProfileInATextTurnsIntoTheMetrics() throws Exception {
    assertThat(shown(BENCH.decode("{\"flow\":\"10 GPM\",\"plain\":\"1 GPM\"}")))
        .containsExactly("flow 37.85411784 l/min", "plain 1 GPM Cel TYPE");
    assertThat(shown(BENCH.decode("flow=10GPM"))).containsExactly("flow 37.85411784 l/min");
  }

  @Test
  void unitOfTheTableTurnsIntoAMetricsOwn() throws Exception {
    assertThat(shown(BENCH.decode("{\"draught\":\"98.0665 Pa\"}")))
        .containsExactly("draught 10 mmWS");
    assertThat(shown(BENCH.decode("{\"draught\":\"10 mmWS\"}"))).containsExactly("draught 10 mmWS");
  }

  @Test
  void unitOfASenmlRecordIsTakenAlike() throws Exception {
    assertThat(
            shown(
                BENCH.decode(
                    "[{\"n\":\"flow\",\"u\":\"GPM\",\"v\":10},"
                        + "{\"n\":\"draught\",\"u\":\"Pa\",\"v\":98.0665}]")))
        .containsExactly("flow 37.85411784 l/min", "draught 10 mmWS");
  }
}
