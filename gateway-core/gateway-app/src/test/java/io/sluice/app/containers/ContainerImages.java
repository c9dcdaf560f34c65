package io.sluice.app.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.testkit.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/**
 * The images that the tests run, as build/images makes them; the gateway's from what Maven has just
 * packaged, under a name of this run's own.
 */
final class ContainerImages {
  static final String MOSQUITTO = "eclipse-mosquitto:2.0";
  static final String KAFKA =
      "apache/kafka:"
          + Objects.requireNonNull(System.getProperty("sluice.test.kafka"), "set by Maven");
  static final String GATEWAY = "sluice:test-" + ProcessHandle.current().pid();

  private static final Path SCRIPT = Path.of("../../build/images");
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private static boolean isMade;

  private ContainerImages() {}

  /**
   * Skips the test where no Docker engine answers; in CI, where {@code SLUICE_REQUIRE_TOOLS} is
   * set, that is a failure.
   */
  static void make() throws IOException, InterruptedException {
    boolean required = System.getenv("SLUICE_REQUIRE_TOOLS") != null;
    assumeTrue(
        required || run("docker", "version").exitCode() == 0,
        "no Docker engine answers: build/images starts Debian's (docs/containers.md)");
    assumeTrue(
        required || Files.exists(Path.of("target/sluice/sluice-sbom.json")),
        "packaged without its bill of materials, as mvn -o does: there is no archive to make an image of");
    Program made = run(SCRIPT.toString(), "--packaged");
    assertThat(made.exitCode()).as("build/images: " + made.output()).isZero();
    isMade = true;
  }

  static void removeGateway() throws IOException, InterruptedException {
    if (!isMade) {
      return;
    }
    Program removed = run("docker", "image", "rm", GATEWAY);
    assertThat(removed.exitCode()).as(removed.output()).isZero();
  }

  private static Program run(String... command) throws IOException, InterruptedException {
    return Program.run(LIMIT, Map.of("SLUICE_IMAGE", GATEWAY), command);
  }
}
