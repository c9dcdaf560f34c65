package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.config.GatewayFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files with secrets that others may read are told; a configuration that they may write is not run.
 */
class SecretFilesTest {
  @TempDir Path directory;

  private final StringWriter err = new StringWriter();
  private Path config;

  @BeforeEach
  void open() throws IOException {
    mode(directory, "rwxr-xr-x");
    config = new Setup(directory).config();
    mode(config, "rw-r--r--");
    mode(directory.resolve("devices.yaml"), "rw-------");
  }

  private static void mode(Path file, String permissions) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  private @Nullable GatewayFiles load() {
    return GatewayFiles.load(config, new PrintWriter(err, true));
  }

  private String warningOf(Path file) {
    return "warning: %s is readable by every user of this machine: chmod 600 %s"
        .formatted(file, file);
  }

  private void admin(String token) throws IOException {
    String text = Files.readString(config);
    Files.writeString(
        config, text.replace("admin: { port: 0 }", "admin: { port: 0, " + token + " }"));
  }

  @Test
  void configurationWithoutASecretMayBeRead() {
    assertThat(load()).isNotNull();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void literalSecretInAReadableConfigurationIsTold() throws IOException {
    admin("token: a-literal-token-of-length");
    GatewayFiles files = Objects.requireNonNull(load());
    assertThat(err.toString().lines()).containsExactly(warningOf(config));
    assertThat(files.exposed().getFirst().event().action()).isEqualTo("secret.exposed");
  }

  @Test
  void secretsFileDevicesAndRegistryAreTold() throws IOException {
    Path secret = Files.writeString(directory.resolve("token"), "a-token-in-a-file-of-its-own");
    mode(secret, "rw-r--r--");
    admin("token-file: token");
    Path devices = directory.resolve("devices.yaml");
    mode(devices, "rw-r--r--");
    Path data = Files.createDirectories(directory.resolve("var"));
    Path key = Files.writeString(data.resolve("registry.key"), "k");
    mode(key, "rw-r--r--");
    Objects.requireNonNull(load());
    assertThat(err.toString()).contains(warningOf(secret)).contains(warningOf(devices));
    assertThat(err.toString()).contains("registry.key is readable");
    assertThat(err.toString().lines()).hasSize(3);
  }

  @Test
  void fileBelowADirectoryThatOthersCannotEnterIsOutOfReach() throws IOException {
    admin("token: a-literal-token-of-length");
    mode(directory, "rwx------");
    assertThat(load()).isNotNull();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void configurationThatOthersMayWriteIsAFault() throws IOException {
    mode(config, "rw-rw-rw-");
    assertThat(load()).isNull();
    assertThat(err.toString())
        .contains("sluice.yaml:1:1: is writable by every user of this machine; chmod 600 ");
  }
}
