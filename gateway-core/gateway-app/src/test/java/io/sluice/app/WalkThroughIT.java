package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.Version;
import io.sluice.testkit.FreePort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive as build/dist makes it, and the commands of docs/install.md run against it. */
class WalkThroughIT {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

  private static Path archive;

  @TempDir Path directory;

  @BeforeAll
  static void makeArchive() throws Exception {
    String said = run(ROOT, "build/dist", "--built");
    archive = Path.of(said.lines().toList().getLast());
    assertThat(archive).as(said).isRegularFile();
  }

  /** Runs to its end, which has to be exit code 0, and returns what it said. */
  private static String run(Path folder, String... command) throws Exception {
    Path output = Files.createTempFile("walk", ".out");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(5, TimeUnit.MINUTES);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
    String said = Files.readString(output, StandardCharsets.UTF_8);
    Files.delete(output);
    assertThat(ended && process.exitValue() == 0).as(said).isTrue();
    return said;
  }

  private static List<String> blocks() throws IOException {
    List<String> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(Files.readString(ROOT.resolve("docs/install.md")));
    while (matcher.find()) {
      blocks.add(matcher.group(1));
    }
    return blocks;
  }

  @Test
  void everyCommandOfTheInstallPageWorksInItsOrder() throws Exception {
    String admin = String.valueOf(FreePort.next());
    String commands =
        String.join("\n", blocks())
            .replace("1883", String.valueOf(FreePort.next()))
            .replace("5683", String.valueOf(FreePort.next()))
            .replace("8080", admin)
            .replaceAll(
                "bin/sluice (status|ledger|coverage|support-bundle)",
                "bin/sluice $1 --admin http://127.0.0.1:" + admin);
    Files.copy(archive, directory.resolve(archive.getFileName()));
    Path script = directory.resolve("walk.sh");
    // whatever fails, the gateway ends with the shell
    Files.writeString(
        script, "set -eu\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n" + commands);
    String said = run(directory, "bash", script.toString());
    assertThat(said)
        .contains("first/sluice.yaml: no fault found")
        .containsPattern("ready coap=127.0.0.1:\\d+ mqtt=127.0.0.1:\\d+ admin=127.0.0.1:\\d+ in ")
        .contains("press-01", "water-01", "velocityRms")
        .containsPattern("archive +telemetry +2 +2 +0")
        .contains("plant-a")
        .contains("support/doctor.txt");
  }

  @Test
  void archiveBringsItsOwnRuntimeAndUsesItsCacheWhereverItIsUnpacked() throws Exception {
    Path home = directory.resolve("opt with a blank");
    Files.createDirectories(home);
    run(home, "tar", "-xzf", archive.toString(), "--strip-components=1");
    for (String part :
        List.of(
            "bin/sluice",
            "lib/sluice.aot",
            "adapters",
            "config/sluice.yaml",
            "docs/install.md",
            "runtime/bin/java",
            "sluice-sbom.json",
            "THIRD-PARTY.txt")) {
      assertThat(home.resolve(part)).exists();
    }
    Path classes = directory.resolve("classes.txt");
    String sluice = home.resolve("bin/sluice").toString();
    String options = "SLUICE_OPTS=-Xlog:class+load:file=" + classes;
    assertThat(run(home, "env", "-u", "JAVA_HOME", options, sluice, "--version"))
        .isEqualTo("sluice " + Version.current() + "\n");
    assertThat(Files.readString(classes)).contains("io.sluice.app.Main source: shared objects");
    assertThat(run(home, "env", "SLUICE_OPTS=-XX:-UseCompactObjectHeaders", sluice, "--version"))
        .as("a cache that does not fit is passed over in silence")
        .isEqualTo("sluice " + Version.current() + "\n");
  }
}
