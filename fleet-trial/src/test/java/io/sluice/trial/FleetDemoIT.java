package io.sluice.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.trial.stage.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** However the demo of a fleet is ended, nothing that it started is left. */
@Timeout(300)
class FleetDemoIT {
  @TempDir private Path directory;
  private Process demo;

  /** What the launcher does, with what is being built. */
  static final class Demo {
    public static void main(String[] words) {
      Main.run(FleetTrialIT::programs, words);
    }
  }

  @BeforeEach
  void start() throws IOException {
    String missing = Needs.missing();
    Assumptions.assumeTrue(missing == null, String.valueOf(missing));
    // a session of its own, as at a terminal: Ctrl-C goes to all of its foreground group
    demo =
        new ProcessBuilder(
                "setsid",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dsluice.home=" + Path.of("..").toAbsolutePath().normalize(),
                "-cp",
                System.getProperty("java.class.path"),
                Demo.class.getName(),
                "--fleet",
                "--devices",
                "20",
                "--directory",
                directory.resolve("demo").toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("out").toFile())
            .start();
  }

  @AfterEach
  void end() {
    if (demo != null) {
      demo.descendants().forEach(ProcessHandle::destroyForcibly);
      demo.destroyForcibly();
    }
  }

  private String said() throws IOException {
    return Files.readString(directory.resolve("out"));
  }

  private void awaitLine(String text) {
    await().atMost(Duration.ofMinutes(3)).until(() -> !demo.isAlive() || said().contains(text));
  }

  private void interrupt() throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", "-INT", "--", "-" + demo.pid()).start().waitFor())
        .isZero();
  }

  private static void assertEnded(List<ProcessHandle> all) {
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(() -> assertThat(all).noneMatch(ProcessHandle::isAlive));
  }

  @Test
  void ctrlCEndsItWithItsAuditAndNothingIsLeft() throws Exception {
    awaitLine(" connected (");
    List<ProcessHandle> all = demo.descendants().toList();
    assertThat(all).as(said()).hasSizeGreaterThan(7);
    interrupt();
    assertThat(demo.waitFor(60, TimeUnit.SECONDS)).as(said()).isTrue();
    assertThat(said()).contains("stopping the devices", "ledgers: all gateways' balance");
    assertThat(demo.exitValue()).as(said()).isZero();
    assertEnded(all);
  }

  @Test
  void ctrlCWhileItStartsEndsItAtOnce() throws Exception {
    awaitLine("sluice fleet init");
    List<ProcessHandle> all = demo.descendants().toList();
    assertThat(all).as(said()).hasSizeGreaterThan(2);
    interrupt();
    assertThat(demo.waitFor(20, TimeUnit.SECONDS)).as(said()).isTrue();
    assertThat(said()).contains("interrupted before the devices began").doesNotContain("sluice:");
    assertThat(demo.exitValue()).as(said()).isZero();
    assertEnded(all);
  }

  @Test
  void whereItIsKilledItsChildrenEnd() throws Exception {
    awaitLine("sluice fleet init");
    List<ProcessHandle> all = demo.descendants().toList();
    assertThat(all).as(said()).hasSizeGreaterThan(2);
    demo.destroyForcibly().waitFor();
    assertEnded(all);
  }
}
