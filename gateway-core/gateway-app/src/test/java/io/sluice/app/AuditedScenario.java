package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.demo.Demo;
import io.sluice.sim.scenario.Scenario;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A scenario that is shipped, with all its faults, against the gateway; audited. */
record AuditedScenario(Path file, Scenario scenario) {
  private static final Path SCENARIOS = Path.of("../../config/scenarios");
  private static final Path PROFILES = Path.of("../../config/profiles");

  /** All of config/scenarios, in order. */
  static List<AuditedScenario> shipped() throws Exception {
    List<Path> files;
    try (Stream<Path> found = Files.list(SCENARIOS)) {
      files = found.sorted().toList();
    }
    List<AuditedScenario> all = new ArrayList<>();
    for (Path file : files) {
      all.add(new AuditedScenario(file, Scenario.load(file)));
    }
    return all;
  }

  /** Whether its clock goes faster than this machine's. */
  boolean isLapse() {
    return scenario.speed() > 1;
  }

  /**
   * Plays it, and writes what was said to target/scenarios.
   *
   * @param speed of its clock
   * @param length by that clock
   */
  void holds(int speed, Duration length, Path directory) throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    boolean holds =
        new Demo(
                WiredGateway::start,
                scenario,
                speed,
                PROFILES,
                directory,
                new PrintStream(printed, true, StandardCharsets.UTF_8))
            .run(length);
    String text = printed.toString(StandardCharsets.UTF_8);
    Files.createDirectories(Path.of("target/scenarios"));
    Files.writeString(
        Path.of("target/scenarios").resolve(file.getFileName().toString() + ".txt"), text);
    assertThat(holds).as(text.substring(text.indexOf("upstream "))).isTrue();
    assertThat(text).contains("coverage: reported as it was");
  }

  @Override
  public String toString() {
    return file.getFileName().toString();
  }
}
