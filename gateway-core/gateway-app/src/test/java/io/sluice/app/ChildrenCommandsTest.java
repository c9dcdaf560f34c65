package io.sluice.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.GatewayTime;
import io.sluice.api.operator.CommandService.CommandView;
import io.sluice.api.operator.CommandService.State;
import io.sluice.api.operator.CommandService.Submission;
import io.sluice.cli.config.GatewayFiles;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commands for devices behind a concentrator, as its vendor has them, at a whole gateway. Bodies
 * are written by hand from the vendors' pages that the dialects' files name.
 */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChildrenCommandsTest {
  private static final String EUI = "24e124445d193673";
  private static final String TOKEN = "t0ken-0123456789-of-";

  private Path directory;
  private Wiring gateway;

  private void write(String name, String text) throws Exception {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    directory = temporary;
    write(
        "sluice.yaml",
        """
        gateway: { id: edge-01, data: ./var }
        listeners:
          mqtt: { host: 127.0.0.1, port: 0, dialects: [ sluice, thingsboard, chirpstack, the-things-stack ] }
        profiles: [ profiles ]
        devices: [ devices.yaml ]
        upstreams:
          - { name: archive, type: file, directory: ./archive }
        """);
    write("profiles/plain.yaml", "id: plain\n");
    write("profiles/node.yaml", "id: node\ncodec: script\nscript: ../codecs/node.js\n");
    write(
        "codecs/node.js",
        """
        function decodeUplink(input) { return { data: { level: input.bytes[0] } }; }
        function encodeDownlink(input) {
          if (input.data.minutes > 255) { return { errors: ["at most 255 minutes"] }; }
          return { bytes: [255, 3, input.data.minutes], fPort: 85 };
        }
        """);
    StringBuilder devices = new StringBuilder();
    for (String each : new String[] {"hub", "board", "lns", "tts"}) {
      devices.append(
          "- { id: %s, profile: plain, sector: factory, site: a, credentials: { token: %s } }\n"
              .formatted(each, TOKEN + each));
    }
    devices.append("- { id: valve, profile: plain, sector: factory, site: a, parent: hub }\n");
    devices.append("- { id: probe, profile: plain, sector: factory, site: a, parent: board }\n");
    devices.append(
        "- { id: %s, profile: node, sector: farm, site: a, parent: lns }\n".formatted(EUI));
    devices.append(
        "- { id: 70b3d57ed0000001, profile: node, sector: farm, site: a, parent: tts }\n");
    write("devices.yaml", devices.toString());
    StringWriter said = new StringWriter();
    GatewayFiles files =
        GatewayFiles.load(directory.resolve("sluice.yaml"), new PrintWriter(said, true));
    assertThat(files).as(said.toString()).isNotNull();
    gateway = Wiring.start(files, GatewayTime.system());
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  /** A concentrator with a client that keeps what comes, {@code topic payload}. */
  private final class Concentrator implements AutoCloseable {
    private final MqttClient client;
    private final BlockingQueue<String> came = new LinkedBlockingQueue<>();

    Concentrator(String id, String filter, int qos) throws Exception {
      client = new MqttClient("tcp://" + gateway.address("mqtt"), id, new MemoryPersistence());
      MqttConnectOptions options = new MqttConnectOptions();
      options.setUserName(id);
      options.setPassword((TOKEN + id).toCharArray());
      client.connect(options);
      client.subscribe(
          filter,
          qos,
          (topic, message) -> came.add(topic + ' ' + new String(message.getPayload(), UTF_8)));
    }

    void says(String topic, String payload) throws Exception {
      client.publish(topic, payload.getBytes(UTF_8), 1, false);
    }

    String hears() throws InterruptedException {
      return Objects.requireNonNullElse(came.poll(60, TimeUnit.SECONDS), "nothing");
    }

    @Override
    public void close() throws MqttException {
      client.disconnect();
      client.close();
    }
  }

  private Submission submit(String device, String name, String json) {
    return gateway
        .operations()
        .commands()
        .submit(
            new DeviceId(device),
            name,
            ContentType.JSON,
            json.getBytes(UTF_8),
            Duration.ofHours(1));
  }

  private CommandView taken(String device, String name, String json) {
    return ((Submission.Taken) submit(device, name, json)).command();
  }

  private CommandView view(CommandView of) {
    return Objects.requireNonNull(gateway.operations().commands().get(of.device(), of.id()));
  }

  private void awaitState(CommandView of, State state) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(view(of).state()).isEqualTo(state));
  }

  @Test
  void onOnesOwnTopicsTheChildStandsBeforeTheName() throws Exception {
    CommandView before = taken("valve", "open", "{\"pct\":40}");
    try (Concentrator hub = new Concentrator("hub", "command/#", 1)) {
      assertThat(hub.hears()).isEqualTo("command/valve/open {\"pct\":40}");
      awaitState(before, State.ACKNOWLEDGED);
      CommandView own = taken("hub", "reboot", "{}");
      assertThat(hub.hears()).isEqualTo("command/reboot {}");
      awaitState(own, State.ACKNOWLEDGED);
    }
    try (Concentrator hub = new Concentrator("hub", "command/valve/+", 0)) {
      CommandView again = taken("valve", "shut", "{}");
      assertThat(hub.hears()).isEqualTo("command/valve/shut {}");
      assertThat(view(again).sentMicros()).isNotNull();
    }
  }

  @Test
  void childsAnswerAtAThingsBoardGatewayIsKnownAgain() throws Exception {
    try (Concentrator board = new Concentrator("board", "v1/gateway/rpc", 0)) {
      CommandView command = taken("probe", "setGpio", "{\"pin\":7}");
      String sent = board.hears();
      assertThat(sent)
          .matches(
              "v1/gateway/rpc \\{\"device\":\"probe\",\"data\":\\{\"id\":\\d+,"
                  + "\"method\":\"setGpio\",\"params\":\\{\"pin\":7}}}");
      assertThat(view(command).state()).isEqualTo(State.SENT);
      String id = sent.replaceAll(".*\"id\":(\\d+).*", "$1");
      board.says("v1/gateway/rpc", "{\"device\":\"probe\",\"id\":" + id + ",\"data\":{\"ok\":1}}");
      awaitState(command, State.ACKNOWLEDGED);
    }
  }

  @Test
  void chirpStackTakesWhatTheScriptWroteAndItsAcknowledgementEndsTheCommand() throws Exception {
    String events = "application/17c82e96-be03-4f38-aef3-f83d48582d97/device/" + EUI + "/event/";
    try (Concentrator server = new Concentrator("lns", "application/+/device/+/command/+", 1)) {
      server.says(
          events + "up",
          "{\"deviceInfo\":{\"devEui\":\"%s\"},\"fCnt\":1,\"fPort\":85,\"data\":\"AQ==\"}"
              .formatted(EUI));
      assertThat(submit(EUI, "interval", "{\"minutes\":300}"))
          .isInstanceOfSatisfying(
              Submission.Invalid.class,
              refused -> assertThat(refused.detail()).contains("at most 255 minutes"));
      CommandView done = taken(EUI, "interval", "{\"minutes\":20}");
      assertThat(server.hears())
          .isEqualTo(
              "application/17c82e96-be03-4f38-aef3-f83d48582d97/device/24e124445d193673/command/down"
                  + " {\"devEui\":\"24e124445d193673\",\"id\":\"%s\",\"confirmed\":true,\"fPort\":85,"
                      .formatted(done.id())
                  + "\"data\":\"/wMU\"}");
      CommandView lost = taken(EUI, "interval", "{\"minutes\":30}");
      assertThat(server.hears()).contains(lost.id());
      // the server has it: a new session of the server's is not given it again
      String ack =
          "{\"deduplicationId\":\"d\",\"deviceInfo\":{\"devEui\":\"%s\"},\"queueItemId\":\"%s\"%s,\"fCntDown\":9}";
      server.says(events + "ack", ack.formatted(EUI, done.id(), ",\"acknowledged\":true"));
      awaitState(done, State.ACKNOWLEDGED);
      assertThat(view(lost).state()).isEqualTo(State.SENT);
      server.says(events + "ack", ack.formatted(EUI, lost.id(), ""));
      awaitState(lost, State.REFUSED);
    }
  }

  @Test
  void theThingsStackTellsByTheCorrelationIdWhatBecameOfACommand() throws Exception {
    String device = "v3/app1@tenant1/devices/dev1/";
    String ids =
        "{\"end_device_ids\":{\"device_id\":\"dev1\",\"dev_eui\":\"70B3D57ED0000001\"},"
            + "\"correlation_ids\":[\"as:downlink:01\",\"sluice-%s\"],";
    try (Concentrator server = new Concentrator("tts", "v3/app1@tenant1/devices/+/down/push", 0)) {
      server.says(
          device + "up",
          ids.formatted("x")
              + "\"uplink_message\":{\"f_port\":85,\"f_cnt\":1,\"frm_payload\":\"AQ==\"}}");
      CommandView done = taken("70b3d57ed0000001", "interval", "{\"minutes\":20}");
      assertThat(server.hears())
          .isEqualTo(
              device
                  + "down/push {\"downlinks\":[{\"f_port\":85,\"frm_payload\":\"/wMU\","
                  + "\"priority\":\"NORMAL\",\"confirmed\":true,\"correlation_ids\":[\"sluice-"
                  + done.id()
                  + "\"]}]}");
      CommandView nack = taken("70b3d57ed0000001", "interval", "{\"minutes\":21}");
      CommandView failed = taken("70b3d57ed0000001", "interval", "{\"minutes\":22}");
      server.says(
          device + "down/ack",
          ids.formatted(done.id()) + "\"downlink_ack\":{\"f_port\":85,\"confirmed\":true}}");
      awaitState(done, State.ACKNOWLEDGED);
      server.says(
          device + "down/nack",
          ids.formatted(nack.id()) + "\"downlink_nack\":{\"f_port\":85,\"confirmed\":true}}");
      awaitState(nack, State.REFUSED);
      server.says(
          device + "down/failed",
          ids.formatted("x")
              + "\"downlink_failed\":{\"downlink\":{\"correlation_ids\":[\"sluice-%s\"]},\"error\":{\"name\":\"e\"}}}"
                  .formatted(failed.id()));
      awaitState(failed, State.REFUSED);
    }
  }
}
