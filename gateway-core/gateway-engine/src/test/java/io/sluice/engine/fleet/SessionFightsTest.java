package io.sluice.engine.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SessionFightsTest {
  private final long[] nanos = {0};
  private final SessionFights fights = new SessionFights("a", () -> nanos[0]);

  @Test
  void twoThatTakeOverFromEachOtherAreToldOfOnceInTenMinutes() {
    for (int n = 0; n < 100; n++) {
      fights.takenOver("meter-1", "b");
      nanos[0] += TimeUnit.SECONDS.toNanos(2);
    }
    assertThat(fights.told()).isEqualTo(1);
    for (int n = 0; n < 300; n++) {
      fights.takenOver("meter-1", "b");
      nanos[0] += TimeUnit.SECONDS.toNanos(2);
    }
    assertThat(fights.told()).isEqualTo(2);
  }

  @Test
  void aDeviceThatRoamsIsNoFight() {
    for (int n = 0; n < 100; n++) {
      fights.takenOver("meter-1", "b");
      nanos[0] += TimeUnit.SECONDS.toNanos(20);
    }
    assertThat(fights.told()).isZero();
  }
}
