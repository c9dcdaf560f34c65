package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.sluice.api.GatewayTime;
import io.sluice.api.audit.AuditEvent;
import io.sluice.api.fleet.ConfigurationStore.Audience;
import io.sluice.api.fleet.ConfigurationStore.Pushed;
import io.sluice.api.fleet.ConfigurationStore.Report;
import io.sluice.api.fleet.ConfigurationStore.Step;
import io.sluice.app.rollout.Rollout;
import io.sluice.cli.config.GatewayFiles;
import io.sluice.store.postgres.PostgresConfigurations;
import io.sluice.testkit.PostgreSql;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** What a gateway does with a configuration that its fleet pushes. */
@Timeout(120)
class RolloutTest {
  private static final String PROFILE =
      """
      id: tank
      interval: 10s
      metrics:
        level: { unit: m, from: [%s] }
      """;
  private static final int TRIAL_SECONDS = 30;

  @TempDir Path directory;

  private final List<AuditEvent> audited = new CopyOnWriteArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private PostgresConfigurations fleet;
  private Path file;
  private Wiring gateway;
  private Rollout rollout;
  private MqttClient device;

  @BeforeEach
  void start() throws Exception {
    fleet = new PostgresConfigurations(database());
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
            fleet: { store: { uri: "postgresql://127.0.0.1:1/none", user: a, password: b }, configuration: { take: true } }
            listeners:
              mqtt: { host: 127.0.0.1, port: 0 }
            profiles: [ profiles ]
            devices: [ devices.yaml ]
            upstreams:
              - { name: archive, type: file, directory: ./archive }
            """);
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
    rollout =
        new Rollout(
            new Rollout.Box("edge-01", null, file, files.config().gateway().data()),
            fleet,
            gateway.operations(),
            audited::add,
            nanos::get);
    device = new MqttClient("tcp://" + gateway.address("mqtt"), "tank-1", new MemoryPersistence());
    MqttConnectOptions options = new MqttConnectOptions();
    options.setUserName("tank-1");
    options.setPassword("t0ken-0123456789-of-tank-1".toCharArray());
    device.connect(options);
  }

  private static PGSimpleDataSource database() throws Exception {
    PostgreSql server = PostgreSql.shared();
    String name = server.newDatabase();
    try (InputStream script =
        PostgresConfigurations.class.getResourceAsStream("V3__configurations.sql")) {
      server.sql(
          name, "create schema sluice", new String(script.readAllBytes(), StandardCharsets.UTF_8));
    }
    PGSimpleDataSource database = new PGSimpleDataSource();
    database.setPortNumbers(new int[] {server.port});
    database.setDatabaseName(name);
    database.setUser(PostgreSql.USER);
    database.setPassword(PostgreSql.PASSWORD);
    return database;
  }

  @AfterEach
  void stop() throws Exception {
    device.disconnectForcibly(0, 0, false);
    device.close();
    gateway.close();
  }

  private void push(Map<String, String> files) {
    SortedMap<String, byte[]> bytes = new TreeMap<>();
    files.forEach((name, text) -> bytes.put(name, text.getBytes(StandardCharsets.UTF_8)));
    fleet.push(
        new Pushed("anna", "", new Audience(List.of("edge-01"), null), TRIAL_SECONDS, bytes));
    rollout.look();
  }

  private void pass(int seconds) {
    for (int i = 0; i < seconds; i++) {
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
      rollout.run();
    }
  }

  private Report said() {
    return fleet.reports(0).getFirst();
  }

  private void publish(String metric, int value) throws Exception {
    String text = "{\"" + metric + "\":" + value + "}";
    device.publish("telemetry", text.getBytes(StandardCharsets.UTF_8), 1, false);
  }

  private List<Long> archived() {
    return new ArchiveFiles(directory.resolve("archive")).values("level");
  }

  @Test
  void whatIsWellAtTheEndOfTheTrialIsConfirmed() throws Exception {
    push(
        Map.of(
            "sluice.yaml",
            "profiles: [ profiles ]",
            "profiles/tank.yaml",
            PROFILE.formatted("height")));
    pass(1);
    assertThat(said().step()).isEqualTo(Step.ON_TRIAL);
    publish("height", 7);
    await().until(() -> archived().equals(List.of(7L)));
    pass(TRIAL_SECONDS);
    assertThat(said().step()).isEqualTo(Step.CONFIRMED);
    assertThat(device.isConnected()).as("what is not touched goes on").isTrue();
    assertThat(audited)
        .extracting(AuditEvent::action, AuditEvent::who, AuditEvent::detail)
        .containsExactly(
            tuple("config.pushed", "fleet: anna", "on trial for 30 s"),
            tuple("config.pushed", "fleet: anna", "confirmed"));
  }

  @Test
  void aFaultChangesNothingAndIsTold() throws Exception {
    push(Map.of("sluice.yaml", "upstreams: [ { name: a, type: fill, directory: x } ]"));
    pass(1);
    assertThat(said().step()).isEqualTo(Step.REFUSED);
    assertThat(said().detail())
        .contains("sluice.yaml:1:")
        .contains("\"fill\" is not a type of upstream; did you mean \"file\"?");
    publish("lvl", 1);
    await().until(() -> archived().equals(List.of(1L)));
    assertThat(Files.exists(directory.resolve("var/rollout/current"))).isFalse();
    pass(70);
    assertThat(audited).as("it is not taken once more").hasSize(1);
  }

  @Test
  void anUplinkThatDoesNotComeEndsTheTrial() throws Exception {
    push(
        Map.of(
            "sluice.yaml",
            """
            upstreams:
              - { name: archive, type: file, directory: ./archive }
              - { name: cloud, type: mqtt, uri: "mqtt://127.0.0.1:1", topic: t }
            """));
    pass(1);
    assertThat(said().step()).isEqualTo(Step.ON_TRIAL);
    assertThat(gateway.operations().upstreams()).hasSize(2);
    pass(TRIAL_SECONDS);
    assertThat(said().step()).isEqualTo(Step.RETURNED);
    assertThat(said().detail()).startsWith("upstream cloud is ");
    assertThat(gateway.operations().upstreams()).hasSize(1);
    publish("lvl", 5);
    await().until(() -> archived().equals(List.of(5L)));
  }

  @Test
  void whatWantsARestartIsNotTaken() throws Exception {
    push(
        Map.of(
            "sluice.yaml",
            "listeners: { mqtt: { host: 127.0.0.1, port: 0, max-packet-size: 64KB } }"));
    pass(1);
    assertThat(said().step()).isEqualTo(Step.REFUSED);
    assertThat(said().detail())
        .isEqualTo(
            "takes effect with a restart only: listeners.mqtt.max-packet-size; change it at the box");
    assertThat(gateway.operations().configuration().standing().restart()).isEmpty();
  }

  @Test
  void aFileThatLeavesTheFolderIsNotWritten() throws Exception {
    push(Map.of("sluice.yaml", "", "../../devices.yaml", "- { id: other }"));
    pass(1);
    assertThat(said().step()).isEqualTo(Step.REFUSED);
    assertThat(said().detail()).contains("leaves the pushed folder");
    assertThat(directory.resolve("devices.yaml")).content().contains("tank-1");
  }

  @Test
  void aTrialThatTheEndOfTheProcessCutShortIsTakenBackBeforeTheNextStart() throws Exception {
    push(
        Map.of(
            "sluice.yaml",
            "profiles: [ profiles ]",
            "profiles/tank.yaml",
            PROFILE.formatted("height")));
    pass(2);
    device.disconnectForcibly(0, 0, false);
    gateway.close();
    assertThat(Rollout.returnFromTrial(directory.resolve("var"))).isTrue();
    assertThat(Rollout.returnFromTrial(directory.resolve("var"))).isFalse();
    startGateway();
    publish("lvl", 3);
    await().until(() -> archived().equals(List.of(3L)));
    pass(1);
    assertThat(said().step()).isEqualTo(Step.RETURNED);
    assertThat(said().detail()).isEqualTo("the gateway ended during the trial");
  }

  @Test
  void aSecondVersionTakesThePlaceOfTheFirst() throws Exception {
    push(
        Map.of(
            "sluice.yaml",
            "profiles: [ profiles ]",
            "profiles/tank.yaml",
            PROFILE.formatted("height")));
    pass(1 + TRIAL_SECONDS);
    push(
        Map.of(
            "sluice.yaml",
            "profiles: [ profiles ]",
            "profiles/tank.yaml",
            PROFILE.formatted("depth")));
    pass(1 + TRIAL_SECONDS);
    assertThat(said().step()).isEqualTo(Step.CONFIRMED);
    publish("depth", 4);
    await().until(() -> archived().equals(List.of(4L)));
    try (var kept = Files.list(directory.resolve("var/rollout"))) {
      assertThat(kept.map(each -> each.getFileName().toString()).sorted())
          .containsExactly("current", "state", "v2");
    }
  }
}
