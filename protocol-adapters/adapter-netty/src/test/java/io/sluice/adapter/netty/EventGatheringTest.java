package io.sluice.adapter.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventGatheringTest {
  private static final long TENTH = TimeUnit.MICROSECONDS.toNanos(100);

  private long now = 1_000;
  private final EventGathering gathering = new EventGathering(now);

  /** Looks that find so many events each, a time apart. */
  private void looks(int count, int events, long apartNanos) {
    for (int i = 0; i < count; i++) {
      now += apartNanos;
      gathering.looked(events, now);
    }
  }

  @Test
  void isOnWhereManyLooksFindFewEventsEach() {
    looks(5, 1, 2 * TENTH);
    assertThat(gathering.isOn()).isFalse();
    looks(1, 1, 2 * TENTH);
    assertThat(gathering.isOn()).isTrue();
  }

  @Test
  void isOffWhereEventsAreRareOrEachLookFindsMany() {
    looks(100, 1, 5 * TENTH);
    assertThat(gathering.isOn()).as("2,000 a second").isFalse();
    looks(100, 30, 2 * TENTH);
    assertThat(gathering.isOn()).as("saturated").isFalse();
  }

  @Test
  void isLeftWhereItBecomesQuietAndTakenUpAgain() {
    looks(6, 1, TENTH);
    gathering.watched(3, 3, now);
    gathering.waited(1, now);
    gathering.waited(0, now);
    assertThat(gathering.isOn()).as("by chance").isTrue();
    gathering.waited(1, now);
    assertThat(gathering.isOn()).isFalse();
    looks(6, 1, TENTH);
    assertThat(gathering.isOn()).isTrue();
  }

  @Test
  void isWatchedUntilItIsOfUseAndOneInSixteenThen() {
    looks(6, 1, TENTH);
    assertThat(gathering.isWatched()).isTrue();
    gathering.watched(4, 4, now);
    int unwatched = 0;
    while (!gathering.isWatched()) {
      gathering.waited(8, now);
      unwatched++;
    }
    assertThat(unwatched).isEqualTo(16);
    gathering.watched(4, 1, now);
    assertThat(gathering.isWatched()).as("in doubt").isTrue();
    assertThat(gathering.isOn()).isTrue();
  }

  @Test
  void isLeftOffEverLongerWherePeersWaitForAnswers() {
    int waits = 0;
    long begin = now;
    while (now - begin < TimeUnit.SECONDS.toNanos(20)) {
      looks(1, 3, TENTH);
      if (gathering.isOn()) {
        now += EventGathering.WAIT_NANOS;
        gathering.watched(9, 0, now);
        waits++;
      }
    }
    assertThat(waits).as("in 20 s").isBetween(8, 24);
  }
}
