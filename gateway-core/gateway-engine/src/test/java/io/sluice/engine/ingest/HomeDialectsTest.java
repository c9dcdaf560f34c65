package io.sluice.engine.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.MessageClass;
import org.junit.jupiter.api.Test;

/**
 * Devices of homes and buildings as they left the factory. Forms are those of the vendors' pages
 * that the dialects' files name; values are ours.
 */
class HomeDialectsTest {
  @Test
  void tasmotaPlugIsReadInItsZone() {
    VendorRig rig = VendorRig.of("tasmota").device("plug-1", "bridge", "energy-meter", "+08:00");
    assertThat(
            rig.take(
                "tele/plug-1/SENSOR",
                """
                {"Time":"2026-11-28T02:59:30","ENERGY":{"TotalStartTime":"2024-01-01T00:00:00","Total":12.5,
                 "Power":40,"Voltage":231,"Current":0.173}}\
                """))
        .containsExactly(
            "telemetry plug-1 @2026-11-27T18:59:30Z; energy=12.5 kWh; power=40 W; voltage=231 V;"
                + " current=0.173 A");
  }

  @Test
  void tasmotaOfThreePhasesHasArrays() {
    VendorRig rig = VendorRig.of("tasmota").child("m3", "energy-meter");
    assertThat(
            rig.take(
                "tele/m3/SENSOR",
                "{\"Time\":\"2026-11-27T19:00:00\",\"ENERGY\":{\"Total\":7,\"Current\":[1.3,2.1,0]}}"))
        .containsExactly(
            "telemetry m3; energy=7 kWh; currentA=1.3 A; currentB=2.1 A; currentC=0 A");
  }

  @Test
  void tasmotasFahrenheitAndMillimetresOfMercuryBecomeOurs() {
    VendorRig rig = VendorRig.of("tasmota").child("th", "any");
    String message =
        """
        {"Time":"2026-11-27T19:00:00","BME280":{"Temperature":71.6,"Humidity":40.5,"DewPoint":50.0,
         "Pressure":750.0},"TempUnit":"F","PressureUnit":"mmHg"}\
        """;
    assertThat(rig.take("tele/th/SENSOR", message))
        .containsExactly(
            "telemetry th; BME280.Temperature=22.0; BME280.Humidity=40.5; BME280.DewPoint=10.0;"
                + " BME280.Pressure=999.92");
    assertThat(
            rig.take(
                "stat/th/STATUS10",
                "{\"StatusSNS\":" + message.replace("\"F\"", "\"C\"").replace("mmHg", "hPa") + "}"))
        .containsExactly(
            "telemetry th; BME280.Temperature=71.6; BME280.Humidity=40.5; BME280.DewPoint=50.0;"
                + " BME280.Pressure=750.0");
  }

  @Test
  void tasmotasBirthAndDeathAreStatesAndItsWordsToo() {
    VendorRig rig = VendorRig.of("tasmota").child("plug-1", "any");
    assertThat(rig.take("tele/plug-1/LWT", "Online")).containsExactly("state plug-1; LWT=Online");
    rig.offer(
        rig.uplink("plug-1", "tele/plug-1/LWT", "Offline".getBytes(UTF_8), MessageClass.EVENT));
    assertThat(rig.store()).containsExactly("state plug-1; LWT=Offline");
    assertThat(rig.take("stat/plug-1/POWER2", "ON")).containsExactly("state plug-1; POWER2=ON");
    assertThat(
            rig.take(
                "tele/plug-1/STATE",
                "{\"Time\":\"2026-11-27T19:00:00\",\"UptimeSec\":61,\"POWER\":\"ON\",\"Wifi\":{\"RSSI\":82}}"))
        .containsExactly("state plug-1; UptimeSec=61; POWER=ON; Wifi.RSSI=82");
  }

  @Test
  void shellysOfTheFirstGenerationHaveOneValueATopic() {
    VendorRig rig = VendorRig.of("shelly").child("shelly1pm-ABC", "any").child("shellyem-1", "any");
    assertThat(rig.take("shellies/shelly1pm-ABC/online", "true"))
        .containsExactly("state shelly1pm-ABC; online=true");
    assertThat(rig.take("shellies/shelly1pm-ABC/relay/0", "on"))
        .containsExactly("telemetry shelly1pm-ABC; relay.0=on");
    assertThat(rig.take("shellies/shelly1pm-ABC/relay/0/power", "42.10"))
        .containsExactly("telemetry shelly1pm-ABC; relay.0.power=42.1 W");
    assertThat(rig.take("shellies/shelly1pm-ABC/relay/0/energy", "90000"))
        .containsExactly("telemetry shelly1pm-ABC; relay.0.energy=1.5 kWh");
    assertThat(rig.take("shellies/shellyem-1/emeter/1/total", "123456.7"))
        .containsExactly("telemetry shellyem-1; emeter.1.total=123.4567 kWh");
    assertThat(
            rig.take("shellies/shelly1pm-ABC/input_event/0", "{\"event\":\"S\",\"event_cnt\":2}"))
        .containsExactly(
            "telemetry shelly1pm-ABC; input_event.0.event=S; input_event.0.event_cnt=2");
    assertThat(rig.take("shellies/announce", "{\"id\":\"shellyem-1\",\"mac\":\"AA\"}"))
        .containsExactly("event shellyem-1; id=shellyem-1; mac=AA");
  }

  @Test
  void shellysOfLaterGenerationsHaveEveryChannel() {
    VendorRig rig =
        VendorRig.of("shelly").child("shellypro4pm-1", "any").child("em", "energy-meter");
    assertThat(
            rig.take(
                "shellypro4pm-1/events/rpc",
                """
                {"src":"shellypro4pm-1","dst":"x/events","method":"NotifyStatus","params":{"ts":1795805999.25,
                 "switch:3":{"id":3,"apower":5.5,"aenergy":{"total":1200.5,"by_minute":[1,2],"minute_ts":1795805940}}}}\
                """))
        .containsExactly(
            "telemetry shellypro4pm-1 @2026-11-27T18:59:59.250Z; switch:3.apower=5.5;"
                + " switch:3.aenergy.total=1200.5");
    assertThat(
            rig.take("em/status/switch:0", "{\"id\":0,\"apower\":10,\"aenergy\":{\"total\":2500}}"))
        .containsExactly("telemetry em; power=10 W; energy=2.5 kWh");
    assertThat(
            rig.take(
                "shellypro4pm-1/events/rpc",
                """
                {"method":"NotifyEvent","params":{"ts":1795805999.25,"events":[
                 {"component":"input:0","id":0,"event":"single_push","ts":1795805999.25}]}}\
                """))
        .containsExactly(
            "event shellypro4pm-1 @2026-11-27T18:59:59.250Z; component=input:0; id=0; event=single_push");
    assertThat(rig.take("shellypro4pm-1/online", "false"))
        .containsExactly("state shellypro4pm-1; online=false");
  }

  @Test
  void zigbeeNameWithSlashesIsADeviceAndTheBridgesListsAreLeftOut() {
    VendorRig rig =
        VendorRig.of("zigbee2mqtt").child("living.lamp", "any").child("0x00158d0001", "any");
    assertThat(
            rig.take(
                "zigbee2mqtt/living/lamp",
                "{\"temperature\":21.5,\"linkquality\":90,\"last_seen\":\"2026-11-27T18:59:00.000Z\",\"update\":{\"state\":\"idle\"}}"))
        .containsExactly(
            "telemetry living.lamp @2026-11-27T18:59:00Z; temperature=21.5; linkquality=90");
    assertThat(rig.take("zigbee2mqtt/living/lamp/availability", "{\"state\":\"offline\"}"))
        .containsExactly("state living.lamp; availability=offline");
    assertThat(rig.take("zigbee2mqtt/living/lamp/humidity", "40"))
        .containsExactly("telemetry living.lamp; humidity=40");
    assertThat(
            rig.take(
                "zigbee2mqtt/door",
                "{\"contact\":true,\"device\":{\"ieeeAddr\":\"0x00158d0001\"}}"))
        .containsExactly("telemetry 0x00158d0001; contact=true");
    assertThat(rig.take("zigbee2mqtt/bridge/state", "{\"state\":\"online\"}"))
        .containsExactly("state bridge; bridge=online");
    assertThat(rig.take("zigbee2mqtt/bridge/devices", "[{\"ieee_address\":\"0x1\"}]")).isEmpty();
    assertThat(rig.take("zigbee2mqtt/living/lamp/set", "{\"state\":\"ON\"}")).isEmpty();
    assertThat(rig.letters).isEmpty();
  }

  @Test
  void espHomeHasOneTopicForEachValue() {
    VendorRig rig = VendorRig.of("esphome").child("boiler", "any");
    assertThat(rig.take("boiler/status", "online")).containsExactly("state boiler; status=online");
    assertThat(rig.take("boiler/sensor/flow_temp/state", "54.3"))
        .containsExactly("telemetry boiler; flow_temp=54.3");
    assertThat(rig.take("boiler/sensor/flow_temp/state", "nan"))
        .containsExactly("telemetry boiler; flow_temp=nan SENSOR");
    assertThat(rig.take("boiler/binary_sensor/flame/state", "ON"))
        .containsExactly("telemetry boiler; flame=ON");
    assertThat(rig.take("boiler/climate/hc1/mode/state", "heat"))
        .containsExactly("state boiler; hc1.mode.state=heat");
    assertThat(rig.take("boiler/debug", "[D][mqtt:1]: x")).isEmpty();
    assertThat(rig.letters).isEmpty();
  }

  @Test
  void wirenBoardsUnitsComeFromItsMeta() {
    VendorRig rig = VendorRig.of("wirenboard").child("wb-msw-v3_21", "any");
    String control = "/devices/wb-msw-v3_21/controls/";
    assertThat(rig.take(control + "Temperature", "21.53"))
        .containsExactly("telemetry wb-msw-v3_21; Temperature=21.53");
    assertThat(rig.take(control + "Temperature/meta", "{\"type\":\"value\",\"units\":\"deg C\"}"))
        .isEmpty();
    assertThat(rig.take(control + "CO2/meta/type", "concentration")).isEmpty();
    assertThat(rig.take(control + "Temperature", "21.53"))
        .containsExactly("telemetry wb-msw-v3_21; Temperature=21.53 Cel");
    assertThat(rig.take(control + "CO2", "640"))
        .containsExactly("telemetry wb-msw-v3_21; CO2=640 ppm");
    assertThat(rig.take(control + "CO2/meta/error", "r"))
        .containsExactly("state wb-msw-v3_21; CO2.error=r");
    assertThat(rig.take(control + "Buzzer/on", "1")).isEmpty();
    assertThat(rig.take("/devices/wb-msw-v3_21/meta/name", "MSW")).isEmpty();
    assertThat(rig.letters).isEmpty();
  }

  @Test
  void victronsPathsAreMetricsAndAnEmptyMessageIsAState() {
    VendorRig rig = VendorRig.of("victron").child("c0619ab12345", "any");
    assertThat(rig.take("N/c0619ab12345/battery/288/Dc/0/Voltage", "{\"value\":51.92}"))
        .containsExactly("telemetry c0619ab12345; battery.288.Dc.0.Voltage=51.92 V");
    assertThat(rig.take("N/c0619ab12345/battery/288/Soc", "{\"value\":null}")).isEmpty();
    assertThat(rig.take("N/c0619ab12345/battery/288/Soc", ""))
        .containsExactly("state c0619ab12345; battery.288.Soc=gone");
    assertThat(rig.take("N/c0619ab12345/full_publish_completed", "{\"value\":1}")).isEmpty();
    assertThat(rig.letters).isEmpty();
  }
}
