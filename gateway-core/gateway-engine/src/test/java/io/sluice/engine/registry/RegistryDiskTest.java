package io.sluice.engine.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.adapter.testkit.LoopDisk;
import io.sluice.api.ContentType;
import io.sluice.api.operator.CommandService.Submission;
import io.sluice.api.store.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The registry on a disk that was full: what was told as failed does not happen, ever. */
class RegistryDiskTest {
  private static final int DISK_MB = 8;

  @TempDir Path directory;

  private LoopDisk disk;
  private Registry registry;

  @BeforeEach
  void mount() throws Exception {
    try {
      disk = LoopDisk.make(directory, DISK_MB);
    } catch (IOException e) {
      Assumptions.abort("no small disk can be mounted here (it needs root): " + e.getMessage());
    }
    registry = Fixture.open(disk.root());
    registry.directory().put(Fixture.spec("d7", Fixture.password("the right password")));
  }

  @AfterEach
  void unmount() throws IOException {
    if (registry != null) {
      registry.close();
    }
    if (disk != null) {
      disk.close();
    }
  }

  @Test
  void commandsAndRevocationsThatWereRefusedDoNotHappenLater() throws Exception {
    Path ballast = disk.fill();
    assertThatThrownBy(() -> untilFull())
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("the disk is full");
    int waiting = registry.commandService().list(Fixture.id("d7"), 1_000).size();
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> command("open-valve", 60_000))
          .isInstanceOf(StoreUnavailableException.class);
    }

    Files.delete(ballast);
    registry.probe();
    assertThat(command("open-valve", 60_000)).isInstanceOf(Submission.Taken.class);
    assertThat(registry.directory().revoke(Fixture.id("d7"))).isTrue();
    assertThat(Fixture.verdict(registry, Fixture.login("d7", "the right password")))
        .isNotEqualTo("d7");

    registry.close();
    registry = Fixture.open(disk.root());
    assertThat(registry.commandService().list(Fixture.id("d7"), 1_000)).hasSize(waiting + 1);
    assertThat(Fixture.verdict(registry, Fixture.login("d7", "the right password")))
        .isNotEqualTo("d7");
  }

  private void untilFull() {
    for (int i = 0; i < 100; i++) {
      command("fill", 60_000);
    }
  }

  private Submission command(String name, int bytes) {
    return registry
        .commandService()
        .submit(Fixture.id("d7"), name, ContentType.BYTES, new byte[bytes], Duration.ofHours(1));
  }
}
