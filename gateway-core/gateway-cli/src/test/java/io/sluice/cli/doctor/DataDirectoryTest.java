package io.sluice.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.cli.config.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @TempDir Path directory;

  @Test
  void newOneIsItsOwnersOnly() throws IOException {
    Path data = directory.resolve("a/b");
    try (DataDirectory taken = DataDirectory.open(data)) {
      assertThat(taken).isNotNull();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
          .isEqualTo("rwx------");
      assertThat(new DiskChecks(data).privacy().grade()).isEqualTo(Finding.Grade.OK);
    }
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(new DiskChecks(data).privacy().line()).contains("chmod 700");
  }

  @Test
  void secondGatewayIsToldWhichKeyToChange() throws IOException {
    try (DataDirectory taken = DataDirectory.open(directory)) {
      assertThat(taken).isNotNull();
      assertThat(DataDirectory.isInUse(directory)).isTrue();
      assertThatThrownBy(() -> DataDirectory.open(directory))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("gateway.data: another gateway uses ");
    }
    assertThat(DataDirectory.isInUse(directory)).isFalse();
  }

  @Test
  void placeThatCannotBeIsNamedWithItsKey() {
    assertThatThrownBy(() -> DataDirectory.open(Path.of("/proc/sluice")))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("gateway.data: /proc/sluice cannot be made");
  }
}
