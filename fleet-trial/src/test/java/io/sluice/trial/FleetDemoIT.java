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
import java.util.concurrent.atomic.AtomicReference;
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

  /** How often it is begun until a part is seen that lives for a second or so. */
  private static final int TRIES = 5;

  @TempDir private Path directory;
  private Process demo;
  private int run;

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
    run++;
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
                directory.resolve("demo-" + run).toString())
            .redirectErrorStream(true)
            .redirectOutput(out().toFile())
            .start();
  }

  @AfterEach
  void end() {
    if (demo != null) {
      demo.descendants().forEach(ProcessHandle::destroyForcibly);
      demo.destroyForcibly();
    }
  }

  private Path out() {
    return directory.resolve("out-" + run);
  }

  private String said() throws IOException {
    return Files.readString(out());
  }

  private void awaitLine(String text) {
    await().atMost(Duration.ofMinutes(3)).until(() -> !demo.isAlive() || said().contains(text));
  }

  /**
   * What it has started.
   *
   * @param lines their command lines, at the same moment
   */
  private record Parts(List<ProcessHandle> all, List<String> lines) {
    static Parts of(Process demo) {
      List<ProcessHandle> all = demo.descendants().toList();
      return new Parts(
          all, all.stream().map(each -> each.info().commandLine().orElse("")).toList());
    }

    boolean has(String program) {
      return lines.stream().anyMatch(each -> each.contains("/" + program));
    }

    /** Of PostgreSQL. */
    Set<Path> folders() {
      return lines.stream()
          .map(POSTGRES::matcher)
          .filter(Matcher::find)
          .map(found -> Path.of(found.group()))
          .collect(Collectors.toSet());
    }
  }

  /**
   * Waits until that program is among its parts. Where it was over before anybody looked, all is
   * begun once more.
   *
   * @param past what is said after it
   */
  private Parts awaitProgram(String name, String past) throws Exception {
    AtomicReference<Parts> seen = new AtomicReference<>();
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      await()
          .atMost(Duration.ofMinutes(3))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> {
            seen.set(Parts.of(demo));
            return seen.get().has(name) || !demo.isAlive() || said().contains(past);
          });
      if (seen.get().has(name) || !demo.isAlive()) {
        return seen.get();
      }
      interrupt();
      assertThat(demo.waitFor(2, TimeUnit.MINUTES)).as(said()).isTrue();
      start();
    }
    throw new AssertionError(name + " was not seen in " + TRIES + " starts");
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
    Parts parts = Parts.of(demo);
    assertThat(parts.all()).as(said()).hasSizeGreaterThan(7);
    Set<Path> folders = parts.folders();
    assertThat(folders).hasSize(1);
    interrupt();
    assertThat(demo.waitFor(4, TimeUnit.MINUTES)).as(said()).isTrue();
    assertThat(said()).contains("stopping the devices", "ledgers: all gateways' balance");
    assertThat(demo.exitValue()).as(said()).isZero();
    assertEnded(parts.all());
    assertThat(folders).noneMatch(Files::exists);
  }

  @ParameterizedTest
  @ValueSource(strings = {"initdb", "making tables and topics", "starting 3 gateways"})
  void ctrlCWhileItStartsEndsItAtOnce(String when) throws Exception {
    Parts parts;
    if (when.equals("initdb")) {
      parts = awaitProgram(when, "making tables and topics");
    } else {
      awaitLine(when);
      parts = Parts.of(demo);
    }
    assertThat(parts.all()).as(said()).isNotEmpty();
    Set<Path> folders = parts.folders();
    assertThat(folders).as(said()).hasSize(1);
    interrupt();
    assertThat(demo.waitFor(2, TimeUnit.MINUTES)).as(said()).isTrue();
    assertThat(said()).contains("interrupted before the devices began").doesNotContain("sluice:");
    assertThat(demo.exitValue()).as(said()).isZero();
    assertEnded(parts.all());
    assertThat(folders).noneMatch(Files::exists);
  }

  @Test
  void whereItIsKilledItsChildrenEnd() throws Exception {
    awaitLine("sluice fleet init");
    Parts parts = Parts.of(demo);
    assertThat(parts.all()).as(said()).hasSizeGreaterThan(2);
    Set<Path> folders = parts.folders();
    assertThat(folders).hasSize(1);
    demo.destroyForcibly().waitFor();
    assertEnded(parts.all());
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
