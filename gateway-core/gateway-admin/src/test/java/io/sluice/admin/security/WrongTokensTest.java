package io.sluice.admin.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.AddressKey;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WrongTokensTest {
  private final AtomicLong now = new AtomicLong();
  private final WrongTokens wrong = new WrongTokens(now::get);

  @Test
  void addressesOfOneHostWaitTogether() {
    for (int i = 0; i < 5; i++) {
      wrong.failed(AddressKey.of("2001:db8::" + i));
    }
    assertThat(wrong.waitSeconds(AddressKey.of("2001:db8::ffff"))).isEqualTo(1);
    assertThat(wrong.waitSeconds(AddressKey.of("2001:db8:0:1::"))).isZero();
  }

  @Test
  void aTokenThatWasNeverRightFromThereIsNotTakenUntilTheWaitIsOver() {
    AddressKey here = AddressKey.of("192.0.2.1");
    assertThat(wrong.mayPass(here, "before")).isTrue();
    for (int i = 0; i < 5; i++) {
      wrong.failed(here);
    }
    assertThat(wrong.mayPass(here, "before")).isTrue();
    assertThat(wrong.mayPass(here, "guessed")).isFalse();
    assertThat(wrong.mayPass(AddressKey.of("192.0.2.2"), "guessed")).isTrue();
    now.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(wrong.mayPass(here, "guessed")).isTrue();
  }
}
