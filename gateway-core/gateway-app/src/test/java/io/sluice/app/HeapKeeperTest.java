package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapKeeperTest {
  private static final long MB = 1 << 20;

  private long youngCollections;
  private long committed;
  private long live = 10 * MB;
  private int collected;

  private final HeapKeeper keeper =
      new HeapKeeper(() -> youngCollections, () -> committed, () -> live, () -> collected++);

  private int afterMinuteWith(long collections, long committedMegabytes) {
    youngCollections += collections;
    committed = committedMegabytes * MB;
    keeper.run();
    return collected;
  }

  @Test
  void waitsForQuietMinute() {
    assertThat(afterMinuteWith(300, 90)).isZero();
    assertThat(afterMinuteWith(6, 90)).isZero();
    assertThat(afterMinuteWith(1, 90)).isEqualTo(1);
  }

  @Test
  void leavesSmallHeapAndLargeOneAlone() {
    assertThat(afterMinuteWith(0, 16)).isZero();
    assertThat(afterMinuteWith(0, 300)).isZero();
  }

  @Test
  void collectsAgainOnlyWhereItHasGrownFarBeyondWhatLives() {
    live = 60 * MB;
    assertThat(afterMinuteWith(0, 100)).isEqualTo(1);
    assertThat(afterMinuteWith(0, 100)).isEqualTo(1);
    assertThat(afterMinuteWith(0, 180)).isEqualTo(1);
    assertThat(afterMinuteWith(0, 190)).isEqualTo(2);
  }
}
