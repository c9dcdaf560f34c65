package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.DeviceId;
import io.sluice.api.GatewayTime;
import io.sluice.api.operator.ConfigurationService;
import io.sluice.api.operator.ConfigurationService.Reload;
import io.sluice.api.operator.ConfigurationService.Result;
import io.sluice.api.operator.DrainService;
import io.sluice.cli.config.GatewayFiles;
import io.sluice.testkit.Mosquitto;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a reload takes over, and what it leaves alone. */
@Timeout(300)
class ReloaderTest {
  private static final String PROFILE =
      """
      id: tank
      interval: 10s
      metrics:
        level: { unit: m, from: [lvl] }
      """;
  private static final String DIALECT =
      """
      title: Acme
      up:
        - { topic: acme/up, class: telemetry }
      """;

  @TempDir Path directory;

  private Path config;
  private Wiring gateway;
  private MqttClient device;
  private ConfigurationService configuration;

  @BeforeEach
  void start() throws Exception {
    write("profiles/tank.yaml", PROFILE);
    write("dialects/acme.yaml", DIALECT);
    write("devices.yaml", devices("tank-1"));
    config = write("sluice.yaml", configuration("archive", "./archive"));
    long written = System.currentTimeMillis();
    // a file that is written while a gateway reads it is not known to it
    await().until(() -> System.currentTimeMillis() - written > 50);
    StringWriter said = new StringWriter();
    GatewayFiles files = GatewayFiles.load(config, new PrintWriter(said, true));
    assertThat(files).as(said.toString()).isNotNull();
    gateway = Wiring.start(files, GatewayTime.system());
    configuration = gateway.operations().configuration();
    device = connected("tank-1");
  }

  @AfterEach
  void stop() throws Exception {
    device.disconnectForcibly(0, 0, false);
    device.close();
    gateway.close();
  }

  private Path write(String name, String text) throws Exception {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private static String configuration(String upstream, String folder) {
    return """
    gateway: { id: edge-01, data: ./var }
    listeners:
      mqtt: { host: 127.0.0.1, port: 0 }
    profiles: [ profiles ]
    devices: [ devices.yaml ]
    reload: { watch: false }
    upstreams:
      - { name: %s, type: file, directory: %s }
    """
        .formatted(upstream, folder);
  }

  private static String devices(String... ids) {
    StringBuilder yaml = new StringBuilder();
    for (String id : ids) {
      yaml.append("- { id: ")
          .append(id)
          .append(", profile: tank, sector: factory, site: plant-a,\n")
          .append("    credentials: { token: t0ken-0123456789-of-")
          .append(id)
          .append(" } }\n");
    }
    return yaml.toString();
  }

  private MqttClient connected(String id) throws Exception {
    return connected(id, "mqtt");
  }

  private MqttClient connected(String id, String listener) throws Exception {
    MqttClient client =
        new MqttClient("tcp://" + gateway.address(listener), id, new MemoryPersistence());
    MqttConnectOptions options = new MqttConnectOptions();
    options.setUserName(id);
    options.setPassword(("t0ken-0123456789-of-" + id).toCharArray());
    client.connect(options);
    return client;
  }

  private void publish(String topic, String payload) throws Exception {
    device.publish(topic, payload.getBytes(StandardCharsets.UTF_8), 1, false);
  }

  private Reload reload() {
    return configuration.reload("anna", "127.0.0.1", false);
  }

  private List<Long> archived(String folder, String metric) {
    return new ArchiveFiles(directory.resolve(folder)).values(metric);
  }

  @Test
  void nothingNewIsNothingDone() {
    Reload reload = reload();
    assertThat(reload.result()).as(reload.toString()).isEqualTo(Result.UNCHANGED);
    assertThat(configuration.standing().version()).isEqualTo(1);
    assertThat(configuration.standing().sha256()).hasSize(64);
    assertThat(configuration.standing().unchanged()).isEqualTo(1);
  }

  @Test
  void anotherProfileAndDialectHoldForAnOpenSession() throws Exception {
    publish("telemetry", "{\"lvl\":1}");
    await().until(() -> archived("archive", "level").equals(List.of(1L)));
    String before = configuration.standing().sha256();
    write("profiles/tank.yaml", PROFILE.replace("lvl", "height"));
    write("dialects/acme.yaml", DIALECT.replace("acme/up", "acme/v2"));
    Reload reload = reload();
    assertThat(reload.result()).as(reload.toString()).isEqualTo(Result.APPLIED);
    assertThat(reload.changes())
        .containsExactly("profile file tank.yaml changed", "dialect file acme.yaml changed");
    publish("acme/v2", "{\"height\":2}");
    await().until(() -> archived("archive", "level").equals(List.of(1L, 2L)));
    publish("acme/up", "{\"height\":3}");
    await().until(() -> gateway.operations().deadLetters().count() == 1);
    assertThat(configuration.standing().version()).isEqualTo(2);
    assertThat(configuration.standing().sha256()).hasSize(64).isNotEqualTo(before);
    assertThat(device.isConnected()).isTrue();
  }

  @Test
  void aBrokenProfileChangesNothing() throws Exception {
    write("profiles/tank.yaml", PROFILE.replace("unit: m,", "min: parsnips,"));
    write("devices.yaml", devices("tank-1", "tank-2"));
    Reload reload = reload();
    assertThat(reload.result()).isEqualTo(Result.REFUSED);
    assertThat(reload.faults())
        .first()
        .asString()
        .startsWith(directory.resolve("profiles/tank.yaml") + ":4:")
        .contains("parsnips");
    publish("telemetry", "{\"lvl\":1}");
    await().until(() -> archived("archive", "level").equals(List.of(1L)));
    assertThat(gateway.operations().devices().get(new DeviceId("tank-2"))).isNull();
    assertThat(configuration.standing().version()).isEqualTo(1);
    assertThat(configuration.standing().lastRefusal().faults()).isEqualTo(reload.faults());
  }

  @Test
  void aDeviceThatIsAddedMayConnect() throws Exception {
    write("devices.yaml", devices("tank-1", "tank-2"));
    Reload reload = reload();
    assertThat(reload.result()).as(reload.toString()).isEqualTo(Result.APPLIED);
    assertThat(reload.changes()).containsExactly("devices file devices.yaml changed");
    MqttClient second = connected("tank-2");
    assertThat(second.isConnected()).isTrue();
    second.disconnect();
    second.close();
    assertThat(device.isConnected()).isTrue();
  }

  @Test
  void upstreamsComeChangeAndGo() throws Exception {
    publish("telemetry", "{\"lvl\":1}");
    await().until(() -> archived("archive", "level").equals(List.of(1L)));
    String further = "  - { name: second, type: file, directory: ./second }\n";
    write("sluice.yaml", configuration("archive", "./elsewhere") + further);
    Reload added = reload();
    assertThat(added.result()).as(added.toString()).isEqualTo(Result.APPLIED);
    assertThat(added.changes())
        .containsExactly(
            "configuration file sluice.yaml changed",
            "upstream second added",
            "upstream archive changed");
    publish("telemetry", "{\"lvl\":2}");
    // one that was changed goes on where it was; a new one begins with the oldest record kept
    await().until(() -> archived("elsewhere", "level").equals(List.of(2L)));
    await().until(() -> archived("second", "level").equals(List.of(1L, 2L)));
    write("sluice.yaml", configuration("second", "./second"));
    assertThat(reload().changes()).contains("upstream archive removed");
    publish("telemetry", "{\"lvl\":3}");
    await().until(() -> archived("second", "level").equals(List.of(1L, 2L, 3L)));
    assertThat(archived("elsewhere", "level")).containsExactly(2L);
    assertThat(gateway.operations().upstreamService().parked())
        .singleElement()
        .satisfies(parked -> assertThat(parked.name()).isEqualTo("archive"));
    write("sluice.yaml", configuration("second", "./second") + further("archive"));
    assertThat(reload().result()).isEqualTo(Result.APPLIED);
    await().until(() -> archived("archive", "level").equals(List.of(1L, 3L)));
    assertThat(gateway.operations().upstreamService().parked()).isEmpty();
  }

  private static String further(String name) {
    return "  - { name: %s, type: file, directory: ./%s }\n".formatted(name, name);
  }

  @Test
  void sourceComesChangesAndGoesBesideWhatRuns(@TempDir Path brokers) throws Exception {
    String text = configuration("archive", "./archive");
    try (Mosquitto broker = new Mosquitto(brokers)) {
      MqttClient far =
          new MqttClient("tcp://127.0.0.1:" + broker.port, "far", new MemoryPersistence());
      far.connect();
      String source =
          "sources: [ { name: hall, type: mqtt, uri: \"tcp://127.0.0.1:%d\", topics: [ \"acme/#\" ], device: %s } ]\n";
      write("devices.yaml", devices("tank-1", "tank-2"));
      write("sluice.yaml", text + source.formatted(broker.port, "tank-1"));
      Reload added = reload();
      assertThat(added.result()).as(added.toString()).isEqualTo(Result.APPLIED);
      assertThat(added.changes()).contains("source hall added");
      awaitFromBroker(far, 1, "tank-1");
      write("sluice.yaml", text + source.formatted(broker.port, "tank-2"));
      assertThat(reload().changes()).contains("source hall changed");
      awaitFromBroker(far, 2, "tank-2");
      write("profiles/tank.yaml", PROFILE.replace("lvl", "height"));
      assertThat(reload().changes()).containsExactly("profile file tank.yaml changed");
      publish(far, "acme/up", "{\"height\":3}");
      await().until(() -> archived("archive", "level").contains(3L));
      write("sluice.yaml", text);
      assertThat(reload().changes()).contains("source hall removed");
      publish(far, "acme/up", "{\"height\":4}");
      publish("telemetry", "{\"height\":5}");
      await().until(() -> archived("archive", "level").contains(5L));
      assertThat(archived("archive", "level")).doesNotContain(4L);
      assertThat(device.isConnected()).as("the session outlives all of it").isTrue();
      far.disconnect();
      far.close();
    }
  }

  private void awaitFromBroker(MqttClient far, int level, String device) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> {
          publish(far, "acme/up", "{\"lvl\":" + level + "}"); // until the source has subscribed
          return new ArchiveFiles(directory.resolve("archive"))
              .records().stream()
                  .filter(record -> record.get("device").stringValue().equals(device))
                  .anyMatch(record -> record.get("m").toString().contains("\"v\":" + level));
        });
  }

  private static void publish(MqttClient to, String topic, String payload) throws Exception {
    to.publish(topic, payload.getBytes(StandardCharsets.UTF_8), 1, false);
  }

  @Test
  void whatWantsARestartIsNamedAndNotDone() throws Exception {
    String text = configuration("archive", "./archive");
    write("sluice.yaml", text.replace("edge-01", "edge-02") + "spool: { queue-bytes: 8MB }\n");
    Reload looked = configuration.reload("anna", null, true);
    assertThat(looked.result()).as(looked.toString()).isEqualTo(Result.CHECKED);
    assertThat(looked.restart()).containsExactly("gateway.id", "spool.queue-bytes");
    assertThat(configuration.standing().version()).isEqualTo(1);
    Reload reload = reload();
    assertThat(reload.restart()).isEqualTo(looked.restart());
    assertThat(configuration.standing().restart()).isEqualTo(looked.restart());
    publish("telemetry", "{\"lvl\":1}");
    await().until(() -> archived("archive", "level").equals(List.of(1L)));
  }

  @Test
  void aListenerIsOpenedChangedAndClosedAlone() throws Exception {
    String one = configuration("archive", "./archive");
    String two =
        one.replace("profiles:", "  hall: { type: mqtt, host: 127.0.0.1, port: 0 }\nprofiles:");
    write("devices.yaml", devices("tank-1", "tank-2"));
    write("sluice.yaml", two);
    assertThat(reload().changes()).contains("listener hall added");
    try (MqttClient hall = connected("tank-2", "hall")) {
      hall.publish("telemetry", "{\"lvl\":2}".getBytes(StandardCharsets.UTF_8), 1, false);
      await().until(() -> archived("archive", "level").equals(List.of(2L)));
      String address = gateway.address("mqtt");
      write("sluice.yaml", two.replace("type: mqtt,", "type: mqtt, max-packet-size: 64KB,"));
      Reload changed = reload();
      assertThat(changed.changes()).contains("listener hall changed");
      assertThat(changed.restart()).isEmpty();
      await().until(() -> !hall.isConnected());
      assertThat(gateway.address("mqtt")).isEqualTo(address);
    }
    try (MqttClient hall = connected("tank-2", "hall")) {
      write("sluice.yaml", one);
      assertThat(reload().changes()).contains("listener hall removed");
      await().until(() -> !hall.isConnected());
    }
    assertThat(gateway.operations().status().listeners()).hasSize(1);
    assertThat(device.isConnected()).as("what is not touched goes on").isTrue();
    publish("telemetry", "{\"lvl\":1}");
    await().until(() -> archived("archive", "level").equals(List.of(2L, 1L)));
  }

  @Test
  void aListenerThatCannotOpenLeavesTheFormerOneOpen() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      write(
          "sluice.yaml",
          configuration("other", "./other").replace("port: 0", "port: " + taken.getLocalPort()));
      Reload reload = reload();
      assertThat(reload.result()).isEqualTo(Result.REFUSED);
      assertThat(reload.faults()).singleElement().asString().contains("listeners.mqtt");
    }
    try (MqttClient again = connected("tank-1")) {
      again.publish("telemetry", "{\"lvl\":4}".getBytes(StandardCharsets.UTF_8), 1, false);
      await().until(() -> archived("archive", "level").equals(List.of(4L)));
      again.disconnect();
    }
    assertThat(gateway.operations().upstreams())
        .extracting(each -> each.name())
        .contains("archive");
  }

  @Test
  void aDrainIsAsTheLatestConfigurationSays() throws Exception {
    write(
        "sluice.yaml",
        configuration("archive", "./archive")
            + "drain: { for: 1h, server-reference: \"gw-2.example\" }\n");
    assertThat(reload().changes()).contains("drain changed");
    DrainService.Standing standing = gateway.operations().draining().start(null, null, false);
    assertThat(standing.serverReference()).isEqualTo("gw-2.example");
    assertThat(standing.untilMicros() - standing.sinceMicros())
        .isEqualTo(Duration.ofHours(1).toMillis() * 1_000);
  }
}
