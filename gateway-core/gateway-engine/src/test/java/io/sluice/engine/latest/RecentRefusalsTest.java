package io.sluice.engine.latest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.RejectReason;
import io.sluice.api.operator.LatestValues.RefusalView;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecentRefusalsTest {
  private final RecentRefusals refusals = new RecentRefusals();

  @Test
  void theLastOfADeviceAreKeptNewestFirstWithTheirTextsCut() {
    for (int i = 0; i < 20; i++) {
      refusals.add("a", i, RejectReason.PAYLOAD_INVALID, "d".repeat(300), "telemetry");
    }
    List<RefusalView> kept = refusals.of("a");
    assertThat(kept)
        .extracting(RefusalView::atMicros)
        .containsExactly(19L, 18L, 17L, 16L, 15L, 14L, 13L, 12L);
    assertThat(kept.getFirst().detail()).hasSize(RecentRefusals.TEXT_MAX_CHARS);
  }

  @Test
  void devicesBeyondTheBoundAreForgottenInTheOrderOfTheirLastRefusal() {
    for (int i = 0; i < RecentRefusals.DEVICES_MAX + 10; i++) {
      refusals.add("d" + i, i, RejectReason.QUOTA, "", "");
    }
    assertThat(refusals.of("d9")).isEmpty();
    assertThat(refusals.of("d10")).hasSize(1);
  }
}
