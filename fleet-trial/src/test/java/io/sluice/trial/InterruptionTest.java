package io.sluice.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A failure is taken for Ctrl-C's only where Ctrl-C gave up what failed. */
class InterruptionTest {
  private final Interruption interruption = new Interruption(Thread.currentThread());

  @AfterEach
  void clear() {
    Thread.interrupted();
  }

  @Test
  void whatStartsIsGivenUp() {
    assertThat(interruption.hasGivenUp()).isFalse();
    interruption.come();
    assertThat(interruption.hasGivenUp()).isTrue();
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
    assertThatThrownBy(interruption::tellOnly).isInstanceOf(InterruptedException.class);
    assertThat(interruption.hasGivenUp()).isTrue();
  }

  @Test
  void whatPlaysIsTold() throws Exception {
    interruption.tellOnly();
    assertThat(interruption.await(0)).isFalse();
    interruption.come();
    assertThat(interruption.await(0)).isTrue();
    assertThat(interruption.hasGivenUp()).isFalse();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }
}
