package io.sluice.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.sim.FleetRunTest.Mosquitto;
import io.sluice.sim.figures.FleetSnapshot;
import io.sluice.sim.fleet.FaultSpan;
import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.link.Endpoints;
import io.sluice.sim.scenario.Scenario;
import io.sluice.sim.scenario.ScenarioException;
import io.sluice.sim.scenario.ScenarioFault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class FaultsTest {
  private static final String GROUPS =
      """
      name: test
      seed: 7
      groups:
        - { profile: cnc, count: 4, id: "a-{n}", site: east, interval: 20ms, qos: 1 }
        - { profile: plc, count: 4, id: "b-{n}", site: west, interval: 20ms, version: 5 }
      """;

  @TempDir Path folder;

  private Scenario scenario(String faults) throws Exception {
    return Scenario.load(
        Files.writeString(folder.resolve("scenario.yaml"), GROUPS + "faults:\n" + faults));
  }

  @Test
  void everyMistakeIsNamedWithItsPlaceAndRemedy() {
    assertThatThrownBy(() ->
            scenario(
                """
                  - { kind: dropuot, for: 5s }
                  - { kind: storm }
                  - { kind: skew, at: 1s }
                  - { kind: slow, chance: 5% }
                  - { kind: dropout, every: 5s, for: 9s, site: ost }
                  - { kind: dropout, device: a-9 }
                  - { at: 3s }
                  - { kind: dropout, samples: 5 }
                """))
        .isInstanceOf(ScenarioException.class)
        .message()
        .contains("scenario.yaml:7:13: faults[0].kind: `dropuot` is not one of dropout, ")
        .contains("did you mean `dropout`?")
        .contains("faults[1].for: is missing; say within which time the devices come back")
        .contains("faults[2].by: is missing")
        .contains("faults[3].chance: is not for slow; write `share` for a part of the devices")
        .contains("faults[4].every: needs a shorter `for`")
        .contains("faults[4].site: no group has `ost`; did you mean `east`?")
        .contains("faults[5].device: no group has `a-9`; did you mean `a-1`?")
        .contains("faults[6].kind: is missing; add one of dropout, link-down, ")
        .contains("faults[7].samples: is not for dropout; remove it");
  }

  @Test
  void timesAndScopesAreThoseOfTheFile() throws Exception {
    Scenario scenario =
        scenario("  - { kind: dropout, at: 10s, for: 5s, every: 60s, site: east, share: 50% }\n");
    ScenarioFault fault = scenario.faults().getFirst();
    assertThat(List.of(9_999L, 10_000L, 14_999L, 15_000L, 70_000L, 75_000L))
        .extracting(fault::isOn)
        .containsExactly(false, true, true, false, true, false);
    List<String> hit =
        scenario.devices().stream().filter(d -> fault.hits(d, 0)).map(d -> d.id()).toList();
    assertThat(hit).isNotEmpty().allMatch(id -> id.startsWith("a-"));
    assertThat(scenario("  - { kind: dropout, site: east, share: 50% }\n").devices())
        .filteredOn(d -> fault.hits(d, 0))
        .extracting(d -> d.id())
        .containsExactlyElementsOf(hit);
  }

  @Test
  void aSiteDropsOutAndComesBack() throws Exception {
    try (Mosquitto broker = Mosquitto.start(folder)) {
      FleetRun run =
          FleetRun.start(
              scenario("  - { kind: dropout, at: 5s, for: 1s, site: east }\n"),
              new Endpoints(broker.uri(), null));
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> run.snapshot().connects() == 12);
      run.stop();
      FleetSnapshot end = run.snapshot();
      assertThat(end.acked() + end.forgotten()).isEqualTo(end.sent());
      assertThat(run.faults()).extracting(FaultSpan::devices).containsExactly(4);
    }
  }

  @Test
  void whatIsStoredWhileTheLinkIsGoneComesLaterAndInOrder() throws Exception {
    try (Mosquitto broker = Mosquitto.start(folder)) {
      FleetRun run =
          FleetRun.start(
              scenario("  - { kind: link-down, at: 5s, for: 2s, site: west }\n"),
              new Endpoints(broker.uri(), null));
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> run.snapshot().connects() == 12);
      long sent = run.snapshot().sent();
      Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> run.snapshot().acked() >= sent);
      assertThat(run.snapshot().forgotten()).isZero();
      run.stop();
      assertThat(run.snapshot().skipped()).isLessThan(run.snapshot().sent() / 2);
    }
  }

  @Test
  void manySamplesAtOnceNeedAFormThatTakesThem() {
    assertThatThrownBy(() ->
            Scenario.load(
                Files.writeString(
                    folder.resolve("scenario.yaml"),
                    """
                    name: test
                    groups:
                      - { profile: cnc, id: "a-{n}", form: alink }
                    faults:
                      - { kind: batch, samples: 10 }
                    """)))
        .isInstanceOf(ScenarioException.class)
        .message()
        .contains("faults[0].kind: sends many samples at once, and cnc sends `form: alink`");
  }

  @Test
  void batchesAndHistoryAreAcknowledgedSampleBySample() throws Exception {
    try (Mosquitto broker = Mosquitto.start(folder)) {
      FleetRun run =
          FleetRun.start(
              scenario(
                  """
                    - { kind: batch, site: east, samples: 10 }
                    - { kind: history, at: 1s, site: west, samples: 50 }
                  """),
              new Endpoints(broker.uri(), null));
      // some seconds behind the history, of which all is to be answered
      Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> run.snapshot().sent() > 1_200);
      long sent = run.snapshot().sent();
      Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> run.snapshot().acked() >= sent);
      run.stop();
      FleetSnapshot end = run.snapshot();
      assertThat(end.acked() + end.forgotten()).isEqualTo(end.sent());
      long history =
          run.ledger().stream()
              .flatMapToLong(played ->
                  LongStream.range(0, played.log().size())
                      .filter(
                          i -> played.log().historyAt((int) i) && played.log().ackedAt((int) i)))
              .count();
      assertThat(history).isEqualTo(4 * 50);
    }
  }

  private Scenario halfOfThemPaho(String faults) throws Exception {
    return Scenario.load(
        Files.writeString(
            folder.resolve("scenario.yaml"), "fidelity: 50%\n" + GROUPS + "faults:\n" + faults));
  }

  @Test
  void overTcpWhatIsLostWaitsAndNothingIsMissing() throws Exception {
    try (Mosquitto broker = Mosquitto.start(folder)) {
      FleetRun run =
          FleetRun.start(
              halfOfThemPaho("  - { kind: loss, for: 5s, chance: 30% }\n"),
              new Endpoints(broker.uri(), null));
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> run.snapshot().vanished() > 20 && run.snapshot().connected() == 8);
      long before = run.snapshot().acked();
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> run.snapshot().acked() > before + 100);
      run.stop();
      FleetSnapshot end = run.snapshot();
      assertThat(end.refused()).isZero();
      assertThat(end.acked() + end.forgotten()).isEqualTo(end.sent());
    }
  }

  @Test
  void mqttDevicesComeBackFromOtherAddresses() throws Exception {
    try (Mosquitto broker = Mosquitto.start(folder)) {
      FleetRun run =
          FleetRun.start(
              halfOfThemPaho("  - { kind: address-change, at: 5s, every: 3s }\n"),
              new Endpoints(broker.uri(), null));
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> run.snapshot().connects() >= 16 && run.snapshot().connected() == 8);
      run.stop();
      FleetSnapshot end = run.snapshot();
      assertThat(end.acked() + end.forgotten()).isEqualTo(end.sent());
      assertThat(
              Pattern.compile("New connection from (127\\.1\\.[0-9.]+):")
                  .matcher(Files.readString(folder.resolve("mosquitto.log")))
                  .results()
                  .map(found -> found.group(1))
                  .distinct())
          .hasSizeGreaterThan(4);
    }
  }
}
