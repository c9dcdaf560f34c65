package io.sluice.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeapTrimmerTest {
  private static final long MB = 1 << 20;

  private final Heap heap = new Heap();
  private final HeapTrimmer keeper = new HeapTrimmer(heap);

  private static final class Heap implements HeapTrimmer.Heap {
    private final List<String> collected = new ArrayList<>();
    private long youngCollections = 1000;
    private long old = 20;
    private long used = 10;
    private long live = Long.MAX_VALUE;
    private long most = 1024;

    @Override
    public long youngCollections() {
      return youngCollections;
    }

    @Override
    public long oldBytes() {
      return old * MB;
    }

    @Override
    public long oldUsedBytes() {
      return used * MB;
    }

    @Override
    public int ratio() {
      return 4;
    }

    @Override
    public long mostBytes() {
      return most * MB;
    }

    @Override
    public void collect(int leastFree, int mostFree) {
      collected.add(leastFree + " to " + mostFree);
      used = Math.min(used, live);
    }
  }

  private List<String> afterSecondWith(long collections) {
    heap.youngCollections += collections;
    keeper.run();
    List<String> since = List.copyOf(heap.collected);
    heap.collected.clear();
    return since;
  }

  private List<String> afterMinuteWith(long collections) {
    List<String> since = new ArrayList<>();
    for (int second = 0; second < 60; second++) {
      since.addAll(afterSecondWith(collections * (second + 1) / 60 - collections * second / 60));
    }
    return since;
  }

  @Test
  void makesRoomOnceUnderLoadAndTakesItBackInQuietMinute() {
    assertThat(afterSecondWith(9)).isEmpty();
    assertThat(afterSecondWith(10)).containsExactly("90 to 90");
    assertThat(afterMinuteWith(1200)).isEmpty();
    assertThat(afterMinuteWith(6)).isEmpty();
    assertThat(afterMinuteWith(1)).containsExactly("20 to 40");
    assertThat(afterMinuteWith(1)).isEmpty();
    assertThat(afterSecondWith(10)).hasSize(1);
  }

  @Test
  void roomFitsWhatLivesAndTheBound() {
    heap.used = 48;
    assertThat(afterSecondWith(10)).containsExactly("50 to 90");
  }

  @Test
  void smallHeapGetsSmallRoom() {
    heap.most = 64;
    heap.used = 16;
    assertThat(afterSecondWith(10)).containsExactly("50 to 90");
  }

  @Test
  void muchThatLivesNeedsNoFurtherRoom() {
    heap.used = 200;
    assertThat(afterSecondWith(10)).containsExactly("20 to 90");
  }

  @Test
  void leavesSmallHeapAndLongPauseAlone() {
    assertThat(afterMinuteWith(0)).isEmpty();
    heap.old = 900;
    heap.used = 300;
    assertThat(afterMinuteWith(0)).isEmpty();
  }

  @Test
  void collectsAgainOnlyWhereItHasGrownFarBeyondWhatLives() {
    heap.old = 100;
    heap.used = 60;
    assertThat(afterMinuteWith(0)).hasSize(1);
    heap.old = 180;
    assertThat(afterMinuteWith(0)).isEmpty();
    heap.old = 190;
    assertThat(afterMinuteWith(0)).hasSize(1);
  }

  @Test
  void steadyLoadKeepsTheOldGenerationWithinTwiceOfWhatLives() {
    long most = 0;
    int collections = 0;
    heap.live = 20;
    heap.used = 20;
    for (int minute = 0; minute < 24 * 60; minute++) {
      heap.used += 2; // 700 messages a second
      most = Math.max(most, heap.used);
      if (!afterMinuteWith(30).isEmpty()) {
        collections++;
      }
    }
    assertThat(most).isBetween(40L, 46L);
    assertThat(collections).as("a day's pauses").isBetween(100, 150);
  }

  @Test
  void gatewayThatWasMadeRoomyFillsItsRoomFirst() {
    heap.used = 20;
    assertThat(afterSecondWith(10)).hasSize(1);
    heap.used = 96;
    assertThat(afterMinuteWith(300)).isEmpty();
    heap.used = 97;
    assertThat(afterMinuteWith(300)).contains("20 to 40");
  }

  @Test
  void hashesOfAFleetThatComesBackAreCollectedWithinSeconds() {
    heap.live = 20;
    long most = 0;
    int collections = 0;
    for (int second = 0; second < 60; second++) {
      heap.used += 120; // forty hashes
      most = Math.max(most, heap.used);
      collections += afterSecondWith(50).size();
    }
    assertThat(most).isLessThanOrEqualTo(96 + 64 + 2 * 120);
    assertThat(collections).isBetween(20, 31);
    heap.live = 400; // and what lives so long is looked at once
    heap.used = 900;
    assertThat(afterMinuteWith(3_000)).hasSize(1);
  }

  @Test
  void fastGrowthIsCollectedNoOftenerThanTwiceAMinute() {
    heap.used = 200;
    assertThat(afterMinuteWith(300)).hasSizeLessThanOrEqualTo(2);
  }
}
