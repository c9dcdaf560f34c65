package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What build/deb makes of an archive, which stands for the real one here: where its parts lie, and
 * that they name each other. {@code build/try-deb} takes them through their lives.
 */
class DebianPackagesTest {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final Pattern OTHERS = Pattern.compile("sluice(?!-fleet)[./ ]|[/ ]sluice$");

  @TempDir private Path directory;

  private Path unpacked(String name) throws Exception {
    Path folder = Files.createDirectories(directory.resolve(name + "-1.2.3"));
    Files.writeString(folder.resolve("THIRD-PARTY.txt"), "licences");
    Files.createDirectories(folder.resolve("bin"));
    Path launcher = folder.resolve("bin/sluice");
    Files.copy(ROOT.resolve("sluice"), launcher);
    Path archive = directory.resolve(name + "-1.2.3-linux-x86_64.tar.gz");
    Tool.run("tar", "-C", directory.toString(), "-czf", archive.toString(), name + "-1.2.3")
        .succeeded();
    String said =
        Tool.run(ROOT.resolve("build/deb").toString(), archive.toString()).succeeded().output();
    Path made = directory.resolve(name + "_1.2.3_amd64.deb");
    assertThat(said.strip()).endsWith(made.toString());
    Path into = directory.resolve("into");
    Tool.run("dpkg-deb", "-R", made.toString(), into.toString()).succeeded();
    return into;
  }

  @ParameterizedTest
  @CsvSource({"sluice, sluice, sluice.yaml", "sluice-fleet, sluice-fleet, fleet.yaml"})
  void aPackageHasItsCommandItsUnitAndItsConfiguration(String name, String command, String file)
      throws Exception {
    boolean isHere = Files.isExecutable(Path.of("/usr/bin/dpkg-deb"));
    assertThat(isHere || System.getenv("SLUICE_REQUIRE_TOOLS") == null).isTrue();
    Assumptions.assumeTrue(isHere);
    Path root = unpacked(name);
    Path binary = root.resolve("usr/bin").resolve(command);
    assertThat(Files.isExecutable(binary)).isTrue();
    String unit = Files.readString(root.resolve("usr/lib/systemd/system/" + name + ".service"));
    assertThat(unit)
        .contains(
            "ExecStart=/usr/bin/" + command + " run --config /etc/" + name + "/" + file,
            "EnvironmentFile=-/etc/" + name + "/environment",
            "User=" + name,
            "Type=notify",
            "RestartPreventExitStatus=2",
            "SuccessExitStatus=143",
            "StateDirectory=" + name);
    assertThat(Files.readString(root.resolve("DEBIAN/control")))
        .contains("Package: " + name + "\n", "Version: 1.2.3\n", "Description: ");
    List<String> kept = Files.readAllLines(root.resolve("DEBIAN/conffiles"));
    assertThat(kept).containsExactly("/etc/" + name + "/" + file, "/etc/" + name + "/environment");
    for (String each : kept) {
      assertThat(root.resolve(each.substring(1))).isRegularFile();
    }
    for (String script : List.of("postinst", "prerm", "postrm")) {
      String text = Files.readString(root.resolve("DEBIAN").resolve(script));
      Tool.run("sh", "-n", root.resolve("DEBIAN").resolve(script).toString()).succeeded();
      assertThat(text).contains(name + ".service");
      if (!name.equals("sluice")) {
        // the other one's user, files and unit are not its own
        assertThat(text.lines()).noneMatch(line -> OTHERS.matcher(line).find());
      }
    }
    assertThat(ROOT.resolve("build/package/try/" + name + ".sh")).isRegularFile();
    String data = name.equals("sluice") ? "data: /var/lib/sluice " : "state: /var/lib/" + name;
    assertThat(Files.readString(root.resolve("etc/" + name + "/" + file))).contains(data);
  }

  @ParameterizedTest
  @CsvSource({"sluice", "sluice-fleet"})
  void systemdTakesTheUnit(String name) throws IOException, InterruptedException {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")));
    // what it starts is not installed here
    String unit =
        Files.readString(ROOT.resolve("build/package/debian/" + name + ".service"))
            .replaceAll("(?m)^ExecStart=\\S+", "ExecStart=/bin/true")
            .replaceAll("(?m)^Documentation=.*\n", "");
    Path file = Files.writeString(directory.resolve(name + ".service"), unit);
    Tool verified = Tool.run("systemd-analyze", "verify", "--man=no", file.toString());
    assertThat(verified.output()).doesNotContain(name + ".service:");
    assertThat(verified.exitCode()).as(verified.output()).isZero();
  }
}
