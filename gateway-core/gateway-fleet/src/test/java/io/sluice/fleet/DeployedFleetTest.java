package io.sluice.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The fleet's configurations that are shipped, as {@code sluice fleet check} takes them. */
class DeployedFleetTest {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

  @TempDir private Path directory;

  /** With secrets in place of the files that a deployment mounts. */
  private Path here(String file) throws IOException {
    String text =
        Files.readString(ROOT.resolve(file))
            .replace("${SLUICE_FLEET_ADVERTISE}", "fleet-1:8080")
            .replace("${SLUICE_POD}", "fleet-1")
            .replaceAll("token-file: /run/secrets/[^\\s,}]+", "token: a-token-of-tests-0123")
            .replaceAll("password-file: /run/secrets/\\S+", "password: a-password-of-tests")
            .replaceAll("/(opt|usr/lib)/sluice(-fleet)?/config", ROOT.resolve("config").toString())
            // files that the cluster's operators write
            .replaceAll("(?m)^ *tls: \\{ ca: /run.*\n", "")
            .replaceAll("(?m)^ *tls:\n", "")
            .replaceAll("(?m)^ *(ca|certificate|key): /run/secrets.*\n", "");
    Path config = Files.writeString(directory.resolve("fleet.yaml"), text);
    return Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-------"));
  }

  @ParameterizedTest
  @CsvSource({
    "config/deploy/compose/fleet.yaml, true",
    "config/deploy/compose/init.yaml, true",
    "config/deploy/kubernetes/base/fleet-config.yaml, true",
    "config/deploy/kubernetes/base/init-config.yaml, true",
    "build/package/debian/fleet.yaml, false"
  })
  void theViewTakesTheConfigurationsThatAreShipped(String file, boolean hasStore)
      throws IOException {
    CommandLines check =
        CommandLines.run(new String[0], "check", "--config", here(file).toString());
    assertThat(check.code()).as(file + ": " + check.err()).isZero();
    if (hasStore) {
      assertThat(check.err()).as(file).isEmpty();
    } else {
      assertThat(check.err()).as(file).contains("fleet.store is missing");
    }
  }
}
