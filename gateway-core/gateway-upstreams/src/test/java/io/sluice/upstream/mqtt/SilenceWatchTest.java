package io.sluice.upstream.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SilenceWatchTest {
  private final SilenceWatch silence = new SilenceWatch();

  @Test
  void aRecordIsPassedOverWhereLaterOnesAreAcknowledged() {
    silence.answered(8);
    assertThat(secondsUntilPassedOver(7, 60)).isEqualTo(10);
  }

  @Test
  void aPingThatWentOutBehindItCountsLater() {
    assertThat(secondsUntilPassedOver(7, 5)).isEqualTo(-1);
    assertThat(silence.isPingDue()).isTrue();
    silence.pinged(7);
    silence.pingAnswered();
    assertThat(secondsUntilPassedOver(7, 60)).isEqualTo(14);
  }

  @Test
  void nothingIsPassedOverByWhatWasSentBeforeIt() {
    silence.answered(6);
    silence.pinged(6);
    silence.pingAnswered();
    assertThat(secondsUntilPassedOver(7, 120)).isEqualTo(-1);
  }

  @Test
  void aSlowBrokerPassesNothingOver() {
    for (int i = 1; i < 100; i++) {
      silence.answered(i);
      assertThat(silence.isPassedOver(i + 1)).isFalse();
    }
  }

  private int secondsUntilPassedOver(long order, int most) {
    for (int second = 0; second <= most; second++) {
      if (silence.isPassedOver(order)) {
        return second;
      }
    }
    return -1;
  }
}
