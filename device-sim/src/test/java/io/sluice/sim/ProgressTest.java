package io.sluice.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.sim.figures.FleetSnapshot;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final FleetSnapshot SNAPSHOT =
      new FleetSnapshot(3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "");

  private final StringWriter said = new StringWriter();

  @Test
  void aLogGetsAPlainLineEachTenSeconds() {
    Progress progress = new Progress(new PrintWriter(said), false);
    for (int second = 1; second <= 31; second++) {
      progress.show(second, SNAPSHOT);
    }
    progress.say("not now");
    progress.say("not now");
    progress.end();
    assertThat(said.toString()).doesNotContain("\r", "\u001b").hasLineCount(4);
    assertThat(said.toString()).startsWith("10 s: 3 devices");
  }

  @Test
  void aTerminalHasOneLineThatChanges() {
    Progress progress = new Progress(new PrintWriter(said), true);
    progress.show(1, SNAPSHOT);
    progress.show(2, SNAPSHOT);
    assertThat(said.toString()).contains("\r1 s:", "\r2 s:").doesNotContain("\n");
  }
}
