package io.sluice.trial.audit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Where a device was, by the rule that docs/fleet-view.md states. */
class WhereaboutsTest {
  private static final long SECOND = 1_000_000;
  private static final long INTERVAL = 10 * SECOND;

  private final Whereabouts stays = new Whereabouts();

  private void heard(String gateway, long second) {
    stays.heard(gateway, second * SECOND, second * SECOND, INTERVAL);
  }

  @Test
  void aDeviceIsWhereItWasHeardLastAndBeforeItsFirstRecordWhereThatWas() {
    heard("b", 30);
    heard("a", 10);
    heard("a", 20);
    heard("a", 40);
    stays.settle();
    assertThat(stays.at(0)).isEqualTo("a");
    assertThat(stays.at(29 * SECOND)).isEqualTo("a");
    assertThat(stays.at(30 * SECOND)).isEqualTo("b");
    assertThat(stays.at(50 * SECOND)).isEqualTo("a");
    assertThat(stays.moves()).isEqualTo(2);
  }

  @Test
  void theSlotThatARecordFillsIsWhereItWasReceived() {
    heard("a", 10);
    // measured at 28 s, received at 31 s; one that was stored for long counts half an interval back
    stays.heard("b", 31 * SECOND, 28 * SECOND, INTERVAL);
    stays.heard("c", 60 * SECOND, 41 * SECOND, INTERVAL);
    stays.settle();
    assertThat(stays.at(27 * SECOND)).isEqualTo("a");
    assertThat(stays.at(28 * SECOND)).isEqualTo("b");
    assertThat(stays.at(54 * SECOND)).isEqualTo("b");
    assertThat(stays.at(55 * SECOND)).isEqualTo("c");
  }

  @Test
  void aDeviceThatNobodyHeardIsNowhere() {
    stays.settle();
    assertThat(stays.at(0)).isNull();
    assertThat(stays.moves()).isZero();
  }
}
