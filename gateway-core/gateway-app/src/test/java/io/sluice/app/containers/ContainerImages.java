package io.sluice.app.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

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
  private static final long LIMIT_SECONDS = 600;

  private static boolean isMade;

  private ContainerImages() {}

  /**
   * Skips the test where no Docker engine answers; in CI, where {@code SLUICE_REQUIRE_TOOLS} is
   * set, that is a failure.
   */
  static void make() throws IOException, InterruptedException {
    boolean required = System.getenv("SLUICE_REQUIRE_TOOLS") != null;
    assumeTrue(
        required || run("docker", "version").exitCode == 0,
        "no Docker engine answers: build/images starts Debian's (docs/containers.md)");
    assumeTrue(
        required || Files.exists(Path.of("target/sluice/sluice-sbom.json")),
        "packaged without its bill of materials, as mvn -o does: there is no archive to make an image of");
    Ended made = run(SCRIPT.toString(), "--packaged");
    assertThat(made.exitCode).as("build/images: " + made.output).isZero();
    isMade = true;
  }

  static void removeGateway() throws IOException, InterruptedException {
    if (!isMade) {
      return;
    }
    Ended removed = run("docker", "image", "rm", GATEWAY);
    assertThat(removed.exitCode).as(removed.output).isZero();
  }

  private record Ended(int exitCode, String output) {}

  private static Ended run(String... command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("images", ".out");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
      builder.environment().putAll(Map.of("SLUICE_IMAGE", GATEWAY));
      Process process;
      try {
        process = builder.start();
      } catch (IOException e) {
        return new Ended(127, e.toString());
      }
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
      }
      return new Ended(process.exitValue(), Files.readString(output));
    } finally {
      Files.delete(output);
    }
  }
}
