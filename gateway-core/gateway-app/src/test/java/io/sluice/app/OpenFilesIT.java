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

/** A gateway that has fewer descriptors than there are devices. */
class OpenFilesIT {
  private static final int LIMIT = 400;
  private static final int DEVICES = 200;

  @TempDir Path directory;

  @Test
  void thoseThatAreConnectedAreServedAndTheLogNamesTheRemedy() throws Exception {
    Scenario scenario =
        Scenario.load(
            Files.writeString(
                directory.resolve("scenario.yaml"),
                """
                name: many
                groups:
                  - { profile: energy-meter, count: %d, id: "m-{n:03}", site: plant-a, interval: 500ms,
                      form: json, credentials: { token: "token-of-{id}-0123456789" } }
                """
                    .formatted(DEVICES)));
    Path config = new Setup(directory).config();
    Files.writeString(directory.resolve("devices.yaml"), scenario.devicesYaml());
    try (GatewayProcess gateway =
            GatewayProcess.start(config, "prlimit", "--nofile=" + LIMIT + ":" + LIMIT);
        FleetRun run =
            FleetRun.start(
                scenario,
                new Endpoints(URI.create("tcp://127.0.0.1:" + gateway.port("mqtt")), null))) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> gateway.log().contains("raise the limit of open files, which is " + LIMIT));
      int served = gateway.get("/api/v1/flow").at("/connections/mqtt").intValue();
      assertThat(served).isBetween(1, LIMIT - 256);
      long before = run.snapshot().acked();
      await().atMost(Duration.ofSeconds(60)).until(() -> run.snapshot().acked() > before + 500);
      run.stop();
      Path archive = directory.resolve("archive");
      await().atMost(Duration.ofSeconds(60)).until(() -> Audit.of(run, archive).complete());
      AuditResult audit = Audit.of(run, archive);
      assertThat(audit.holds()).as(audit.text()).isTrue();
      assertThat(gateway.log()).doesNotContain("Too many open files", "Exception");
      assertThat(gateway.terminate()).isZero();
    }
  }
}
