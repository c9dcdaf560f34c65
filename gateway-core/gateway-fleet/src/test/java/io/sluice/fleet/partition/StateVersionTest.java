package io.sluice.fleet.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** State that a newer build has written is refused, and not read otherwise. */
class StateVersionTest {
  @Test
  void stateOfANewerBuildIsRefusedByName(@TempDir Path directory) throws Exception {
    try (Scene scene = new Scene(directory)) {
      PartitionStore store = scene.store();
      assertThat(store.get(StoreKeys.VERSION)).containsExactly(PartitionStore.VERSION);
      store.requireVersion();
      store.put(StoreKeys.VERSION, new byte[] {PartitionStore.VERSION + 1});
      assertThatIOException()
          .isThrownBy(store::requireVersion)
          .withMessage(
              "it is of version 2, and this build knows 1; run the newer version here, too");
    }
  }
}
