package io.sluice.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.sim.FleetRunTest.Mosquitto;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A simulator that may open fewer files than there are devices: a process of its own. */
class FileLimitTest {
  private static final int LIMIT = 300;

  @TempDir Path folder;

  @Test
  void thoseThatFindAPlacePlayAndTheRemedyIsNamed() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "no prlimit");
    Path scenario =
        Files.writeString(
            folder.resolve("scenario.yaml"),
            "name: many\ngroups:\n  - { profile: energy-meter, count: 150, interval: 1s }\n");
    Path output = folder.resolve("out.txt");
    try (Mosquitto broker = Mosquitto.start(folder)) {
      Process process =
          new ProcessBuilder(
                  "/usr/bin/prlimit",
                  "--nofile=" + LIMIT + ":" + LIMIT,
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  SimCommand.class.getName(),
                  "run",
                  "--scenario",
                  scenario.toString(),
                  "--mqtt",
                  broker.uri().toString(),
                  "--duration",
                  "8s")
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      assertThat(process.waitFor()).isZero();
      String said = Files.readString(output, StandardCharsets.UTF_8);
      assertThat(said)
          .contains("about 100 of the 150 MQTT devices can connect; raise it with ulimit -n 350")
          .contains("no connection, as the limit of open files is 300; raise it with ulimit -n")
          .doesNotContain("Too many open files", "Exception");
    }
  }
}
