package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.admin.metrics.MetricsResource;
import io.sluice.api.DeviceId;
import io.sluice.api.GatewayTime;
import io.sluice.api.fleet.ConfigurationStore.Report;
import io.sluice.api.fleet.ConfigurationStore.Step;
import io.sluice.api.operator.RolloutView;
import io.sluice.app.rollout.TrialStart;
import io.sluice.cli.config.GatewayFiles;
import io.sluice.testkit.PostgreSql;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a gateway does with a configuration that its fleet pushes, with a real PostgreSQL. */
@Timeout(300)
class RolloutTest {
  private static final String PROFILE =
      """
      id: tank
      interval: 10s
      metrics:
        level: { unit: m, from: [%s] }
      """;
  private static final Map<String, String> OTHER_PROFILE =
      Map.of(
          "sluice.yaml",
          "profiles: [ profiles ]",
          "profiles/tank.yaml",
          PROFILE.formatted("height"));
  private static final int SHORT = 1;

  /** Of a trial whose middle a busy machine has to see, too. */
  private static final int TO_BE_SEEN = 6;

  private static final int LONG_TRIAL = 3_000;
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path directory;

  private PushingFleet fleet;
  private Path file;
  private Wiring gateway;
  private MqttClient device;

  @BeforeEach
  void start() throws Exception {
    Assumptions.assumeTrue(PostgreSql.isInstalled());
    fleet = PushingFleet.make();
    Files.createDirectories(directory.resolve("profiles"));
    Files.writeString(directory.resolve("profiles/tank.yaml"), PROFILE.formatted("lvl"));
    Files.writeString(
        directory.resolve("devices.yaml"),
        """
        - { id: tank-1, profile: tank, sector: factory, site: plant-a,
            credentials: { token: t0ken-0123456789-of-tank-1 } }
        """);
    file =
        Files.writeString(
            directory.resolve("sluice.yaml"),
            """
            gateway: { id: edge-01, data: ./var }
            fleet:
              store: %s
              configuration: { take: true }
            listeners:
              mqtt: { host: 127.0.0.1, port: 0 }
            profiles: [ profiles ]
            devices: [ devices.yaml ]
            upstreams:
              - { name: archive, type: file, directory: ./archive }
            """
                .formatted(fleet.store()));
    long written = System.currentTimeMillis();
    // a file that is written while a gateway reads it is not known to it
    await().until(() -> System.currentTimeMillis() - written > 50);
    startGateway();
  }

  private void startGateway() throws Exception {
    StringWriter said = new StringWriter();
    GatewayFiles files = GatewayFiles.load(file, new PrintWriter(said, true));
    assertThat(files).as(said.toString()).isNotNull();
    gateway = Wiring.start(files, GatewayTime.system());
    // device files are applied once the fleet's store is there
    await()
        .atMost(LONG)
        .until(() -> gateway.operations().devices().get(new DeviceId("tank-1")) != null);
    device = new MqttClient("tcp://" + gateway.address("mqtt"), "tank-1", new MemoryPersistence());
    MqttConnectOptions options = new MqttConnectOptions();
    options.setUserName("tank-1");
    options.setPassword("t0ken-0123456789-of-tank-1".toCharArray());
    device.connect(options);
  }

  @AfterEach
  void stop() throws Exception {
    if (gateway != null) {
      device.disconnectForcibly(0, 0, false);
      device.close();
      gateway.close();
    }
  }

  private void publish(String metric, int value) throws Exception {
    String text = "{\"" + metric + "\":" + value + "}";
    device.publish("telemetry", text.getBytes(StandardCharsets.UTF_8), 1, false);
  }

  private void arrives(Long... levels) {
    ArchiveFiles archive = new ArchiveFiles(directory.resolve("archive"));
    await().atMost(LONG).until(() -> archive.values("level").equals(List.of(levels)));
  }

  private List<String> kept() throws IOException {
    try (Stream<Path> kept = Files.list(directory.resolve("var/rollout"))) {
      return kept.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }

  private boolean isAudited(String words) throws IOException {
    try (Stream<Path> logs = Files.list(directory.resolve("var/audit"))) {
      for (Path log : logs.filter(Files::isRegularFile).toList()) {
        if (Files.readString(log).contains(words)) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void whatIsWellAtTheEndOfTheTrialIsConfirmed() throws Exception {
    fleet.push(SHORT, OTHER_PROFILE);
    fleet.comesTo(Step.CONFIRMED);
    publish("height", 7);
    arrives(7L);
    assertThat(device.isConnected()).as("what is not touched goes on").isTrue();
    await().atMost(LONG).until(() -> isAudited("on trial for 1 s") && isAudited("fleet: anna"));
    await().atMost(LONG).until(() -> kept().equals(List.of("current", "state", "v1")));
  }

  @Test
  void aFaultChangesNothingAndIsTold() throws Exception {
    fleet.push(
        SHORT, Map.of("sluice.yaml", "upstreams: [ { name: a, type: fill, directory: x } ]"));
    assertThat(fleet.comesTo(Step.REFUSED).detail())
        .contains("sluice.yaml:1:")
        .contains("\"fill\" is not a type of upstream; did you mean \"file\"?");
    publish("lvl", 1);
    arrives(1L);
    assertThat(Files.exists(directory.resolve("var/rollout/current"))).isFalse();
  }

  @Test
  void anUplinkThatDoesNotComeEndsTheTrial() throws Exception {
    fleet.push(
        SHORT,
        Map.of(
            "sluice.yaml",
            """
            upstreams:
              - { name: archive, type: file, directory: ./archive }
              - { name: cloud, type: mqtt, uri: "mqtt://127.0.0.1:1", topic: t }
            """));
    assertThat(fleet.comesTo(Step.RETURNED).detail()).startsWith("upstream cloud is ");
    await().atMost(LONG).until(() -> gateway.operations().upstreams().size() == 1);
    await()
        .alias("the spool keeps no place for what was never taken over")
        .atMost(LONG)
        .until(() -> gateway.operations().upstreamService().parked().isEmpty());
    publish("lvl", 5);
    arrives(5L);
  }

  @Test
  void whatWantsARestartIsNotTakenUnasked() {
    fleet.push(SHORT, Map.of("sluice.yaml", "spool: { queue-bytes: 8MB }"));
    assertThat(fleet.comesTo(Step.REFUSED).detail())
        .isEqualTo("takes effect with a restart only: spool.queue-bytes; push it with --restart");
    assertThat(gateway.operations().configuration().standing().restart()).isEmpty();
  }

  @Test
  void aBoxThatNobodyStartsAgainDoesNotEndItself() {
    fleet.pushByRestart(SHORT, "spool: { queue-bytes: 8MB }");
    assertThat(fleet.comesTo(Step.REFUSED).detail())
        .contains("nothing is known to start this gateway again")
        .contains("fleet.configuration.restart");
  }

  @Test
  void aPushThatCrossesATrialIsTakenBehindIt() throws Exception {
    fleet.push(TO_BE_SEEN, OTHER_PROFILE);
    await().atMost(LONG).until(() -> !fleet.said(1).isEmpty()); // and it is on trial
    fleet.push(SHORT, Map.of("sluice.yaml", "drain: { for: 30s }"));
    fleet.comesTo(2, Step.CONFIRMED);
    assertThat(fleet.said(1)).extracting(Report::step).containsExactly(Step.CONFIRMED);
    publish("lvl", 6);
    arrives(6L);
  }

  @Test
  void aGatewayThatWasAwayTakesTheNewestWhenItIsBack() throws Exception {
    device.disconnectForcibly(0, 0, false);
    gateway.close();
    fleet.push(SHORT, Map.of("sluice.yaml", "drain: { for: 30s }"));
    fleet.push(SHORT, OTHER_PROFILE);
    startGateway();
    fleet.comesTo(2, Step.CONFIRMED);
    assertThat(fleet.said(1)).isEmpty();
    publish("height", 9);
    arrives(9L);
  }

  @Test
  void aListenerIsOpenedBesideThoseThatThereAre() throws Exception {
    fleet.push(
        SHORT,
        Map.of(
            "sluice.yaml",
            """
            listeners:
              mqtt: { host: 127.0.0.1, port: 0 }
              hall: { type: mqtt, host: 127.0.0.1, port: 0 }
            """));
    fleet.comesTo(Step.CONFIRMED);
    assertThat(gateway.address("hall")).startsWith("127.0.0.1:");
    assertThat(device.isConnected()).as("what is not touched goes on").isTrue();
  }

  @Test
  void howItStandsIsInTheStatusAndTheMetrics() throws Exception {
    assertThat(view().state()).isEqualTo("none");
    fleet.push(LONG_TRIAL, OTHER_PROFILE);
    fleet.comesTo(Step.ON_TRIAL);
    await().until(() -> view().state().equals("on-trial"));
    assertThat(view().version()).isEqualTo(1);
    assertThat(view().holds()).isEqualTo(1);
    assertThat(view().by()).isEqualTo("anna");
    assertThat(view().untilMicros() - view().sinceMicros()).isEqualTo(LONG_TRIAL * 1_000_000L);
    assertThat(new MetricsResource(gateway.operations()).snapshots().stream())
        .anySatisfy(each ->
            assertThat(each.getMetadata().getPrometheusName())
                .isEqualTo("sluice_config_rollout_state"))
        .anySatisfy(each ->
            assertThat(each.getMetadata().getPrometheusName()).isEqualTo("sluice_config_version"));
  }

  private RolloutView view() {
    return gateway.operations().status().rollout();
  }

  @Test
  void aFileThatLeavesTheFolderIsNotWritten() {
    fleet.push(SHORT, Map.of("sluice.yaml", "", "../../devices.yaml", "- { id: other }"));
    assertThat(fleet.comesTo(Step.REFUSED).detail()).contains("leaves the pushed folder");
    assertThat(directory.resolve("devices.yaml")).content().contains("tank-1");
  }

  @Test
  void aTrialThatTheEndOfTheProcessCutShortIsTakenBackBeforeTheNextStart() throws Exception {
    fleet.push(LONG_TRIAL, OTHER_PROFILE);
    fleet.comesTo(Step.ON_TRIAL);
    device.disconnectForcibly(0, 0, false);
    gateway.close();
    assertThat(TrialStart.at(directory.resolve("var"))).isNull();
    startGateway();
    publish("lvl", 3);
    arrives(3L);
    assertThat(fleet.comesTo(Step.RETURNED).detail())
        .isEqualTo("the gateway ended during the trial");
  }
}
