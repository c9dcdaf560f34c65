package io.sluice.engine.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Downlink;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Dialogue;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Commands as vendors' devices take them, for a device itself and for children of a concentrator.
 * Topics and bodies are written by hand from the pages that the dialects' files name.
 */
class CommandFormsTest {
  private static final String ID = "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0";

  private final Map<String, Device> devices = new HashMap<>();
  private final Map<String, String> heard = new HashMap<>();

  private Device device(String id, @Nullable String parent) {
    Device device =
        new Device(
            new DeviceId(id),
            "p",
            "factory",
            "site",
            null,
            parent == null ? null : new DeviceId(parent),
            true,
            true,
            false);
    devices.put(id, device);
    return device;
  }

  private static Command command(
      String device, String name, String payload, Command.@Nullable Encoded encoded) {
    return new Command(
        ID,
        new DeviceId(device),
        name,
        ContentType.JSON,
        payload.getBytes(UTF_8),
        1_795_802_400_000_000L,
        Long.MAX_VALUE,
        encoded);
  }

  private Dialogue dialogue(String dialect, String self, Map<String, String> names) {
    Topics topics = ShippedDialects.load().topics(List.of(dialect), Map.of());
    Admission.Admitted admitted =
        new Admission.Admitted(
            device(self, null), Admission.Grant.NONE, new Admission.Vendor(dialect, names));
    return topics.dialogue(admitted, devices::get, heard::get);
  }

  private static String text(@Nullable Downlink sent) {
    return sent == null ? "nothing" : sent.topic() + ' ' + new String(sent.payload(), UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '`',
      textBlock =
          """
          thingsboard ! - ! reboot ! {"s":1} ! v1/gateway/rpc {"device":"kid","data":{"id":7,"method":"reboot","params":{"s":1}}}
          huawei-iotda ! - ! set ! {"service_id":"A","properties":{"t":1}} ! $oc/devices/gw/sys/properties/set/request_id=7 {"object_device_id":"kid","services":[{"service_id":"A","properties":{"t":1}}]}
          huawei-iotda ! - ! Pump.start ! {"v":3} ! $oc/devices/gw/sys/commands/request_id=7 {"object_device_id":"kid","service_id":"Pump","command_name":"start","paras":{"v":3}}
          hono ! - ! open ! {"v":3} ! c//kid/q/7/open {"v":3}
          alink ! /sys/a1SubKey/kid/thing/event/property/post ! set ! {"T":30} ! /sys/a1SubKey/kid/thing/service/property/set {"method":"thing.service.property.set","id":"7","params":{"T":30},"version":"1.0"}
          alink ! /sys/a1SubKey/kid/thing/event/property/post ! reboot ! {} ! /sys/a1SubKey/kid/thing/service/reboot {"method":"thing.service.reboot","id":"7","params":{},"version":"1.0"}
          zigbee2mqtt ! zigbee2mqtt/kid ! set ! {"state":"ON"} ! zigbee2mqtt/kid/set {"state":"ON"}
          zigbee2mqtt ! - ! get ! {"state":""} ! zigbee2mqtt/kid/get {"state":""}
          tasmota ! tele/kid/SENSOR ! POWER ! ON ! cmnd/kid/POWER ON
          shelly ! shellies/kid/relay/0/power ! relay.0 ! on ! shellies/kid/relay/0/command on
          shelly ! kid/events/rpc ! Switch.Set ! {"id":0,"on":true} ! kid/rpc {"id":7,"src":"sluice","method":"Switch.Set","params":{"id":0,"on":true}}
          esphome ! - ! switch.pump ! ON ! kid/switch/pump/command ON
          wirenboard ! - ! K1 ! 1 ! /devices/kid/controls/K1/on 1
          advantech-wise ! - ! do1 ! true ! Advantech/kid/ctl/do1 {"v":true}
          neuron ! /neuron/mqtt-1/kid/grp ! grp.tag0 ! 1234 ! /neuron/mqtt-1/write/req {"uuid":"0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0","node":"kid","group":"grp","tag":"tag0","value":1234}
          """)
  void childsCommandGoesOutByItsConcentratorInTheVendorsForm(
      String dialect, String lastTopic, String name, String payload, String expected) {
    Dialogue dialogue = dialogue(dialect, "gw", Map.of("pk", "a1GatewayKey"));
    device("kid", "gw");
    if (!lastTopic.equals("-")) {
      heard.put("kid", lastTopic);
    }
    assertThat(text(dialogue.write(command("kid", name, payload, null), 7, _ -> true)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '`',
      textBlock =
          """
          tasmota ! POWER ! ON ! cmnd/gw/POWER ON
          shelly ! Switch.Set ! {"id":0} ! gw/rpc {"id":7,"src":"sluice","method":"Switch.Set","params":{"id":0}}
          victron ! vebus.257.Mode ! 3 ! W/gw/vebus/257/Mode {"value":3}
          victron ! keepalive ! {"keepalive-options":["suppress-republish"]} ! R/gw/keepalive {"keepalive-options":["suppress-republish"]}
          king-pigeon ! DO1 ! 1 ! gw/DO1 {"sensorDatas":[{"sensorsId":1,"switcher":1,"flag":"DO1"}],"down":"down"}
          zigbee2mqtt ! permit_join ! {"time":60} ! zigbee2mqtt/bridge/request/permit_join {"time":60}
          """)
  void devicesOwnCommandGoesOutInTheVendorsForm(
      String dialect, String name, String payload, String expected) {
    Dialogue dialogue = dialogue(dialect, "gw", Map.of());
    assertThat(text(dialogue.write(command("gw", name, payload, null), 7, _ -> true)))
        .isEqualTo(expected);
  }

  @Test
  void nameWithSlashesIsWrittenAsItWasHeard() {
    Dialogue dialogue = dialogue("zigbee2mqtt", "gw", Map.of());
    device("hall.lamp", "gw");
    heard.put("hall.lamp", "zigbee2mqtt/hall/lamp/availability");
    assertThat(text(dialogue.write(command("hall.lamp", "set", "{}", null), 1, _ -> true)))
        .startsWith("zigbee2mqtt/hall/lamp/set ");
  }

  /** What its gateway packed on its own topic does not tell a sub-device's product key. */
  @Test
  void subDevicesProductKeyIsItsOwnOrThatOfTheSubscriptionForIt() {
    Dialogue dialogue = dialogue("alink", "gw", Map.of("pk", "a1GatewayKey"));
    device("kid", "gw");
    heard.put("kid", "/sys/a1GatewayKey/gw/thing/event/property/pack/post");
    Command set = command("kid", "set", "{}", null);
    assertThat(dialogue.write(set, 1, _ -> true)).isNull();
    dialogue.subscribed(Set.of("/sys/a1SubKey/kid/thing/service/property/set"));
    assertThat(text(dialogue.write(set, 1, _ -> true))).startsWith("/sys/a1SubKey/kid/thing/");
    assertThat(text(dialogue.write(command("gw", "set", "{}", null), 1, _ -> true)))
        .startsWith("/sys/a1GatewayKey/gw/thing/");
  }

  @Test
  void tencentsSubDeviceIsSentWhatItsGatewaySubscribedToForIt() {
    Dialogue dialogue = dialogue("tencent-iot", "gw", Map.of("pk", "GW12CD34EF"));
    device("kid", "gw");
    heard.put("kid", "$thing/up/property/AB12CD34EF/kid");
    dialogue.subscribed(Set.of("$thing/down/property/AB12CD34EF/kid"));
    assertThat(text(dialogue.write(command("kid", "set", "{\"T\":30}", null), 7, _ -> true)))
        .isEqualTo(
            "$thing/down/property/AB12CD34EF/kid"
                + " {\"method\":\"control\",\"clientToken\":\"7\",\"params\":{\"T\":30}}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '`',
      textBlock =
          """
          chirpstack ! application/17c82e96-be03/device/24e124445d193673/event/up ! command/down ! application/17c82e96-be03/device/24e124445d193673/command/down {"devEui":"24e124445d193673","id":"0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0","confirmed":true,"fPort":85,"data":"/wMAAg=="}
          chirpstack ! application/3/device/24e124445d193673/rx ! tx ! application/3/device/24e124445d193673/tx {"confirmed":true,"fPort":85,"data":"/wMAAg=="}
          the-things-stack ! v3/app1@tenant1/devices/dev1/up ! down/push ! v3/app1@tenant1/devices/dev1/down/push {"downlinks":[{"f_port":85,"frm_payload":"/wMAAg==","priority":"NORMAL","confirmed":true,"correlation_ids":["sluice-0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0"]}]}
          milesight ! /milesight/uplink/24e124445d193673 ! downlink ! /milesight/downlink/24e124445d193673 {"confirmed":true,"fPort":85,"data":"/wMAAg=="}
          """)
  void bytesGoOutThroughTheNetworkServer(
      String dialect, String lastTopic, String subscribed, String expected) {
    Dialogue dialogue = dialogue(dialect, "lns", Map.of());
    device("24E124445D193673", "lns"); // registered in capitals, heard in small letters
    heard.put("24E124445D193673", lastTopic);
    Command.Encoded bytes = new Command.Encoded(HexFormat.of().parseHex("ff030002"), 85);
    Downlink sent =
        dialogue.write(
            command("24E124445D193673", "interval", "{\"s\":2}", bytes),
            7,
            topic -> topic.contains(subscribed));
    assertThat(text(sent)).isEqualTo(expected);
    assertThat(sent.isAnswered()).isEqualTo(!dialect.equals("milesight"));
  }

  @Test
  void withoutAScriptTheServersOwnCodecWritesTheObjectAndTheCommandNamesThePort() {
    Dialogue dialogue = dialogue("chirpstack", "lns", Map.of());
    device("24e124445d193673", "lns");
    heard.put("24e124445d193673", "application/a/device/24e124445d193673/event/up");
    Command command = command("24e124445d193673", "port-10", "{\"x\":1}", null);
    assertThat(text(dialogue.write(command, 7, _ -> true)))
        .endsWith("\"confirmed\":true,\"fPort\":10,\"object\":{\"x\":1}}");
    Command bytes =
        new Command(
            ID, command.device(), "port-10", ContentType.BYTES, new byte[] {1, 2}, 0, 1, null);
    assertThat(text(dialogue.write(bytes, 7, _ -> true)))
        .endsWith("\"fPort\":10,\"data\":\"AQI=\"}");
  }

  /** chirpstack.io, "MQTT": confirmed; thethingsindustries.com, "MQTT server": the same. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '`',
      textBlock =
          """
          chirpstack ! application/a/device/24e124445d193673/event/up ! {"devEui":"24e124445d193673","id":"0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0","confirmed":false,"fPort":85,"data":"/wMAAg=="}
          chirpstack ! application/3/device/24e124445d193673/rx ! {"confirmed":false,"fPort":85,"data":"/wMAAg=="}
          the-things-stack ! v3/app1/devices/dev1/up ! {"downlinks":[{"f_port":85,"frm_payload":"/wMAAg==","priority":"NORMAL","confirmed":false,"correlation_ids":["sluice-0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0"]}]}
          milesight ! /milesight/uplink/24e124445d193673 ! {"confirmed":false,"fPort":85,"data":"/wMAAg=="}
          """)
  void commandThatIsNotToBeConfirmedEndsWhereTheServerHasIt(
      String dialect, String lastTopic, String expected) {
    Dialogue dialogue = dialogue(dialect, "lns", Map.of());
    device("24e124445d193673", "lns");
    heard.put("24e124445d193673", lastTopic);
    Command.Encoded bytes = new Command.Encoded(HexFormat.of().parseHex("ff030002"), 85);
    Command command = command("24e124445d193673", "interval.unconfirmed", "{\"s\":2}", bytes);
    boolean isOld = lastTopic.endsWith("/rx");
    Downlink sent = dialogue.write(command, 7, topic -> topic.endsWith("/tx") == isOld);
    assertThat(text(sent)).endsWith(' ' + expected);
    assertThat(sent.isAnswered()).isFalse();
    Command port = command("24e124445d193673", "port-10-unconfirmed", "{\"x\":1}", null);
    if (dialect.equals("chirpstack")) {
      assertThat(text(dialogue.write(port, 7, topic -> topic.endsWith("/tx") == isOld)))
          .endsWith("\"confirmed\":false,\"fPort\":10,\"object\":{\"x\":1}}");
    }
  }

  @Test
  void whatVendorsClientsSubscribeToIsGranted() {
    assertThat(dialogue("zigbee2mqtt", "gw", Map.of()).maySubscribe("zigbee2mqtt/#")).isTrue();
    assertThat(dialogue("tasmota", "plug", Map.of()).maySubscribe("cmnd/plug/#")).isTrue();
    assertThat(dialogue("tasmota", "plug", Map.of()).maySubscribe("cmnd/tasmotas/#")).isTrue();
    assertThat(dialogue("shelly", "shelly1-A", Map.of()).maySubscribe("shelly1-A/rpc")).isTrue();
    assertThat(dialogue("shelly", "shelly1-A", Map.of()).maySubscribe("shelly1-B/rpc")).isFalse();
    assertThat(
            dialogue("chirpstack", "lns", Map.of())
                .maySubscribe("application/+/device/+/command/+"))
        .isTrue();
    assertThat(dialogue("chirpstack", "lns", Map.of()).maySubscribe("#")).isFalse();
  }
}
