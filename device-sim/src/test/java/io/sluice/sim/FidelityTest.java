package io.sluice.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.sim.FleetRunTest.Mosquitto;
import io.sluice.sim.figures.FleetSnapshot;
import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.link.Endpoints;
import io.sluice.sim.scenario.Scenario;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices whose client is Eclipse Paho. */
@Tag("slow")
class FidelityTest {
  @TempDir Path folder;

  private Scenario scenario() throws Exception {
    return Scenario.load(
        Files.writeString(
            folder.resolve("scenario.yaml"),
            """
            name: test
            fidelity: 100%
            groups:
              - { profile: cnc, count: 3, id: "a-{n}", interval: 50ms, version: 5, qos: 1 }
              - { profile: plc, count: 2, id: "b-{n}", interval: 50ms, version: 5, qos: 2 }
            faults:
              - { kind: link-down, at: 5s, for: 1s, profile: plc }
            """));
  }

  @Test
  void whatPahoSendsIsAcknowledgedAcrossBreaks() throws Exception {
    Mosquitto first = Mosquitto.start(folder);
    FleetRun run = FleetRun.start(scenario(), new Endpoints(first.uri(), null));
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> run.snapshot().connects() >= 7);
    first.close();
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> run.snapshot().connected() == 0);
    try (Mosquitto second = Mosquitto.start(folder, first.port())) {
      long before = run.snapshot().acked();
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> run.snapshot().acked() > before + 50 && run.snapshot().connected() == 5);
      assertThat(second.port()).isEqualTo(first.port());
      run.stop();
    }
    FleetSnapshot end = run.snapshot();
    assertThat(end.refused()).isZero();
    assertThat(end.acked() + end.forgotten()).isEqualTo(end.sent());
  }
}
