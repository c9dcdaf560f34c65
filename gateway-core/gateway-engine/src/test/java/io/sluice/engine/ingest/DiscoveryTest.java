package io.sluice.engine.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Receipt;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Devices that say by Home Assistant's discovery what their topics mean. Messages are the examples
 * of home-assistant.io, "MQTT", "Discovery examples", where they name a bedroom, a garden or a
 * kitchen, else in the form of that page; names and values of others are ours.
 */
class DiscoveryTest {
  @Test
  void unitsOfTwoEntitiesThatShareATopic() {
    VendorRig rig = VendorRig.of("sluice", "home-assistant");
    rig.take(
        "homeassistant/sensor/sensorBedroomT/config",
        """
        {"device_class":"temperature","name":"Temperature","state_topic":"homeassistant/sensor/sensorBedroom/state",
         "unit_of_measurement":"°C","value_template":"{{ value_json.temperature}}"}\
        """);
    rig.take(
        "homeassistant/sensor/sensorBedroomH/config",
        """
        {"device_class":"humidity","name":"Humidity","state_topic":"homeassistant/sensor/sensorBedroom/state",
         "unit_of_measurement":"%","value_template":"{{ value_json.humidity}}"}\
        """);
    assertThat(
            rig.take(
                "homeassistant/sensor/sensorBedroom/state",
                "{ \"temperature\": 23.20, \"humidity\": 43.70, \"battery\": 3 }"))
        .containsExactly("telemetry bridge; battery=3; temperature=23.2 Cel; humidity=43.7 %RH");
    assertThat(rig.take("telemetry", "{\"x\":1}")).containsExactly("telemetry bridge; x=1");
    assertThat(rig.letters).isEmpty();
  }

  @Test
  void keysMayBeAbbreviatedAndTopicsBeginWithTheirBase() {
    VendorRig rig = VendorRig.of("home-assistant");
    rig.take(
        "homeassistant/switch/irrigation/config",
        "{\"~\": \"homeassistant/switch/irrigation\", \"name\": \"garden\", \"cmd_t\": \"~/set\","
            + " \"stat_t\": \"~/state\"}");
    assertThat(rig.take("homeassistant/switch/irrigation/state", "ON"))
        .containsExactly("state bridge; irrigation=ON");
    rig.take(
        "homeassistant/light/kitchen/config",
        """
        {"~":"homeassistant/light/kitchen","name":"Kitchen","unique_id":"kitchen_light","cmd_t":"~/set",
         "stat_t":"~/state","schema":"json","brightness":true}\
        """);
    assertThat(
            rig.take("homeassistant/light/kitchen/state", "{\"state\":\"ON\",\"brightness\":255}"))
        .containsExactly("state bridge; kitchen.state=ON; kitchen.brightness=255");
    assertThat(rig.take("homeassistant/status", "online")).isEmpty();
    assertThat(rig.letters).isEmpty();
  }

  @Test
  void entityThatIsGoneAndTopicThatNobodyAnnouncedAreLetters() {
    VendorRig rig = VendorRig.of("home-assistant");
    String config = "homeassistant/binary_sensor/garden/config";
    rig.take(
        config,
        "{\"name\": \"garden\", \"device_class\": \"motion\", \"state_topic\":"
            + " \"homeassistant/binary_sensor/garden/state\"}");
    assertThat(rig.take("homeassistant/binary_sensor/garden/state", "ON"))
        .containsExactly("telemetry bridge; garden=ON");
    rig.take(config, "");
    rig.receipts.clear();
    assertThat(rig.take("homeassistant/binary_sensor/garden/state", "OFF")).isEmpty();
    assertThat(rig.receipt())
        .isInstanceOfSatisfying(
            Receipt.Rejected.class,
            rejected -> {
              assertThat(rejected.reason()).isEqualTo(RejectReason.UNMAPPED_TOPIC);
              assertThat(rejected.deadLettered()).isTrue();
              assertThat(rejected.detail()).contains("no discovery message has named it");
            });
  }

  @Test
  void deviceIsItsNodeAnIdentifierOrItsName() {
    VendorRig rig = VendorRig.of("home-assistant").child("0x00158d0001", "any").child("pv", "any");
    rig.take(
        "homeassistant/sensor/0x00158d0001/energy/config",
        """
        {"dev_cla":"energy","unit_of_meas":"kWh","stat_cla":"total_increasing","stat_t":"mesh/plug","val_tpl":
         "{{ value_json['energy'] | float(0) }}","dev":{"ids":["zigbee_0x00158d0001"],"name":"Plug"}}\
        """);
    assertThat(rig.take("mesh/plug", "{\"energy\":12.5,\"linkquality\":90}"))
        .containsExactly("telemetry 0x00158d0001; linkquality=90; energy=12.5 kWh");
    rig.take(
        "homeassistant/sensor/inverter_power/config",
        "{\"stat_t\":\"solis/power\",\"unit_of_meas\":\"W\",\"dev\":{\"ids\":\"pv\"}}");
    assertThat(rig.take("solis/power", "4120"))
        .containsExactly("telemetry pv; inverter_power=4120 W");
    rig.take(
        "homeassistant/sensor/x/config", "{\"stat_t\":\"other/x\",\"dev\":{\"ids\":\"nobody\"}}");
    assertThat(rig.take("other/x", "1")).isEmpty();
    assertThat(rig.letters).hasSize(1); // of a child that nobody registered
  }

  @Test
  void deviceWithItsComponentsAndTheirAvailability() {
    VendorRig rig = VendorRig.of("home-assistant").child("ABC123", "any");
    rig.take(
        "homeassistant/device/ABC123/config",
        """
        {"dev":{"ids":"ABC123","name":"Kitchen"},"o":{"name":"bridge2mqtt"},"stat_t":"k/state",
         "avty":[{"t":"k/status","val_tpl":"{{ value_json.state }}"}],
         "cmps":{"t":{"p":"sensor","unit_of_meas":"°F","val_tpl":"{{ value_json.th.temp }}","uniq_id":"1"},
                 "sw":{"p":"switch","stat_t":"k/relay"}}}\
        """);
    assertThat(rig.take("k/state", "{\"th\":{\"temp\":71.6,\"hum\":40}}"))
        .containsExactly("telemetry ABC123; th.hum=40; th.temp=71.6 degF");
    assertThat(rig.take("k/relay", "OFF")).containsExactly("state ABC123; sw=OFF");
    assertThat(rig.take("k/status", "{\"state\":\"offline\"}"))
        .containsExactly("state ABC123; availability=offline");
  }

  @Test
  void valueThatATemplateCalculatesHasNoUnit() {
    VendorRig rig = VendorRig.of("home-assistant");
    rig.take(
        "homeassistant/sensor/p/config",
        "{\"stat_t\":\"m/p\",\"unit_of_meas\":\"W\",\"val_tpl\":\"{{ value_json.power * 0.1 }}\"}");
    assertThat(rig.take("m/p", "{\"power\":4120}")).containsExactly("telemetry bridge; power=4120");
    rig.take(
        "homeassistant/sensor/q/config",
        "{\"stat_t\":\"m/q\",\"unit_of_meas\":\"W\",\"val_tpl\":\"{% if value %}1{% endif %}\"}");
    assertThat(rig.take("m/q", "7")).containsExactly("telemetry bridge; q=7");
  }

  @Test
  void oneSessionHasNoSayInAnothers() {
    VendorRig rig = VendorRig.of("home-assistant").device("other", null, "none", null);
    byte[] config = "{\"stat_t\":\"a/b\",\"unit_of_meas\":\"kW\"}".getBytes(UTF_8);
    rig.take("other", "homeassistant/sensor/x/config", config);
    assertThat(rig.take("a/b", "5")).isEmpty();
    assertThat(rig.letters).hasSize(1);
    assertThat(rig.take("other", "a/b", "5".getBytes(UTF_8)))
        .containsExactly("telemetry other; x=5 kW");
  }

  @Test
  void unitThatWasAnnouncedTurnsIntoTheMetrics(@TempDir Path own) throws Exception {
    Files.createDirectory(own.resolve("profiles"));
    Files.writeString(
        own.resolve("profiles/room.yaml"),
        "id: room\nmetrics: { temperature: { unit: Cel, from: [temp] } }\n");
    VendorRig rig = new VendorRig(own, "home-assistant").child("room-1", "room");
    rig.take(
        "homeassistant/sensor/room-1/temp/config",
        "{\"stat_t\":\"room/1\",\"unit_of_meas\":\"°F\",\"val_tpl\":\"{{ value_json.temp }}\"}");
    assertThat(rig.take("room/1", "{\"temp\":71.6}"))
        .containsExactly("telemetry room-1; temperature=22.0 Cel");
  }

  @Test
  void espHomesUnitsComeFromItsDiscovery() {
    VendorRig rig = VendorRig.of("esphome").child("boiler", "any");
    assertThat(rig.take("boiler/sensor/flow_temp/state", "54.3"))
        .containsExactly("telemetry boiler; flow_temp=54.3");
    rig.take(
        "homeassistant/sensor/boiler/flow_temp/config",
        """
        {"dev_cla":"temperature","unit_of_meas":"°C","stat_cla":"measurement","name":"Flow Temp",
         "stat_t":"boiler/sensor/flow_temp/state","avty_t":"boiler/status","uniq_id":"a4cf12sensorflow_temp",
         "dev":{"ids":"a4cf12","name":"boiler","sw":"esphome v2026.1","mdl":"esp32dev","mf":"espressif"}}\
        """);
    assertThat(rig.take("boiler/sensor/flow_temp/state", "54.3"))
        .containsExactly("telemetry boiler; flow_temp=54.3 Cel");
    assertThat(rig.take("boiler/status", "offline"))
        .containsExactly("state boiler; status=offline");
    assertThat(rig.letters).isEmpty();
  }

  @Test
  void zigbeesUnitsAreThoseThatTheBridgeExposes() {
    VendorRig rig = VendorRig.of("zigbee2mqtt").child("living.lamp", "any");
    assertThat(
            rig.take(
                "zigbee2mqtt/bridge/devices",
                """
                [{"ieee_address":"0x00158d0001","friendly_name":"living/lamp","type":"EndDevice","definition":{"model":"W",
                  "exposes":[{"type":"numeric","name":"temperature","property":"temperature","unit":"°C","access":1},
                   {"type":"climate","features":[{"type":"numeric","property":"local_temperature","unit":"°C"}]},
                   {"type":"numeric","name":"linkquality","property":"linkquality","unit":"lqi","access":1}]}},
                 {"ieee_address":"0x0","friendly_name":"Coordinator","type":"Coordinator","definition":null}]\
                """))
        .isEmpty();
    assertThat(
            rig.take(
                "zigbee2mqtt/living/lamp",
                "{\"temperature\":21.5,\"local_temperature\":20,\"state\":\"ON\",\"last_seen\":\"2026-11-27T18:59:00.000Z\"}"))
        .containsExactly(
            "telemetry living.lamp @2026-11-27T18:59:00Z; state=ON; temperature=21.5 Cel;"
                + " local_temperature=20 Cel");
    assertThat(rig.take("zigbee2mqtt/living/lamp/temperature", "21.4"))
        .containsExactly("telemetry living.lamp; temperature=21.4 Cel");
    assertThat(rig.letters).isEmpty();
  }
}
