package io.sluice.adapter.coap.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.adapter.Drain;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How many sessions are ended by when. */
class SessionDrainTest {
  private static final Drain MINUTE = new Drain(null, false, Duration.ofSeconds(60));

  private static long seconds(long seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }

  @Test
  void sessionsEndOverTheTime() {
    SessionDrain drain = new SessionDrain(MINUTE, 600, 0);
    assertThat(drain.due(600, 0)).isZero();
    assertThat(drain.due(600, seconds(6))).isEqualTo(60);
    assertThat(drain.due(540, seconds(6))).isZero();
    assertThat(drain.due(540, seconds(30))).isEqualTo(240);
    assertThat(drain.due(1, seconds(60))).isEqualTo(1);
  }

  @Test
  void sessionsThatBeganBehindItEndToo() {
    assertThat(new SessionDrain(MINUTE, 10, 0).due(12, seconds(1))).isEqualTo(2);
  }
}
