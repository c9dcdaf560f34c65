package io.sluice.fleet.partition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long SECOND = 1_000_000L;

  private final Pace pace = new Pace();

  /** How many looks there are in so many seconds, asked for each second. */
  private int looks(int seconds, long tookMicros, int partitions) {
    int looks = 0;
    for (int second = 0; second < seconds; second++) {
      if (pace.isDue(second * SECOND)) {
        looks++;
        pace.done(second * SECOND, tookMicros, partitions);
      }
    }
    return looks;
  }

  @Test
  void fewDevicesAreLookedAtEachTime() {
    assertThat(looks(600, 500, 24)).isEqualTo(600);
  }

  @Test
  void manyTakeATwentiethOfTheTimeAtMost() {
    // a million devices in 24 partitions at 60 ms each: 1.44 s a round, each 29 s
    assertThat(looks(600, 60_000, 24)).isEqualTo(21);
  }

  @Test
  void itIsDoneOnceAMinuteInAnyCase() {
    assertThat(looks(600, 10 * SECOND, 24)).isEqualTo(10);
  }

  @Test
  void aClockThatIsSetBackMakesNobodyWait() {
    pace.done(1_000_000 * SECOND, SECOND, 1);
    assertThat(pace.isDue(5 * SECOND)).isTrue();
  }
}
