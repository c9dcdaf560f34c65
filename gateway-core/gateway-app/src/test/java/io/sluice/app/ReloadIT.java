package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.cli.ExitCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A gateway whose files are changed while a device sends, by all ways that there are. */
@Timeout(300)
class ReloadIT {
  private static final String PROFILE =
      """
      id: tank
      interval: 10s
      metrics:
        n: {}
        level: { unit: m, from: [lvl] }
      """;

  @TempDir Path directory;

  private GatewayProcess gateway;
  private MqttClient device;
  private final AtomicBoolean isSending = new AtomicBoolean(true);
  private final AtomicInteger sent = new AtomicInteger();
  private Thread sender;

  /** Why the sender gave up; null where it did not. */
  private volatile MqttException stopped;

  @BeforeEach
  void start() throws Exception {
    write("profiles/tank.yaml", PROFILE);
    write("dialects/acme.yaml", "title: Acme\nup: [ { topic: acme/up, class: telemetry } ]\n");
    write("devices.yaml", devices("tank-1"));
    configure("steady", "archive");
    gateway =
        GatewayProcess.start(
            directory.resolve("sluice.yaml"),
            "env",
            "--default-signal=HUP"); // which a parent may have had ignored
    device = connected("tank-1");
    sender = Thread.ofPlatform().start(this::send);
  }

  @AfterEach
  void stop() {
    isSending.set(false);
    gateway.close();
  }

  private void write(String name, String text) throws Exception {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Path draft = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), text);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String devices(String... ids) {
    StringBuilder yaml = new StringBuilder();
    for (String id : ids) {
      yaml.append("- { id: %s, profile: tank, sector: factory, site: plant-a,%n".formatted(id))
          .append("    credentials: { token: t0ken-0123456789-of-%s } }%n".formatted(id));
    }
    return yaml.toString();
  }

  /** Upstreams that write to folders of their names; {@code name:folder} to another. */
  private void configure(String... upstreams) throws Exception {
    StringBuilder yaml =
        new StringBuilder(
            """
            gateway: { id: edge-01, data: ./var }
            listeners:
              mqtt: { host: 127.0.0.1, port: 0 }
            admin: { port: 0 }
            profiles: [ profiles ]
            devices: [ devices.yaml ]
            reload: { interval: 300ms }
            upstreams:
            """);
    for (String name : upstreams) {
      String folder = name.substring(name.indexOf(':') + 1);
      yaml.append(
          "  - { name: %s, type: file, directory: ./%s }%n"
              .formatted(name.replaceAll(":.*", ""), folder));
    }
    write("sluice.yaml", yaml.toString());
  }

  private MqttClient connected(String id) throws Exception {
    MqttClient client =
        new MqttClient("tcp://127.0.0.1:" + gateway.port("mqtt"), id, new MemoryPersistence());
    MqttConnectOptions options = new MqttConnectOptions();
    options.setMaxInflight(1_000); // Paho counts down after it has told that one is done
    options.setUserName(id);
    options.setPassword(("t0ken-0123456789-of-" + id).toCharArray());
    client.connect(options);
    return client;
  }

  /** One message after the other, each acknowledged. */
  private void send() {
    try {
      while (isSending.get()) {
        publish("telemetry", "{\"n\":" + (sent.get() + 1) + "}");
        sent.incrementAndGet();
      }
    } catch (MqttException e) {
      stopped = e;
    }
  }

  private void publish(String topic, String payload) throws MqttException {
    device.publish(topic, payload.getBytes(StandardCharsets.UTF_8), 1, false);
  }

  private void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, String.valueOf(gateway.pid())).start().waitFor();
  }

  private JsonNode configuration() throws Exception {
    return gateway.get("/api/v1/status").get("configuration");
  }

  private void awaitVersion(int version) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(configuration().get("version").asInt()).isEqualTo(version));
  }

  private List<Long> archived(String folder, String metric) {
    return new ArchiveFiles(directory.resolve(folder)).values(metric);
  }

  @Test
  void whatChangesIsTakenOverUnderLoadAndWhatDoesNotGoesOn() throws Exception {
    awaitVersion(1);
    String hash = configuration().get("sha256").stringValue();
    byTheFilesThemselves();
    byTheCommand();
    bySignal();
    assertThat(configuration().get("sha256").stringValue()).isNotEqualTo(hash);
    aBrokenProfileIsNamedAndChangesNothing();
    anUpstreamThatIsChangedGoesOnWhereItWas();
    isSending.set(false);
    sender.join();
    assertThat(stopped).isNull();
    assertThat(device.isConnected()).as("the session outlives all of it").isTrue();
    List<Long> all = IntStream.rangeClosed(1, sent.get()).mapToObj(Long::valueOf).toList();
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(archived("steady", "n")).hasSize(all.size()));
    assertThat(archived("steady", "n")).as("nothing is lost").hasSameElementsAs(all);
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() ->
            assertThat(archived("further", "n").size() + archived("elsewhere", "n").size())
                .as("nothing is lost, nothing is sent twice")
                .isEqualTo(all.size()));
    List<Long> both = new ArrayList<>(archived("further", "n"));
    both.addAll(archived("elsewhere", "n"));
    assertThat(both).hasSameElementsAs(all);
    assertThat(archived("elsewhere", "n")).isNotEmpty();
    assertThat(gateway.log()).contains("configuration read anew (SIGHUP)");
    assertThat(gateway.terminate()).isZero();
    StringBuilder audit = new StringBuilder();
    try (var files = Files.list(directory.resolve("var/audit"))) {
      for (Path file : files.sorted().toList()) {
        audit.append(Files.readString(file));
      }
    }
    assertThat(audit).contains("config.reloaded", "SIGHUP", "watch", "version 5", "tank.yaml:5:");
  }

  private void byTheFilesThemselves() throws Exception {
    signal("STOP"); // so that it finds all three changed, however long that takes
    write("profiles/tank.yaml", PROFILE.replace("lvl", "height"));
    write("profiles/silo.yaml", PROFILE.replace("id: tank", "id: silo"));
    write("dialects/acme.yaml", "title: Acme\nup: [ { topic: acme/v2, class: telemetry } ]\n");
    signal("CONT");
    awaitVersion(2);
    publish("acme/v2", "{\"height\":7}");
    await().until(() -> archived("steady", "level").equals(List.of(7L)));
  }

  /** Under load, with a profile that is broken in between. */
  private void anUpstreamThatIsChangedGoesOnWhereItWas() throws Exception {
    configure("steady", "further:elsewhere");
    assertThat(CommandLines.run(ExitCode.USAGE, gateway, "reload")).contains("parsnips");
    assertThat(archived("elsewhere", "n")).isEmpty();
    write("profiles/tank.yaml", PROFILE);
    assertThat(CommandLines.run(gateway, "reload")).contains("upstream further changed");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> stopped != null || archived("elsewhere", "n").size() > 10);
  }

  private void byTheCommand() throws Exception {
    write("devices.yaml", devices("tank-1", "tank-2").replace("profile: tank", "profile: silo"));
    configure("steady", "archive", "further");
    String file = directory.resolve("sluice.yaml").toString();
    assertThat(CommandLines.run(gateway, "check", "--config", file, "--against-running"))
        .contains("no fault found", "devices file devices.yaml changed", "upstream further added");
    assertThat(configuration().get("version").asInt()).as("nothing is done").isEqualTo(2);
    String looked = CommandLines.run(gateway, "reload", "--dry-run");
    assertThat(looked).contains("upstream further added").doesNotContain("version");
    String done = CommandLines.run(gateway, "reload");
    assertThat(done)
        .contains("devices file devices.yaml changed", "upstream further added", "version 3");
    MqttClient second = connected("tank-2");
    second.disconnect();
    second.close();
    await().until(() -> archived("further", "n").contains(1L)); // from the oldest record kept on
  }

  private void bySignal() throws Exception {
    configure("steady", "further");
    signal("HUP");
    awaitVersion(4);
    JsonNode upstreams = gateway.get("/api/v1/upstreams");
    assertThat(upstreams.get("upstreams").findValuesAsString("name"))
        .containsExactly("steady", "further");
    assertThat(upstreams.get("parked").findValuesAsString("name")).containsExactly("archive");
  }

  private void aBrokenProfileIsNamedAndChangesNothing() throws Exception {
    write("profiles/tank.yaml", PROFILE.replace("unit: m", "min: parsnips"));
    String refused = CommandLines.run(ExitCode.USAGE, gateway, "reload");
    assertThat(refused).contains("profiles/tank.yaml:5:", "parsnips", "nothing was changed");
    assertThat(configuration().get("version").asInt()).isEqualTo(4);
    assertThat(configuration().get("lastRefusal").get("faults").get(0).stringValue())
        .contains("parsnips");
  }
}
