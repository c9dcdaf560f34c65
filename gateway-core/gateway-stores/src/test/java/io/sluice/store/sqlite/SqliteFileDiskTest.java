package io.sluice.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.adapter.testkit.LoopDisk;
import io.sluice.api.health.Health;
import io.sluice.api.store.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A side store on a real file system that is full, or read-only. */
class SqliteFileDiskTest {
  private static final int DISK_MB = 8;

  @TempDir Path directory;

  private LoopDisk disk;
  private SqliteFile store;
  private Path file;

  @BeforeEach
  void mount() throws IOException {
    try {
      disk = LoopDisk.make(directory, DISK_MB);
    } catch (IOException e) {
      Assumptions.abort("no small disk can be mounted here (it needs root): " + e.getMessage());
    }
    file = disk.root().resolve("side.db");
    store = SqliteFile.open(file, Notes.KIND);
    Notes.add(store, "before", 10);
  }

  @AfterEach
  void unmount() throws IOException {
    if (store != null) {
      store.close();
    }
    if (disk != null) {
      disk.close();
    }
  }

  @Test
  void fullDiskRefusesAndTheStoreIsWellWithTheDisk() throws IOException {
    Path ballast = disk.fill();
    int refused = untilRefused();
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> Notes.add(store, "refused", 50_000))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageStartingWith(file + ": the disk is full; ");
    }
    assertThat(store.trouble()).contains("the disk is full");
    assertThat(Health.ofProcess().reasons()).contains(store.trouble());
    store.probe();
    long kept = Notes.count(store, "fits");
    assertThat(kept).as("reads go on, and what was refused is not there").isEqualTo(refused);

    Files.delete(ballast);
    store.probe();
    assertThat(store.trouble()).isNull();
    assertThat(Health.ofProcess().reasons()).noneMatch(reason -> reason.contains("side.db"));
    Notes.add(store, "after", 50_000);

    reopen();
    assertThat(Notes.count(store, "refused")).isZero();
    assertThat(Notes.count(store, "fits")).isEqualTo(kept);
    assertThat(Notes.count(store, "after")).isEqualTo(1);
    assertThat(Notes.count(store, "before")).isEqualTo(1);
  }

  /** Small changes until one is refused; tells how many were taken. */
  private int untilRefused() {
    for (int taken = 0; ; taken++) {
      try {
        Notes.add(store, "fits", 4_000);
      } catch (StoreUnavailableException e) {
        assertThat(e).hasMessageContaining("the disk is full");
        return taken;
      }
      assertThat(taken).isLessThan(10_000);
    }
  }

  @Test
  void readOnlyDiskRefusesAndTheStoreIsWellOnceItIsMountedAnew() throws IOException {
    disk.remountReadOnly();
    assertThatThrownBy(() -> Notes.add(store, "refused", 10))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageStartingWith(file.toString());
    assertThat(store.trouble()).isNotNull();
    store.close();
    disk.unmount();
    disk.mount();

    store = SqliteFile.open(file, Notes.KIND);
    Notes.add(store, "after", 10);
    assertThat(Notes.count(store, "refused")).isZero();
  }

  @Test
  void fullDiskAtTheStartNamesTheDisk() throws IOException {
    store.close();
    store = null;
    disk.fill();
    Path other = disk.root().resolve("other.db");
    assertThatThrownBy(() -> SqliteFile.open(other, Notes.KIND))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(other.toString());
  }

  private void reopen() throws IOException {
    store.close();
    store = SqliteFile.open(file, Notes.KIND);
  }
}
