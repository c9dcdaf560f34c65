package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.DeviceId;
import io.sluice.api.GatewayTime;
import io.sluice.api.operator.DeadLetterRetryService.Retry;
import io.sluice.api.operator.DeadLetters.DeadLetter;
import io.sluice.api.operator.DeviceDirectory.DeviceSpec;
import io.sluice.api.operator.Operations;
import io.sluice.cli.config.GatewayFiles;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A bridge for devices of several vendors, as they left the factory, at a whole gateway. */
@Timeout(120)
class VendorFleetTest {
  private static final String EUI = "24e124445d193673";

  @TempDir private Path directory;

  private void write(String name, String text) throws Exception {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void devicesOfSeveralVendorsBehindOneBridge() throws Exception {
    write(
        "sluice.yaml",
        """
        gateway: { id: edge-01, data: ./var }
        listeners:
          mqtt: { host: 127.0.0.1, port: 0, dialects: [ sluice, chirpstack, tasmota, shelly, zigbee2mqtt ] }
        profiles: [ profiles ]
        devices: [ devices.yaml ]
        upstreams:
          - { name: archive, type: file, directory: ./archive }
        """);
    write(
        "profiles/bridge.yaml",
        """
        id: bridge
        children: { register: "24e124*", profile: node, limit: 4 }
        """);
    write("profiles/node.yaml", "id: node\nmetrics: { level: { unit: mm, from: [distance] } }\n");
    write(
        "devices.yaml",
        """
        - { id: bridge-1, profile: bridge, sector: factory, site: a, credentials: { token: t0ken-0123456789-of-bridge-1 } }
        - { id: plug-1, profile: node, sector: factory, site: a, parent: bridge-1 }
        - { id: shellypro4pm-1, profile: node, sector: factory, site: a, parent: bridge-1 }
        - { id: hall.lamp, profile: node, sector: factory, site: a, parent: bridge-1 }
        """);
    StringWriter said = new StringWriter();
    GatewayFiles files =
        GatewayFiles.load(directory.resolve("sluice.yaml"), new PrintWriter(said, true));
    assertThat(files).as(said.toString()).isNotNull();
    try (Wiring gateway = Wiring.start(files, GatewayTime.system())) {
      MqttClient bridge =
          new MqttClient(
              "tcp://" + gateway.address("mqtt"), "mosq-bridge", new MemoryPersistence());
      MqttConnectOptions options = new MqttConnectOptions();
      options.setUserName("bridge-1");
      options.setPassword("t0ken-0123456789-of-bridge-1".toCharArray());
      bridge.connect(options);
      publish(bridge, "tele/plug-1/SENSOR", "{\"ENERGY\":{\"Power\":40}}");
      publish(
          bridge,
          "shellypro4pm-1/events/rpc",
          "{\"method\":\"NotifyStatus\",\"params\":{\"switch:3\":{\"id\":3,\"apower\":55}}}");
      publish(bridge, "zigbee2mqtt/hall/lamp", "{\"brightness\":7}");
      publish(bridge, "zigbee2mqtt/newly paired", "{\"brightness\":8}");
      String uplink =
          "{\"deviceInfo\":{\"devEui\":\"%s\"},\"fCnt\":1,\"fPort\":85,\"data\":\"AQ==\",\"object\":{\"distance\":812}}";
      publish(bridge, "application/1/device/" + EUI + "/event/up", uplink.formatted(EUI));
      publish(
          bridge,
          "application/1/device/24e1240000000002/event/up",
          uplink.formatted("24e1240000000002"));
      ArchiveFiles archive = new ArchiveFiles(directory.resolve("archive"));
      await()
          .untilAsserted(() -> {
            assertThat(archive.values("ENERGY.Power")).containsExactly(40L);
            assertThat(archive.values("switch:3.apower")).containsExactly(55L);
            assertThat(archive.values("brightness")).containsExactly(7L);
            assertThat(archive.values("level")).containsExactly(812L);
          });
      assertThat(bridge.isConnected()).isTrue();
      await().until(() -> gateway.operations().deadLetters().count() == 2);
      assertThat(gateway.operations().devices().get(new DeviceId(EUI))).isNotNull();
      assertThat(gateway.operations().devices().get(new DeviceId("24e1240000000002"))).isNull();
      bridge.disconnect();
      bridge.close();
    }
  }

  @Test
  void partOfAMessageThatWasTakenApartIsTakenInOnceItsDeviceIsThere() throws Exception {
    write(
        "sluice.yaml",
        """
        gateway: { id: edge-01, data: ./var }
        listeners:
          mqtt: { host: 127.0.0.1, port: 0 }
        profiles: [ profiles ]
        devices: [ devices.yaml ]
        upstreams:
          - { name: archive, type: file, directory: ./archive }
        """);
    write("profiles/node.yaml", "id: node\nmetrics: { level: { unit: mm, from: [distance] } }\n");
    write(
        "devices.yaml",
        """
        - { id: tb-gateway, profile: node, sector: factory, site: a, credentials: { token: t0ken-0123456789-of-the-gateway } }
        - { id: tank-1, profile: node, sector: factory, site: a, parent: tb-gateway }
        """);
    StringWriter said = new StringWriter();
    GatewayFiles files =
        GatewayFiles.load(directory.resolve("sluice.yaml"), new PrintWriter(said, true));
    assertThat(files).as(said.toString()).isNotNull();
    try (Wiring gateway = Wiring.start(files, GatewayTime.system())) {
      MqttClient board =
          new MqttClient("tcp://" + gateway.address("mqtt"), "tb", new MemoryPersistence());
      MqttConnectOptions options = new MqttConnectOptions();
      options.setUserName("t0ken-0123456789-of-the-gateway");
      board.connect(options);
      publish(
          board,
          "v1/gateway/telemetry",
          "{\"tank-1\":[{\"distance\":11}],\"tank-2\":[{\"distance\":22}],\"tank-3\":[{\"distance\":33}]}");
      board.disconnect();
      board.close();
      Operations operations = gateway.operations();
      await().until(() -> operations.deadLetters().count() == 2);
      ArchiveFiles archive = new ArchiveFiles(directory.resolve("archive"));
      await().until(() -> archive.values("level").equals(List.of(11L)));
      DeadLetter letter =
          operations.deadLetters().list(null, 10).stream()
              .filter(each -> new String(each.payload(), StandardCharsets.UTF_8).contains("22"))
              .findFirst()
              .orElseThrow();
      assertThat(letter.payload()).asString().doesNotContain("tank-1", "tank-3");
      assertThat(operations.retries().retry(letter, "node", true).problem())
          .contains("not registered; add it with parent: tb-gateway");
      operations
          .devices()
          .put(
              new DeviceSpec(
                  new DeviceId("tank-2"),
                  "node",
                  "factory",
                  "a",
                  null,
                  new DeviceId("tb-gateway"),
                  true,
                  true,
                  null));
      Retry looked = operations.retries().retry(letter, "node", false);
      assertThat(looked.records()).singleElement().asString().contains("tank-2", "22");
      Retry taken = operations.retries().retry(letter, "node", true);
      assertThat(taken.problem()).isNull();
      assertThat(taken.accepted()).isTrue();
      await()
          .untilAsserted(
              () -> assertThat(archive.values("level")).containsExactlyInAnyOrder(11L, 22L));
      assertThat(operations.retries().retry(letter, "node", true).problem())
          .isEqualTo("the letter was retried already; its record is stored");
    }
  }

  private static void publish(MqttClient to, String topic, String payload) throws Exception {
    to.publish(topic, payload.getBytes(StandardCharsets.UTF_8), 1, false);
  }
}
