package io.sluice.sim.audit.coverage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.sim.audit.coverage.OutageAudit.Outage;
import io.sluice.sim.figures.Silences.Silence;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutageAuditTest {
  private static final List<Silence> SEEN =
      List.of(new Silence(20_000, 45_000, 12), new Silence(60_000, 62_000, 0));

  @Test
  void anOutageInWhichNobodyWasAnsweredIsRight() {
    assertThat(OutageAudit.faults(List.of(new Outage(21_000, 44_000)), SEEN)).isEmpty();
    assertThat(OutageAudit.faults(List.of(new Outage(10_000, 46_000)), SEEN)).isEmpty();
  }

  @Test
  void anOutageWhileTheGatewayAnsweredIsNone() {
    assertThat(OutageAudit.faults(List.of(new Outage(5_000, 45_000)), SEEN))
        .singleElement()
        .asString()
        .contains("for 40 s", "answered devices meanwhile");
    assertThat(OutageAudit.faults(List.of(new Outage(20_000, 80_000)), SEEN)).hasSize(1);
  }

  @Test
  void refusedConnectionsWithoutAnOutageAreTold() {
    assertThat(OutageAudit.faults(List.of(), SEEN))
        .singleElement()
        .asString()
        .contains("connections were refused", "for 25 s", "lists no outage");
  }

  @Test
  void silenceOfAFleetThatAsksNothingIsNoOutage() {
    assertThat(OutageAudit.faults(List.of(), List.of(new Silence(0, 600_000, 0)))).isEmpty();
  }

  @Test
  void outagesAreCutToTheRun() {
    assertThat(
            OutageAudit.within(
                List.of(
                    new Outage(0, 5), new Outage(5, 15), new Outage(18, 30), new Outage(40, 50)),
                10,
                20))
        .containsExactly(new Outage(10, 15), new Outage(18, 20));
  }
}
