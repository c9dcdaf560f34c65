package io.sluice.sim.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.link.Endpoints;
import io.sluice.sim.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class BrokerBetweenTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;

  private Scenario scenario(String faults) throws Exception {
    Path file = folder.resolve("s.yaml");
    Files.writeString(
        file,
        """
        name: s
        broker: {}
        groups:
          - { profile: cnc, count: 3, id: "c-{n}", interval: 50ms, form: json }
        faults:
        """
            + faults);
    return Scenario.load(file);
  }

  /** One address, whatever becomes of the broker. */
  @Test
  void messagesComeThroughAgainAfterEachFaultByTheSameAddress() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/sbin/mosquitto")), "mosquitto");
    Scenario scenario =
        scenario(
            """
              - { kind: broker-kill, at: 500ms, for: 200ms }
              - { kind: broker-hang, at: 1500ms, for: 300ms }
              - { kind: broker-restart, at: 2500ms, for: 200ms }
              - { kind: broker-move, at: 3500ms, for: 200ms }
            """);
    try (BrokerBetween broker =
            BrokerBetween.start(
                Objects.requireNonNull(scenario.broker()), folder.resolve("broker"));
        FleetRun run = FleetRun.start(scenario, new Endpoints(broker.uri(), null))) {
      broker.play(run);
      await()
          .atMost(PATIENCE)
          .until(() -> {
            broker.look(run.snapshot().acked());
            return broker.text().lines().filter(line -> line.contains("found again")).count() == 4;
          });
      assertThat(broker.holds()).isTrue();
      assertThat(broker.trouble()).isNull();
      assertThat(broker.text().lines().map(line -> line.substring(0, line.indexOf(','))))
          .containsExactly(
              "broker: broker-kill",
              "broker: broker-hang",
              "broker: broker-restart",
              "broker: broker-move");
      run.stop();
      assertThat(run.snapshot().refused()).isZero();
    }
  }

  @Test
  void faultsEndWithTheRunAndAreNotJudgedByWhatComesThen() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/sbin/mosquitto")), "mosquitto");
    Scenario scenario =
        scenario("  - { kind: broker-restart, at: 100ms, for: 100ms, every: 200ms }\n");
    try (BrokerBetween broker =
            BrokerBetween.start(
                Objects.requireNonNull(scenario.broker()), folder.resolve("broker"));
        FleetRun run = FleetRun.start(scenario, new Endpoints(broker.uri(), null))) {
      broker.play(run);
      await().atMost(PATIENCE).until(() -> broker.text().lines().count() >= 2);
      broker.rest();
      run.stop();
      String text = broker.text();
      await().during(Duration.ofMillis(600)).until(() -> broker.text().equals(text));
      assertThat(broker.holds()).isTrue();
      assertThat(broker.trouble()).isNull();
    }
  }

  @Test
  void programThatIsNotThereIsTold() {
    assertThatThrownBy(() -> BrokerBetween.start(new Scenario.Broker("no-such-broker", 0), folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("broker: `no-such-broker` cannot be started")
        .hasMessageContaining("broker: { program: ... }");
  }
}
