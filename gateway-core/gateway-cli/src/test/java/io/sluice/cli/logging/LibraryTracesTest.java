package io.sluice.cli.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LibraryTracesTest {
  private long now = 5;
  private final LibraryTraces traces = new LibraryTraces(() -> now);

  @Test
  void loggerOfALibraryWritesOneTraceASecondAndTellsHowManyWereLeftOut() {
    assertThat(traces.omittedBefore("org.eclipse.californium.core.X")).isZero();
    for (int i = 0; i < 1000; i++) {
      assertThat(traces.omittedBefore("org.eclipse.californium.core.X")).isEqualTo(-1);
    }
    assertThat(traces.omittedBefore("io.netty.Y")).isZero();
    now += TimeUnit.SECONDS.toNanos(1);
    assertThat(traces.omittedBefore("org.eclipse.californium.core.X")).isEqualTo(1000);
  }

  @Test
  void ownLoggersAreBoundedWhereTheyStand() {
    assertThat(traces.omittedBefore("io.sluice.X")).isZero();
    assertThat(traces.omittedBefore("io.sluice.X")).isZero();
  }

  @Test
  void loggersBeyondTheBoundShareAPlace() {
    for (int i = 0; i < 256; i++) {
      assertThat(traces.omittedBefore("l" + i)).isZero();
    }
    assertThat(traces.omittedBefore("l256")).isZero();
    assertThat(traces.omittedBefore("l257")).isEqualTo(-1);
  }
}
