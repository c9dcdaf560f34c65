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
import io.sluice.cli.config.GatewayFiles;
import io.sluice.testkit.Mosquitto;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An edge node of Sparkplug B at a plant's Mosquitto, to which the gateway subscribes. */
@Timeout(120)
class SparkplugSourceTest {
  private static final String GROUP = "spBv1.0/Plant/";
  private static final int INT32 = 3;
  private static final int INT64 = 4;

  @TempDir private Path directory;

  private record Message(String topic, MqttMessage message) {}

  private final BlockingQueue<Message> down = new LinkedBlockingQueue<>();

  private void write(String name, String text) throws Exception {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private Wiring start(int port) throws Exception {
    write(
        "sluice.yaml",
        """
        gateway: { id: edge-01, data: ./var }
        profiles: [ profiles ]
        devices: [ devices.yaml ]
        sources:
          - { name: plant, type: mqtt, uri: "tcp://127.0.0.1:%d", topics: [ "spBv1.0/#" ], dialects: [ sparkplug ],
              announce: { topic: spBv1.0/STATE/host-a } }
        upstreams:
          - { name: archive, type: file, directory: ./archive }
        """
            .formatted(port));
    write(
        "profiles/plant.yaml",
        "id: plant\ninterval: 1h\nchildren: { register: \"Plant:*\", profile: machine, limit: 4 }\n");
    write("profiles/machine.yaml", "id: machine\ninterval: 1h\n");
    write("devices.yaml", "- { id: plant, profile: plant, sector: factory, site: a }\n");
    StringWriter said = new StringWriter();
    GatewayFiles files =
        GatewayFiles.load(directory.resolve("sluice.yaml"), new PrintWriter(said, true));
    assertThat(files).as(said.toString()).isNotNull();
    return Wiring.start(files, GatewayTime.system());
  }

  private static byte[] nodeBirth() {
    return payload(System.currentTimeMillis(), 0)
        .metric(new SparkplugBytes().text(1, "bdSeq").varint(4, INT64).varint(11, 0))
        .metric(named("Load", 1, INT32).varint(10, 40))
        .done();
  }

  private static byte[] deviceBirth() {
    return payload(System.currentTimeMillis(), 1)
        .metric(named("Setpoint", 2, INT32).varint(10, 20))
        .done();
  }

  private static byte[] load(int seq, int value) {
    return payload(System.currentTimeMillis(), seq).metric(alias(1).varint(10, value)).done();
  }

  private static String text(Message message) {
    return new String(message.message().getPayload(), StandardCharsets.UTF_8);
  }

  private Message next() throws InterruptedException {
    Message message = down.poll(60, TimeUnit.SECONDS);
    assertThat(message).isNotNull();
    return message;
  }

  @Test
  void nodeIsAskedForItsBirthAndItsDeviceIsSentACommandThroughTheBroker(@TempDir Path brokers)
      throws Exception {
    try (Mosquitto broker = new Mosquitto(brokers);
        MqttClient node =
            new MqttClient("tcp://127.0.0.1:" + broker.port, "line-7", new MemoryPersistence())) {
      node.connect();
      for (String kind : new String[] {"NCMD", "DCMD"}) {
        node.subscribe(
            GROUP + kind + "/Line7/#", 1, (topic, told) -> down.add(new Message(topic, told)));
      }
      try (Wiring gateway = start(broker.port)) {
        await().until(() -> gateway.operations().status().endpoints().getFirst().up());
        node.subscribe(
            "spBv1.0/STATE/host-a", 1, (topic, told) -> down.add(new Message(topic, told)));
        Message state = next();
        assertThat(state.message().isRetained()).isTrue();
        assertThat(text(state)).matches("\\{\"online\":true,\"timestamp\":\\d{13}}");

        node.publish(GROUP + "NDATA/Line7", load(5, 41), 0, false);
        Message asked = next();
        assertThat(asked.topic()).isEqualTo(GROUP + "NCMD/Line7");
        assertThat(asked.message().getQos()).isZero();
        assertThat(new String(asked.message().getPayload(), StandardCharsets.ISO_8859_1))
            .contains("Node Control/Rebirth");

        node.publish(GROUP + "NBIRTH/Line7", nodeBirth(), 0, false);
        node.publish(GROUP + "DBIRTH/Line7/Oven", deviceBirth(), 0, false);
        node.publish(GROUP + "NDATA/Line7", load(2, 42), 0, false);
        ArchiveFiles archive = new ArchiveFiles(directory.resolve("archive"));
        await()
            .untilAsserted(() -> {
              assertThat(archive.values("Load")).containsExactlyInAnyOrder(40L, 42L);
              assertThat(archive.values("Setpoint")).containsExactly(20L);
            });

        CommandService.Submission submitted =
            gateway
                .operations()
                .commands()
                .submit(
                    new DeviceId("Plant:Line7:Oven"),
                    "write",
                    ContentType.JSON,
                    "{\"Setpoint\":21}".getBytes(StandardCharsets.UTF_8),
                    Duration.ofHours(1));
        assertThat(submitted).isInstanceOf(CommandService.Submission.Taken.class);
        Message command = next();
        assertThat(command.topic()).isEqualTo(GROUP + "DCMD/Line7/Oven");
        assertThat(command.message().getQos()).isZero();
      }
      assertThat(text(next())).startsWith("{\"online\":false,");
      node.disconnect();
    }
  }
}
