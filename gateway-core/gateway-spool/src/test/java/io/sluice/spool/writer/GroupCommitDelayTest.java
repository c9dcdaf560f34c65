package io.sluice.spool.writer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GroupCommitDelayTest {
  private final GroupCommitDelay gathering = new GroupCommitDelay();

  @Test
  void goesOnWhileMostComeLate() {
    for (int group = 0; group < 1_000; group++) {
      assertThat(gathering.isWorthwhile()).isTrue();
      gathering.ended(3, group % 3 == 0 ? 9 : 0);
    }
  }

  @Test
  void isLeftOffWhereAllComeAtOnceAndTriedAgainNowAndThen() {
    int gathered = 0;
    for (int group = 0; group < 2_600; group++) {
      if (gathering.isWorthwhile()) {
        gathered++;
        gathering.ended(10, 0);
      }
    }
    assertThat(gathered).isBetween(8, 14);
  }

  @Test
  void isWatchedUntilItIsOfUseAndOneInSixteenThen() {
    assertThat(gathering.isWatched()).as("the first").isTrue();
    gathering.ended(4, 1);
    assertThat(gathering.isWatched()).as("behind one of no use").isTrue();
    gathering.ended(4, 4);
    int unwatched = 0;
    while (!gathering.isWatched()) {
      unwatched++;
    }
    assertThat(unwatched).isEqualTo(15);
    gathering.ended(4, 0);
    assertThat(gathering.isWatched()).as("in doubt").isTrue();
  }

  @Test
  void isTakenUpAgainByOneThatWasOfUse() {
    for (int group = 0; group < 4; group++) {
      gathering.ended(1, 0);
    }
    int without = 0;
    while (!gathering.isWorthwhile()) {
      without++;
    }
    gathering.ended(1, 5);
    assertThat(without).isLessThanOrEqualTo(256);
    for (int group = 0; group < 3; group++) {
      assertThat(gathering.isWorthwhile()).isTrue();
      gathering.ended(1, 0);
    }
    assertThat(gathering.isWorthwhile()).isTrue();
  }
}
