package io.sluice.app;

import static io.sluice.app.SparkplugBytes.alias;
import static io.sluice.app.SparkplugBytes.named;
import static io.sluice.app.SparkplugBytes.payload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.GatewayTime;
import io.sluice.api.operator.CommandService;
import io.sluice.api.operator.CoverageService;
import io.sluice.cli.config.GatewayFiles;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttMessageListener;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** An edge node of Sparkplug B with one device, at a whole gateway; its payloads are by hand. */
@Timeout(120)
class SparkplugNodeTest {
  private static final String GROUP = "spBv1.0/Plant/";
  private static final int INT32 = 3;
  private static final int INT64 = 4;
  private static final int DOUBLE = 10;
  private static final int BOOLEAN = 11;

  @TempDir private Path directory;
  private Wiring gateway;

  private record Message(String topic, byte[] payload, boolean retained) {}

  private final BlockingQueue<Message> down = new LinkedBlockingQueue<>();

  private void write(String name, String text) throws Exception {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @BeforeEach
  void start() throws Exception {
    write(
        "sluice.yaml",
        """
        gateway: { id: edge-01, data: ./var }
        listeners:
          mqtt: { host: 127.0.0.1, port: 0, dialects: [ sluice, sparkplug ] }
        profiles: [ profiles ]
        devices: [ devices.yaml ]
        upstreams:
          - { name: archive, type: file, directory: ./archive }
        """);
    write(
        "profiles/node.yaml",
        """
        id: node
        interval: 1h
        children: { register: "Plant:*", profile: machine, limit: 4 }
        """);
    write(
        "profiles/machine.yaml",
        "id: machine\ninterval: 1h\nmetrics: { level: { unit: mm, from: [Tank/Level] } }\n");
    write(
        "devices.yaml",
        """
        - { id: Line7, profile: node, sector: factory, site: a, credentials: { token: t0ken-0123456789-of-line-7 } }
        """);
    StringWriter said = new StringWriter();
    GatewayFiles files =
        GatewayFiles.load(directory.resolve("sluice.yaml"), new PrintWriter(said, true));
    assertThat(files).as(said.toString()).isNotNull();
    gateway = Wiring.start(files, GatewayTime.system());
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private MqttClient node(int bdSeq) throws Exception {
    MqttClient client =
        new MqttClient("tcp://" + gateway.address("mqtt"), "line-7", new MemoryPersistence());
    MqttConnectOptions options = new MqttConnectOptions();
    options.setUserName("Line7");
    options.setPassword("t0ken-0123456789-of-line-7".toCharArray());
    options.setWill(GROUP + "NDEATH/Line7", death(bdSeq), 1, false);
    options.setAutomaticReconnect(false);
    client.connect(options);
    client.subscribe(
        new String[] {GROUP + "NCMD/Line7/#", GROUP + "DCMD/Line7/#", "spBv1.0/STATE/host-a"},
        new int[] {1, 1, 1},
        new IMqttMessageListener[] {this::take, this::take, this::take});
    return client;
  }

  private void take(String topic, MqttMessage message) {
    down.add(new Message(topic, message.getPayload(), message.isRetained()));
  }

  private static byte[] death(int bdSeq) {
    return new SparkplugBytes()
        .varint(1, System.currentTimeMillis())
        .metric(new SparkplugBytes().text(1, "bdSeq").varint(4, INT64).varint(11, bdSeq))
        .done();
  }

  private static byte[] nodeBirth(int bdSeq) {
    return payload(System.currentTimeMillis(), 0)
        .metric(new SparkplugBytes().text(1, "bdSeq").varint(4, INT64).varint(11, bdSeq))
        .metric(
            new SparkplugBytes().text(1, "Node Control/Rebirth").varint(4, BOOLEAN).varint(14, 0))
        .metric(named("Load", 1, DOUBLE).real(13, 0.5))
        .done();
  }

  private static byte[] deviceBirth(int seq) {
    return payload(System.currentTimeMillis(), seq)
        .metric(named("Tank/Level", 2, INT32).varint(10, 812))
        .metric(named("Lamp", 3, BOOLEAN).varint(14, 0))
        .done();
  }

  private void publish(MqttClient to, String topic, byte[] payload) throws Exception {
    to.publish(GROUP + topic, payload, 0, false);
  }

  private ArchiveFiles archive() {
    return new ArchiveFiles(directory.resolve("archive"));
  }

  private List<JsonNode> records(String device, String metric) {
    return archive().byId().values().stream()
        .filter(record -> record.get("device").stringValue().equals(device))
        .filter(record ->
            record.get("m").valueStream().anyMatch(m -> m.get("n").stringValue().equals(metric)))
        .toList();
  }

  private static JsonNode metric(JsonNode record, String name) {
    return record
        .get("m")
        .valueStream()
        .filter(m -> m.get("n").stringValue().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void birthDataAndDeathOfANodeAndItsDeviceBecomeRecords() throws Exception {
    MqttClient node = node(7);
    Message state = down.poll(60, TimeUnit.SECONDS);
    assertThat(state).isNotNull();
    assertThat(state.topic()).isEqualTo("spBv1.0/STATE/host-a");
    assertThat(state.retained()).isTrue();
    assertThat(new String(state.payload(), StandardCharsets.UTF_8))
        .matches("\\{\"online\":true,\"timestamp\":\\d{13}}");

    publish(node, "NBIRTH/Line7", nodeBirth(7));
    publish(node, "DBIRTH/Line7/Tank 1", deviceBirth(1));
    publish(
        node,
        "NDATA/Line7",
        payload(System.currentTimeMillis(), 2).metric(alias(1).real(13, 0.75)).done());
    publish(
        node,
        "DDATA/Line7/Tank 1",
        payload(System.currentTimeMillis(), 3)
            .metric(alias(2).varint(10, 813))
            .metric(alias(3).varint(14, 1))
            .done());
    await()
        .untilAsserted(() -> {
          assertThat(archive().values("level")).containsExactlyInAnyOrder(812L, 813L);
          assertThat(records("Line7", "Load")).hasSize(2);
          assertThat(records("Plant:Line7:Tank_1", "Lamp")).hasSize(2);
        });
    assertThat(gateway.operations().deadLetters().count()).isZero();
    await().untilAsserted(() -> assertThat(connected()).isEqualTo(2));

    node.disconnectForcibly(0, 0, false); // its will is due
    await()
        .untilAsserted(() -> {
          List<JsonNode> dead = records("Plant:Line7:Tank_1", "online");
          assertThat(dead).anyMatch(record -> !metric(record, "online").get("v").booleanValue());
        });
    JsonNode dead =
        records("Plant:Line7:Tank_1", "online").stream()
            .filter(record -> !metric(record, "online").get("v").booleanValue())
            .findFirst()
            .orElseThrow();
    JsonNode level = metric(dead, "level");
    assertThat(level.get("v").longValue()).isEqualTo(813);
    assertThat(level.toString()).containsIgnoringCase("bad").containsIgnoringCase("STALE");
    assertThat(metric(dead, "Lamp").toString()).containsIgnoringCase("STALE");
    await()
        .untilAsserted(() ->
            assertThat(records("Line7", "online"))
                .anyMatch(record -> record.toString().contains("STALE")));
    node.close();
  }

  /** A client library's way to stop: DISCONNECT, by which its will is gone. */
  @Test
  void nodeThatLeavesWithoutADeathIsStaleAsItsDevices() throws Exception {
    MqttClient node = node(7);
    publish(node, "NBIRTH/Line7", nodeBirth(7));
    publish(node, "DBIRTH/Line7/Tank 1", deviceBirth(1));
    await().until(() -> archive().values("level").contains(812L));
    node.disconnect();
    node.close();
    await()
        .untilAsserted(() ->
            assertThat(records("Plant:Line7:Tank_1", "online"))
                .anyMatch(record -> !metric(record, "online").get("v").booleanValue()));
    JsonNode dead = records("Plant:Line7:Tank_1", "online").getLast();
    assertThat(metric(dead, "level").toString()).contains("812").containsIgnoringCase("STALE");
    await()
        .untilAsserted(() ->
            assertThat(records("Line7", "online"))
                .anyMatch(record -> record.toString().contains("STALE")));
    await().untilAsserted(() -> assertThat(connected()).isZero());
  }

  /** Devices that coverage has as connected. */
  private long connected() {
    return gateway
        .operations()
        .coverage()
        .coverage(CoverageService.Window.NOW, CoverageService.By.ALL)
        .groups()
        .getFirst()
        .connected();
  }

  @Test
  void commandForTheDeviceBehindTheNodeIsSentOnceItIsBorn() throws Exception {
    MqttClient node = node(1);
    assertThat(down.poll(60, TimeUnit.SECONDS)).isNotNull(); // STATE
    publish(node, "NBIRTH/Line7", nodeBirth(1));
    publish(node, "DBIRTH/Line7/Tank 1", deviceBirth(1));
    DeviceId tank = new DeviceId("Plant:Line7:Tank_1");
    await().until(() -> gateway.operations().devices().get(tank) != null);
    publish(node, "DDEATH/Line7/Tank 1", payload(System.currentTimeMillis(), 2).done());
    await().until(() -> records("Plant:Line7:Tank_1", "online").size() == 2);
    CommandService.Submission submitted =
        gateway
            .operations()
            .commands()
            .submit(
                tank,
                "switch",
                ContentType.JSON,
                "{\"Lamp\":true,\"Tank/Level\":-1}".getBytes(StandardCharsets.UTF_8),
                Duration.ofHours(1));
    assertThat(submitted).isInstanceOf(CommandService.Submission.Taken.class);
    publish(node, "DBIRTH/Line7/Tank 1", deviceBirth(3));
    Message command = down.poll(60, TimeUnit.SECONDS);
    assertThat(command).isNotNull();
    assertThat(command.topic()).isEqualTo(GROUP + "DCMD/Line7/Tank 1");
    String hex = HexFormat.of().formatHex(command.payload());
    assertThat(hex).contains("20" + "0b" + "70" + "01").contains("50" + "ffffffff0f");
    publish(
        node,
        "DDATA/Line7/Tank 1",
        payload(System.currentTimeMillis(), 4).metric(alias(3).varint(14, 1)).done());
    await().untilAsserted(() -> assertThat(records("Plant:Line7:Tank_1", "Lamp")).hasSize(4));
    node.disconnect();
    node.close();
  }

  @Test
  void dataWithoutABirthIsADeadLetterAndTheNodeIsAskedForItsBirths() throws Exception {
    MqttClient node = node(1);
    assertThat(down.poll(60, TimeUnit.SECONDS)).isNotNull();
    publish(
        node,
        "NDATA/Line7",
        payload(System.currentTimeMillis(), 5).metric(alias(1).real(13, 0.75)).done());
    Message asked = down.poll(60, TimeUnit.SECONDS);
    assertThat(asked).isNotNull();
    assertThat(asked.topic()).isEqualTo(GROUP + "NCMD/Line7");
    assertThat(asked.retained()).isFalse();
    assertThat(new String(asked.payload(), StandardCharsets.ISO_8859_1))
        .contains("Node Control/Rebirth");
    await().until(() -> gateway.operations().deadLetters().count() == 1);
    assertThat(node.isConnected()).isTrue();
    publish(node, "NBIRTH/Line7", nodeBirth(1));
    await().untilAsserted(() -> assertThat(records("Line7", "Load")).hasSize(1));
    node.disconnect();
    node.close();
  }
}
