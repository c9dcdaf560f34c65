package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher of an archive, with a Java that tells how it was started. */
class LauncherTest {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

  @TempDir Path home;

  @BeforeEach
  void archive() throws Exception {
    Files.createDirectories(home.resolve("lib"));
    Files.createFile(home.resolve("lib/sluice.jar"));
    script(home.resolve("runtime/bin/java"), "#!/bin/sh\necho \"LC_ALL=${LC_ALL:-}\"\n");
    Files.writeString(home.resolve("runtime/release"), "JAVA_VERSION=\"25.0.1\"\n");
    script(home.resolve("bin/sluice"), Files.readString(ROOT.resolve("sluice")));
    script(home.resolve("bin/find-java"), Files.readString(ROOT.resolve("build/find-java")));
  }

  private static void script(Path file, String text) throws Exception {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private String locale(Map<String, String> environment) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(home.resolve("bin/sluice").toString(), "device", "list");
    builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
    builder.environment().put("SLUICE_JAVA_HOME", home.resolve("runtime").toString());
    builder.environment().putAll(environment);
    Process process = builder.redirectErrorStream(true).start();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  /** In the C locale Java destroys every letter beyond ASCII in arguments and file names. */
  @Test
  void argumentsAreUtf8WithoutALocaleToo() throws Exception {
    assertThat(locale(Map.of())).isEqualTo("LC_ALL=C.UTF-8");
    assertThat(locale(Map.of("LC_ALL", "C"))).isEqualTo("LC_ALL=C.UTF-8");
    assertThat(locale(Map.of("LANG", "POSIX"))).isEqualTo("LC_ALL=C.UTF-8");
    assertThat(locale(Map.of("LANG", "en_GB.ISO-8859-1"))).isEqualTo("LC_ALL=C.UTF-8");
  }

  @Test
  void aLocaleInUtf8Stays() throws Exception {
    assertThat(locale(Map.of("LANG", "zh_CN.UTF-8"))).isEqualTo("LC_ALL=");
    assertThat(locale(Map.of("LC_ALL", "de_DE.utf8"))).isEqualTo("LC_ALL=de_DE.utf8");
  }

  private String refused(String... command) throws Exception {
    List<String> line = new ArrayList<>(List.of(home.resolve("bin/sluice").toString()));
    line.addAll(List.of(command));
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.environment().put("SLUICE_JAVA_HOME", home.resolve("runtime").toString());
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isEqualTo(2);
    return said;
  }

  /** The gateway and the fleet's view are archives of their own. */
  @Test
  void anArchiveHasItsOwnCommandsAlone() throws Exception {
    assertThat(refused("fleet", "run")).contains("sluice-fleet");
    assertThat(refused("demo", "--duration", "1s", "--fleet"))
        .contains("a checkout of the sources");
    Files.createFile(home.resolve("lib/gateway-fleet-0.1.0.jar"));
    assertThat(refused("run")).contains("the fleet's view alone", "sluice fleet run");
  }

  @Test
  void theImageHasOneInUtf8() throws Exception {
    assertThat(Files.readString(ROOT.resolve("docker/Dockerfile"))).contains("LC_ALL=C.UTF-8");
  }
}
