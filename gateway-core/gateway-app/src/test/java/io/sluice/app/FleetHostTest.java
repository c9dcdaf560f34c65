package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** By which name a machine is known to its fleet. */
class FleetHostTest {
  @Test
  void theFirstNameThatIsThereIsTakenAndNoneIsAnErrorThatSaysWhatToDo(@TempDir Path directory)
      throws Exception {
    Path missing = directory.resolve("missing");
    Path empty = Files.writeString(directory.resolve("empty"), "\n");
    Path known = Files.writeString(directory.resolve("known"), "box-7\n");

    assertThat(FleetParts.host("pod-3", known)).isEqualTo("pod-3");
    assertThat(FleetParts.host(" ", missing, empty, known)).isEqualTo("box-7");
    assertThat(FleetParts.host(null, known)).isEqualTo("box-7");
    assertThatIOException()
        .isThrownBy(() -> FleetParts.host(null, missing, empty))
        .withMessageContaining("set the environment variable HOSTNAME");
  }
}
