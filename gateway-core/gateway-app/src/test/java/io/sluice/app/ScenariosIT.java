package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.demo.Demo;
import io.sluice.sim.scenario.Scenario;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each scenario that is shipped, with all its faults, against the gateway; audited. */
class ScenariosIT {
  private static final Path SCENARIOS = Path.of("../../config/scenarios");
  private static final Path PROFILES = Path.of("../../config/profiles");

  /** A day in 36 s. */
  private static final int FASTER = 2_400;

  @TempDir Path directory;

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(SCENARIOS)) {
      return files.sorted().toList();
    }
  }

  /** Vendors' devices have no faults that take time. */
  private static Duration length(Scenario scenario) {
    return Duration.ofSeconds(scenario.dialects().isEmpty() ? 14 : 8);
  }

  @ParameterizedTest
  @MethodSource("files")
  void whatTheFleetWasAcknowledgedIsAtTheFarEnd(Path file) throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    Scenario scenario = Scenario.load(file);
    boolean isLapse = scenario.speed() > 1;
    boolean holds =
        new Demo(
                WiredGateway::start,
                scenario,
                isLapse ? FASTER : 1,
                PROFILES,
                directory,
                new PrintStream(printed, true, StandardCharsets.UTF_8))
            .run(isLapse ? Duration.ofDays(1) : length(scenario));
    String text = printed.toString(StandardCharsets.UTF_8);
    Files.createDirectories(Path.of("target/scenarios"));
    Files.writeString(
        Path.of("target/scenarios").resolve(file.getFileName().toString() + ".txt"), text);
    assertThat(holds).as(text.substring(text.indexOf("upstream "))).isTrue();
    assertThat(text).contains("coverage: reported as it was");
  }
}
