package io.sluice.app.reload;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When files that change are read anew. */
class SourceWatchTest {
  private String stamp = "a";
  private boolean isChangedAtStart;
  private int reloads;
  private final SourceWatch watch =
      new SourceWatch(() -> stamp, () -> isChangedAtStart, () -> reloads++);

  private int reloadsAfter(String now) {
    stamp = now;
    watch.run();
    return reloads;
  }

  @Test
  void nothingIsReadWhereNothingChanges() {
    assertThat(reloadsAfter("a")).isZero();
    assertThat(reloadsAfter("a")).isZero();
  }

  @Test
  void aFileThatIsStillWrittenIsWaitedFor() {
    assertThat(reloadsAfter("a")).isZero();
    assertThat(reloadsAfter("half")).isZero();
    assertThat(reloadsAfter("whole")).isZero();
    assertThat(reloadsAfter("whole")).isEqualTo(1);
    assertThat(reloadsAfter("whole")).as("once").isEqualTo(1);
  }

  @Test
  void whatChangedWhileTheGatewayStartedIsReadToo() {
    isChangedAtStart = true;
    assertThat(reloadsAfter("a")).isZero();
    assertThat(reloadsAfter("a")).isEqualTo(1);
  }
}
