package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.sim.audit.Audit;
import io.sluice.sim.audit.AuditResult;
import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.link.Endpoints;
import io.sluice.sim.scenario.Scenario;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices that change their address under a DTLS connection id. */
class MovingDevicesIT {
  private static final int DEVICES = 5;

  @TempDir Path directory;

  @Test
  void theyGoOnWithoutAnotherHandshake() throws Exception {
    Scenario scenario =
        Scenario.load(
            Files.writeString(
                directory.resolve("scenario.yaml"),
                """
                name: moving
                source-addresses: 4
                groups:
                  - { profile: water-meter, count: %d, id: "w-{n}", interval: 300ms, protocol: coap,
                      credentials: { psk: "pre-shared-key-of-{id}" } }
                faults:
                  - { kind: address-change, at: 5s, every: 2s }
                """
                    .formatted(DEVICES)));
    Path config = new Setup(directory).config();
    Files.writeString(
        config,
        Files.readString(config)
            .replace("admin:", "  coaps: { host: 127.0.0.1, port: 0, psk: registry }\nadmin:"));
    Files.writeString(directory.resolve("devices.yaml"), scenario.devicesYaml());
    try (GatewayProcess gateway = GatewayProcess.start(config);
        FleetRun run =
            FleetRun.start(
                scenario,
                new Endpoints(
                    null,
                    null,
                    null,
                    URI.create("coaps://127.0.0.1:" + gateway.port("coaps")),
                    null))) {
      await().atMost(Duration.ofSeconds(60)).until(() -> run.snapshot().acked() > DEVICES);
      await().atMost(Duration.ofSeconds(60)).until(() -> run.snapshot().moved() >= 3L * DEVICES);
      long before = run.snapshot().acked();
      await().atMost(Duration.ofSeconds(60)).until(() -> run.snapshot().acked() > before + 20);
      run.stop();
      assertThat(run.snapshot().handshakes()).isEqualTo(DEVICES);
      Path archive = directory.resolve("archive");
      await().atMost(Duration.ofSeconds(60)).until(() -> Audit.of(run, archive).complete());
      AuditResult audit = Audit.of(run, archive);
      assertThat(audit.holds()).as(audit.text()).isTrue();
    }
  }
}
