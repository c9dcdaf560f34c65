package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.GatewayTime;
import io.sluice.cli.config.GatewayFiles;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One message in the form of each vendor whose convention a dialect knows, over MQTT to a whole
 * gateway with all of them on; and of four that none knows, by lines of one's own. The pages stand
 * in the dialects' files.
 */
@Timeout(120)
class EveryVendorTest {
  private static final String EUI = "24e124445d193673";

  /**
   * A message and the measurement that it must become.
   *
   * @param name in the record
   */
  private record Told(String topic, String payload, String name, long value) {}

  private static final List<Told> ALL =
      List.of(
          // of the session's device, or of a child by its own topic
          told("telemetry", "{\"own\":101}", "own", 101L),
          told("telemetry/c1", "{\"ownChild\":102}", "ownChild", 102L),
          told("v1/devices/me/telemetry", "{\"tb\":103}", "tb", 103L),
          told("v2/t", "{\"ts\":1795805940000,\"values\":{\"tbShort\":104}}", "tbShort", 104L),
          told("v1/gateway/telemetry", "{\"c1\":[{\"tbChild\":105}]}", "tbChild", 105L),
          told("t/PLANT/c1", "{\"hono\":106}", "hono", 106L),
          told("t//c1/?content-type=application%2Fjson", "{\"honoBag\":107}", "honoBag", 107L),
          told(
              "/sys/pk/b1/thing/event/property/post",
              "{\"id\":\"1\",\"sys\":{\"ack\":0},\"params\":{\"alink\":{\"value\":108}}}",
              "alink",
              108L),
          told(
              "/sys/pk/b1/thing/event/property/history/post",
              "{\"id\":\"1\",\"params\":[{\"identity\":{\"deviceName\":\"c1\"},\"properties\":[{\"alinkPast\":{\"value\":109,\"time\":1795805940000}}]}]}",
              "alinkPast",
              109L),
          told("/pk/b1/user/update", "{\"alinkOwn\":110}", "alinkOwn", 110L),
          told(
              "$oc/devices/b1/sys/properties/report",
              "{\"services\":[{\"service_id\":\"P\",\"properties\":{\"iotda\":111},\"event_time\":\"20261127T180000Z\"}]}",
              "iotda",
              111L),
          told(
              "$oc/devices/b1/sys/gateway/sub_devices/properties/report",
              "{\"devices\":[{\"device_id\":\"c1\",\"services\":[{\"service_id\":\"P\",\"properties\":{\"iotdaSub\":112}}]}]}",
              "iotdaSub",
              112L),
          told(
              "$sys/pid/b1/thing/property/post",
              "{\"id\":\"1\",\"params\":{\"onenet\":{\"value\":113}}}",
              "onenet",
              113L),
          told(
              "$thing/up/property/pk/b1",
              "{\"method\":\"report\",\"clientToken\":\"7\",\"timestamp\":0,\"params\":{\"tencent\":114}}",
              "tencent",
              114L),
          told(
              "$aws/things/b1/shadow/update",
              "{\"state\":{\"reported\":{\"aws\":115}}}",
              "aws",
              115L),
          told("$aws/rules/r/x", "{\"awsRule\":116}", "awsRule", 116L),
          told("devices/b1/messages/events/", "{\"azure\":117}", "azure", 117L),
          // of LoRaWAN servers
          told(
              "application/1/device/" + EUI + "/event/up",
              "{\"deviceInfo\":{\"devEui\":\""
                  + EUI
                  + "\"},\"fCnt\":1,\"fPort\":2,\"data\":\"AQ==\",\"object\":{\"cs4\":118}}",
              "cs4",
              118L),
          told(
              "application/1/device/" + EUI + "/rx",
              "{\"devEUI\":\"JOEkRF0ZNnM=\",\"fCnt\":2,\"fPort\":2,\"data\":\"Ag==\",\"objectJSON\":\"{\\\"cs3\\\":119}\"}",
              "cs3",
              119L),
          told(
              "v3/app@t/devices/dev1/up",
              "{\"end_device_ids\":{\"device_id\":\"dev1\",\"dev_eui\":\"24E124445D193673\"},\"uplink_message\":{\"f_cnt\":3,\"f_port\":2,\"frm_payload\":\"Aw==\",\"decoded_payload\":{\"tts\":120}}}",
              "tts",
              120L),
          told(
              "/mqtttest",
              "{\"devEUI\":\"24E124445D193673\",\"fCnt\":4,\"fPort\":85,\"data\":\"BA==\",\"ug65\":121}",
              "ug65",
              121L),
          // of homes and buildings
          told(
              "tele/c1/SENSOR",
              "{\"Time\":\"2026-11-27T19:00:00\",\"X\":{\"tas\":122}}",
              "X.tas",
              122L),
          told("shellies/c1/relay/0/power", "123", "relay.0.power", 123L),
          told(
              "c1/events/rpc",
              "{\"src\":\"c1\",\"method\":\"NotifyStatus\",\"params\":{\"ts\":1795805999.25,\"em:0\":{\"id\":0,\"act\":124}}}",
              "em:0.act",
              124L),
          told("zigbee2mqtt/c1", "{\"z2m\":125,\"linkquality\":90}", "z2m", 125L),
          told("c1/sensor/esp/state", "126", "esp", 126L),
          told("/devices/c1/controls/wb", "127", "wb", 127L),
          told("N/c1/battery/288/Soc", "{\"value\":82}", "battery.288.Soc", 82L),
          told(
              "homeassistant/sensor/c1/ha/config",
              "{\"stat_t\":\"any/where\",\"unit_of_meas\":\"W\"}",
              "",
              0),
          told("any/where", "128", "ha", 128L),
          // of plants
          told(
              "Advantech/c1/data",
              "{\"s\":1,\"t\":0,\"q\":192,\"c\":1,\"wise\":129}",
              "wise",
              129L),
          told(
              "logo/c1",
              "{\"state\":{\"reported\":{\"AM1\":{\"desc\":\"AM-word-1-1\",\"value\":[130]}}}}",
              "AM1",
              130L),
          told("c1", "{\"sensorDatas\":[{\"flag\":\"TEMP8\",\"value\":\"131\"}]}", "TEMP8", 131L),
          told(
              "/neuron/m/upload",
              "{\"timestamp\":1795805940000,\"node\":\"c1\",\"group\":\"g\",\"values\":{\"neuron\":132},\"errors\":{}}",
              "neuron",
              132L),
          told(
              "telegraf/c1/mem",
              "{\"fields\":{\"used\":133},\"name\":\"mem\",\"tags\":{},\"timestamp\":1795805940}",
              "mem.used",
              133L),
          told(
              "c1/data",
              "{\"state\":{\"reported\":{\"66\":134,\"latlng\":\"54.6,25.2\"}}}",
              "66",
              134L),
          told(
              "dragino/up",
              "{\"IMEI\":\"c1\",\"Model\":\"PS-CB\",\"idc_input\":135,\"time\":\"2026-11-27T18:59:00Z\"}",
              "idc_input",
              135L),
          // of nobody's dialect, by the lines below
          told("losant/c1/state", "{\"data\":{\"losant\":136}}", "losant", 136L),
          told("/v1.6/devices/c1", "{\"ubidots\":137}", "ubidots", 137L),
          told(
              "nb/vega",
              "{\"Message\":{\"IMEI\":\"c1\"},\"Telemetry\":{\"vega\":138}}",
              "vega",
              138L),
          told(
              "msh/EU_868/2/json/LongFast/!7efeee00",
              "{\"from\":2130636288,\"type\":\"telemetry\",\"payload\":{\"mesh\":139}}",
              "mesh",
              139L),
          told("telegraf/c1/swap", "swap,host=c1 free=140i 1795805940000000000", "swap.free", 140L),
          told(
              "telemetry",
              "[{\"bn\":\"urn:dev:mac:0024befffe804ff1/\",\"n\":\"senml\",\"u\":\"Cel\",\"v\":141}]",
              "senml",
              141L));

  private static final String OWN =
      """
      up:
        - { topic: "losant/{device}/state", class: telemetry }
        - { topic: "/v1.6/devices/{device}", class: telemetry }
        - { topic: nb/vega, class: telemetry, device-from: Message.IMEI }
        - { topic: "msh/{region}/2/json/{channel}/{gateway}", class: telemetry, device-from: from }
      """;

  @TempDir private Path directory;

  private static Told told(String topic, String payload, String name, long value) {
    return new Told(topic, payload, name, value);
  }

  private void write(String name, String text) throws Exception {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void messageOfEachIsAMeasurement() throws Exception {
    write(
        "sluice.yaml",
        """
        gateway: { id: edge-01, data: ./var }
        listeners:
          mqtt:
            host: 127.0.0.1
            port: 0
            dialects: [ sluice, thingsboard, hono, alink, huawei-iotda, onenet, tencent-iot, aws-iot, azure-iot-hub,
              chirpstack, the-things-stack, milesight, tasmota, shelly, zigbee2mqtt, esphome, wirenboard, victron,
              advantech-wise, siemens-logo, king-pigeon, neuron, telegraf, teltonika, dragino, home-assistant, sparkplug, own ]
        profiles: [ profiles ]
        devices: [ devices.yaml ]
        upstreams:
          - { name: archive, type: file, directory: ./archive }
        """);
    write("dialects/own.yaml", OWN);
    write("profiles/b.yaml", "id: b\n");
    write("profiles/c.yaml", "id: c\nunwrap: [data, Telemetry, payload]\n");
    String child = "- { id: \"%s\", profile: c, sector: factory, site: a, parent: b1 }\n";
    write(
        "devices.yaml",
        "- { id: b1, profile: b, sector: factory, site: a, credentials: { token: t0ken-0123456789-of-b1 } }\n"
            + child.formatted("c1")
            + child.formatted(EUI)
            + child.formatted("2130636288"));
    StringWriter said = new StringWriter();
    GatewayFiles files =
        GatewayFiles.load(directory.resolve("sluice.yaml"), new PrintWriter(said, true));
    assertThat(files).as(said.toString()).isNotNull();
    try (Wiring gateway = Wiring.start(files, GatewayTime.system())) {
      MqttClient bridge =
          new MqttClient("tcp://" + gateway.address("mqtt"), "bridge", new MemoryPersistence());
      MqttConnectOptions options = new MqttConnectOptions();
      options.setUserName("b1");
      options.setPassword("t0ken-0123456789-of-b1".toCharArray());
      bridge.connect(options);
      for (Told each : ALL) {
        bridge.publish(each.topic, each.payload.getBytes(StandardCharsets.UTF_8), 1, false);
      }
      ArchiveFiles archive = new ArchiveFiles(directory.resolve("archive"));
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> {
            for (Told each : ALL) {
              if (!each.name.isEmpty()) {
                assertThat(archive.values(each.name)).as(each.topic).contains(each.value);
              }
            }
          });
      assertThat(gateway.operations().deadLetters().count()).isZero();
      assertThat(bridge.isConnected()).isTrue();
      bridge.disconnect();
      bridge.close();
    }
  }
}
