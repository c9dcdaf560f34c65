package io.sluice.trial;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.sim.scenario.Scenario;
import io.sluice.trial.run.Trial;
import io.sluice.trial.stage.Needs;
import io.sluice.trial.stage.Programs;
import io.sluice.trial.stage.Stage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The short trial of a fleet of real processes: gateways and views as they have just been packaged.
 */
@Timeout(1_200)
class FleetTrialIT {
  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
  private static final int DEVICES = 120;

  @TempDir private Path directory;

  /** What the launcher runs, where it is packaged: a library that is missing there shows. */
  private static String classPath(String module) {
    Path lib = HOME.resolve("gateway-core").resolve(module).resolve("target/sluice/lib");
    return Files.isDirectory(lib)
        ? lib.resolve("*").toString()
        : System.getProperty("java.class.path");
  }

  static Programs programs(Path home) {
    return Programs.of(home, classPath("gateway-app"), classPath("gateway-fleet"));
  }

  @Test
  void whatIsKilledAndUpgradedLosesNothingAndTheViewTellsTheTruth() throws Exception {
    String missing = Needs.missing();
    Assumptions.assumeTrue(missing == null, String.valueOf(missing));
    Scenario scenario = FleetScenario.write(directory, DEVICES, 2);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    boolean holds;
    try (Stage stage =
        Stage.start(
            programs(HOME),
            HOME,
            directory.resolve("stage"),
            scenario.devicesYaml(),
            out::println)) {
      Thread end = new Thread(stage::kill);
      Runtime.getRuntime().addShutdownHook(end);
      holds = new Trial(stage, scenario, true, out).run();
      Runtime.getRuntime().removeShutdownHook(end);
    }
    String text = said.toString(StandardCharsets.UTF_8);
    assertThat(holds).as(text).isTrue();
    // what holds of nothing proves nothing
    assertThat(text)
        .contains(
            "as it was, to the slot", "kill -9 of Kafka", "upgrade of gw-1", "THE TRIAL HOLDS")
        .doesNotContain("commands: 0 taken", "of the devices roamed, 0 changes");
  }
}
