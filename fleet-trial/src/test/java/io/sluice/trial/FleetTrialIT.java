package io.sluice.trial;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.sim.scenario.Scenario;
import io.sluice.trial.stage.Needs;
import io.sluice.trial.stage.Programs;
import io.sluice.trial.stage.Stage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole fleet of real processes: gateways and views as they have just been packaged. */
@Timeout(300)
class FleetTrialIT {
  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
  private static final int DEVICES = 100;

  @TempDir private Path directory;

  /** What the launcher runs, where it is packaged: a library that is missing there shows. */
  private static String classPath(String module) {
    Path lib = HOME.resolve("gateway-core").resolve(module).resolve("target/sluice/lib");
    return Files.isDirectory(lib)
        ? lib.resolve("*").toString()
        : System.getProperty("java.class.path");
  }

  @Test
  void whatDevicesThatRoamWereAcknowledgedIsInTheFleetsTopicsAndInItsCoverage() throws Exception {
    String missing = Needs.missing();
    Assumptions.assumeTrue(missing == null, String.valueOf(missing));
    Scenario scenario = FleetScenario.write(directory, DEVICES, 1);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    boolean holds;
    try (Stage stage =
        Stage.start(
            Programs.of(HOME, classPath("gateway-app"), classPath("gateway-fleet")),
            HOME,
            directory.resolve("stage"),
            scenario.devicesYaml(),
            out::println)) {
      holds =
          new FleetDemo(stage, scenario, out).run(Duration.ofSeconds(20), new CountDownLatch(1));
    }
    assertThat(holds).as(said.toString(StandardCharsets.UTF_8)).isTrue();
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("audit: holds", "as it was, to the slot", "changes of gateway")
        .doesNotContain("of the devices roamed, 0 changes");
  }
}
