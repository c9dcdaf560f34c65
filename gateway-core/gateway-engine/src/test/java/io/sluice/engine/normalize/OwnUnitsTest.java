package io.sluice.engine.normalize;

import static io.sluice.engine.normalize.SelectorsTest.shown;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.config.Checked;
import io.sluice.engine.normalize.profile.Profiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  @Test
  void unitsOfTheConfigurationHoldForAllProfilesAndTheirOwnGoBefore(@TempDir Path folder)
      throws Exception {
    Path plain = folder.resolve("plain.yaml");
    Files.writeString(plain, "metrics: { flow: { unit: m3/h, from: [{ path: f, unit: GPM }] } }\n");
    Path own = folder.resolve("own.yaml");
    Files.writeString(
        own,
        "units: { GPM: { unit: l/min, factor: 4.54609 } }\nmetrics: { flow: { unit: l/min } }\n");
    UnitSettings settings =
        new UnitSettings(
            Map.of(
                "GPM", new UnitSettings.Own("L/min", 3.785411784, 0),
                "uSv/h", new UnitSettings.Own(null, 1, 0)));
    assertThat(settings.problems()).isEmpty();
    Profiles.Loaded loaded = Profiles.load(List.of(plain, own), null, settings.units());
    assertThat(loaded.faults()).isEmpty();
    assertThat(loaded.warnings()).isEmpty();
    assertThat(shown(Bench.with(loaded.profiles(), "plain").decode("{\"f\":100}")))
        .containsExactly("flow 22.712470704 m3/h");
    assertThat(shown(Bench.with(loaded.profiles(), "own").decode("{\"flow\":\"10 GPM\"}")))
        .containsExactly("flow 45.4609 l/min");
  }

  @Test
  void whatIsNoUnitIsAProblemOfTheConfiguration() {
    UnitSettings settings =
        new UnitSettings(
            Map.of(
                "GPM", new UnitSettings.Own("l/min", 0, 0),
                "kW", new UnitSettings.Own(null, 1, 0),
                "furlong", new UnitSettings.Own("ells", 2, 0),
                "x", new UnitSettings.Own(null, 2, 0)));
    assertThat(settings.problems())
        .extracting(Checked.Problem::message)
        .containsExactlyInAnyOrder(
            "\"GPM\": factor must be a number other than 0, such as 3.785411784",
            "\"kW\": is in the table of units already; leave it out",
            "\"furlong\": unit \"ells\" is not in the table of units; name one of it",
            "\"x\": unit is missing; say into which unit the factor leads");
  }
}
