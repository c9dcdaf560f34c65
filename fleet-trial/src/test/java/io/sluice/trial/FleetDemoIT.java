package io.sluice.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.trial.stage.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However the demo of a fleet is ended, nothing that it started is left. */
@Timeout(600)
class FleetDemoIT {
  private static final Pattern POSTGRES = Pattern.compile("/\\S*/sluice-postgresql-\\d+");

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
    // a session of its own, as at a terminal: Ctrl-C goes to all of its foreground group; what a
    // shell runs in its background, such as these tests, may have been told to ignore it
    demo =
        new ProcessBuilder(
                "setsid",
                "env",
                "--default-signal=INT",
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

  /** Waits until that program is among its parts. */
  private void awaitProgram(String name) {
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() ->
            !demo.isAlive()
                || demo.descendants().anyMatch(each -> commandLine(each).contains("/" + name)));
  }

  private static String commandLine(ProcessHandle process) {
    return process.info().commandLine().orElse("");
  }

  /** Of PostgreSQL. */
  private static Set<Path> folders(List<ProcessHandle> all) {
    return all.stream()
        .map(each -> POSTGRES.matcher(commandLine(each)))
        .filter(Matcher::find)
        .map(found -> Path.of(found.group()))
        .collect(Collectors.toSet());
  }

  private void interrupt() throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", "-INT", "--", "-" + demo.pid()).start().waitFor())
        .isZero();
  }

  private static void assertEnded(List<ProcessHandle> all) {
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> assertThat(all).noneMatch(ProcessHandle::isAlive));
  }

  @Test
  void ctrlCEndsItWithItsAuditAndNothingIsLeft() throws Exception {
    awaitLine(" connected (");
    List<ProcessHandle> all = demo.descendants().toList();
    assertThat(all).as(said()).hasSizeGreaterThan(7);
    Set<Path> folders = folders(all);
    assertThat(folders).hasSize(1);
    interrupt();
    assertThat(demo.waitFor(2, TimeUnit.MINUTES)).as(said()).isTrue();
    assertThat(said()).contains("stopping the devices", "ledgers: all gateways' balance");
    assertThat(demo.exitValue()).as(said()).isZero();
    assertEnded(all);
    assertThat(folders).noneMatch(Files::exists);
  }

  @ParameterizedTest
  @ValueSource(strings = {"initdb", "making tables and topics", "starting 3 gateways"})
  void ctrlCWhileItStartsEndsItAtOnce(String when) throws Exception {
    if (when.equals("initdb")) {
      awaitProgram(when);
    } else {
      awaitLine(when);
    }
    List<ProcessHandle> all = demo.descendants().toList();
    assertThat(all).as(said()).isNotEmpty();
    Set<Path> folders = folders(all);
    assertThat(folders).as(said()).hasSize(1);
    interrupt();
    assertThat(demo.waitFor(2, TimeUnit.MINUTES)).as(said()).isTrue();
    assertThat(said()).contains("interrupted before the devices began").doesNotContain("sluice:");
    assertThat(demo.exitValue()).as(said()).isZero();
    assertEnded(all);
    assertThat(folders).noneMatch(Files::exists);
  }

  @Test
  void whereItIsKilledItsChildrenEnd() throws Exception {
    awaitLine("sluice fleet init");
    List<ProcessHandle> all = demo.descendants().toList();
    assertThat(all).as(said()).hasSizeGreaterThan(2);
    Set<Path> folders = folders(all);
    assertThat(folders).hasSize(1);
    demo.destroyForcibly().waitFor();
    assertEnded(all);
    // nobody was left to take them away
    for (Path folder : folders) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
