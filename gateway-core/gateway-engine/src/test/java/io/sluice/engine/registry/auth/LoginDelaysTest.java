package io.sluice.engine.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.config.Bytes;
import io.sluice.engine.limits.LimitSettings;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoginDelaysTest {
  private final AtomicLong now = new AtomicLong();
  private final KnownPlaces places = KnownPlaces.inMemory();
  private final LoginDelays delays =
      new LoginDelays(
          new LimitSettings(
              0,
              new Bytes(0),
              0,
              new Bytes(0),
              0,
              0,
              0,
              3,
              Duration.ofSeconds(10),
              new Bytes(0),
              new Bytes(1 << 20),
              0,
              0,
              0,
              0),
          now::get,
          places);
  private final InetSocketAddress here = new InetSocketAddress("192.0.2.1", 1);

  private long seconds(String name) {
    return TimeUnit.NANOSECONDS.toSeconds(delays.wait(here, name));
  }

  @Test
  void waitDoublesUpToItsBound() {
    long[] expected = {0, 0, 1, 2, 4, 8, 10, 10};
    for (long wait : expected) {
      delays.failed(here, "a");
      assertThat(seconds("a")).isEqualTo(wait);
    }
    now.addAndGet(TimeUnit.SECONDS.toNanos(10));
    assertThat(seconds("a")).isZero();
    delays.failed(here, "a");
    assertThat(seconds("a")).isEqualTo(10);
  }

  @Test
  void othersAreNotTouched() {
    for (int i = 0; i < 5; i++) {
      delays.failed(here, "a");
    }
    assertThat(seconds("b")).isZero();
    assertThat(delays.wait(new InetSocketAddress("192.0.2.2", 1), "a")).isZero();
  }

  @Test
  void successBeginsAnew() {
    for (int i = 0; i < 5; i++) {
      delays.failed(here, "a");
    }
    delays.succeeded(here, "a");
    assertThat(seconds("a")).isZero();
  }

  private InetSocketAddress elsewhere(int number) {
    return new InetSocketAddress("10.1." + number / 200 + "." + number % 200, 1);
  }

  /** Who has many addresses is slowed, at last to one password each 10 s. */
  @Test
  void manyAddressesTogetherAreSlowedAtOneName() {
    delays.succeeded(here, "a");
    for (int i = 0; i < 29; i++) {
      delays.failed(elsewhere(i), "a");
    }
    assertThat(delays.take(elsewhere(100), "a")).isZero();
    delays.failed(elsewhere(29), "a");
    assertThat(delays.wait(elsewhere(100), "a")).isEqualTo(TimeUnit.SECONDS.toNanos(1));
    now.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(delays.take(elsewhere(101), "a")).isZero();
    assertThat(delays.take(elsewhere(102), "a")).as("one at a time").isPositive();

    assertThat(delays.take(here, "a")).as("where it was right before").isZero();
    assertThat(delays.take(elsewhere(103), "b")).as("another name").isZero();
    for (int i = 0; i < 200; i++) {
      delays.failed(elsewhere(i + 300), "a");
    }
    assertThat(delays.wait(elsewhere(104), "a")).isEqualTo(TimeUnit.SECONDS.toNanos(10));
    assertThat(delays.wait(here, "a")).isZero();
    now.addAndGet(TimeUnit.MINUTES.toNanos(10));
    assertThat(delays.wait(elsewhere(104), "a")).isZero();
  }

  @Test
  void oneHostDoesNotGetRoundTheWaitByItsManyAddressesOfIpv6() {
    for (int i = 0; i < 5; i++) {
      delays.failed(new InetSocketAddress("2001:db8::" + i, 1), "a");
    }
    assertThat(delays.wait(new InetSocketAddress("2001:db8::ffff", 1), "a")).isPositive();
    assertThat(delays.wait(new InetSocketAddress("2001:db8:0:1::1", 1), "a")).isZero();
  }
}
