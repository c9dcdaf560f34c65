package io.sluice.engine.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Further messages of devices of homes and buildings. Forms are those of the pages that the tests
 * name; values are ours.
 */
class HomeDeviceFormsTest {
  /** tasmota.github.io, "MQTT", "Analog", "DS18x20", "Counter"; xsns_02_analog.ino. */
  @Test
  void tasmotasOtherSensors() {
    VendorRig rig = VendorRig.of("tasmota").child("t1", "any");
    assertThat(
            rig.take(
                "tele/t1/SENSOR",
                """
                {"Time":"2026-11-27T19:00:00","Switch1":"ON","ANALOG":{"Temperature1":77.0,"A0":512},
                 "DS18B20-1":{"Id":"01131B123456","Temperature":212.0},"COUNTER":{"C1":12},"TempUnit":"F"}\
                """))
        .containsExactly(
            "telemetry t1; Switch1=ON; ANALOG.Temperature1=25.0; ANALOG.A0=512;"
                + " DS18B20-1.Id=01131B123456; DS18B20-1.Temperature=100.0; COUNTER.C1=12");
    assertThat(
            rig.take(
                "tele/t1/SENSOR",
                "{\"Time\":\"2026-11-27T19:00:00\",\"BMP280\":{\"Pressure\":29.92,\"SeaPressure\":30.0},\"PressureUnit\":\"inHg\"}"))
        .containsExactly("telemetry t1; BMP280.Pressure=1013.21; BMP280.SeaPressure=1015.92");
    assertThat(rig.take("tele/t1/INFO1", "{\"Info1\":{\"Module\":\"Generic\",\"Version\":\"14\"}}"))
        .containsExactly("event t1; Info1.Module=Generic; Info1.Version=14");
    assertThat(rig.take("stat/t1/RESULT", "{\"POWER\":\"OFF\"}"))
        .containsExactly("state t1; POWER=OFF");
    assertThat(rig.letters).isEmpty();
  }

  /** shelly-api-docs.shelly.cloud, "Gen1", "MQTT" of Shelly1/1PM, 2.5, EM, H&T, Door/Window. */
  @Test
  void shellysOfTheFirstGenerationHaveRelaysMetersAndSensors() {
    VendorRig rig = VendorRig.of("shelly").child("s", "any");
    String[][] told = {
      {"relay/1/power", "0.00", "relay.1.power=0.0 W"},
      {"relay/1/overpower_value", "2300", "relay.1.overpower_value=2300"},
      {"roller/0", "stop", "roller.0=stop"},
      {"roller/0/energy", "60000", "roller.0.energy=1.0 kWh"},
      {"roller/0/pos", "100", "roller.0.pos=100"},
      {"input/0", "1", "input.0=1"},
      {"longpush/0", "0", "longpush.0=0"},
      {"temperature", "38.50", "temperature=38.5 Cel"},
      {"temperature_f", "101.30", "temperature_f=101.3 degF"},
      {"overtemperature", "0", "overtemperature=0"},
      {"ext_temperature/0", "21.3", "ext_temperature.0=21.3 Cel"},
      {"ext_temperature_f/0", "70.3", "ext_temperature_f.0=70.3 degF"},
      {"ext_temperature/1", "999", "ext_temperature.1=nan Cel SENSOR"},
      {"ext_humidity/0", "45.1", "ext_humidity.0=45.1 %RH"},
      {"emeter/0/reactive_power", "-12.1", "emeter.0.reactive_power=-12.1 var"},
      {"emeter/0/voltage", "231.02", "emeter.0.voltage=231.02 V"},
      {"emeter/2/current", "1.17", "emeter.2.current=1.17 A"},
      {"emeter/2/pf", "0.92", "emeter.2.pf=0.92"},
      {"emeter/0/returned_energy", "6000", "emeter.0.returned_energy=0.1 kWh"},
      {"emeter/0/total_returned", "1500", "emeter.0.total_returned=1.5 kWh"},
      {"sensor/temperature", "20.1", "sensor.temperature=20.1"},
      {"sensor/humidity", "55.5", "sensor.humidity=55.5 %RH"},
      {"sensor/battery", "88", "sensor.battery=88 %"},
      {"sensor/lux", "120", "sensor.lux=120 lx"},
      {"sensor/state", "open", "sensor.state=open"},
    };
    for (String[] each : told) {
      assertThat(rig.take("shellies/s/" + each[0], each[1]))
          .as(each[0])
          .containsExactly("telemetry s; " + each[2]);
    }
    assertThat(rig.letters).isEmpty();
  }

  /** zigbee2mqtt.io, "MQTT Topics and Messages": availability, before and since version 1.34. */
  @Test
  void zigbeesAvailabilityIsAWordOrAnObject() {
    VendorRig rig = VendorRig.of("zigbee2mqtt").child("a.b", "any");
    assertThat(rig.take("zigbee2mqtt/a/b/availability", "online"))
        .containsExactly("state a.b; availability=online");
    assertThat(rig.take("zigbee2mqtt/a/b/availability", "{\"state\":\"online\"}"))
        .containsExactly("state a.b; availability=online");
    assertThat(rig.take("zigbee2mqtt/bridge/state", "offline"))
        .containsExactly("state bridge; bridge=offline");
    assertThat(rig.take("zigbee2mqtt/bridge/logging", "{\"level\":\"info\"}")).isEmpty();
    assertThat(rig.take("zigbee2mqtt/bridge/event", "{\"type\":\"device_leave\"}"))
        .containsExactly("event bridge; type=device_leave");
    assertThat(rig.letters).isEmpty();
  }

  /** github.com/wirenboard/conventions, README: controls and their meta in both forms. */
  @Test
  void wirenBoardsMetaInBothForms() {
    VendorRig rig = VendorRig.of("wirenboard").child("wb-map12e", "any");
    String control = "/devices/wb-map12e/controls/";
    rig.take(control + "Urms L1/meta/type", "voltage");
    rig.take(control + "Urms L1/meta/order", "3");
    rig.take(control + "Urms L1/meta/readonly", "1");
    assertThat(rig.take(control + "Urms L1", "231.4"))
        .containsExactly("telemetry wb-map12e; Urms L1=231.4 V");
    rig.take(control + "AP energy/meta", "{\"type\":\"power_consumption\",\"readonly\":true}");
    assertThat(rig.take(control + "AP energy", "12.5"))
        .containsExactly("telemetry wb-map12e; AP energy=12.5 kWh");
    rig.take(control + "Flow/meta/units", "m^3 / hour");
    assertThat(rig.take(control + "Flow", "2")).containsExactly("telemetry wb-map12e; Flow=2 m3/h");
    assertThat(rig.take(control + "Flow/meta/error", ""))
        .containsExactly("state wb-map12e; Flow.error=none");
    assertThat(rig.take("/devices/wb-map12e/meta", "{\"driver\":\"wb-modbus\"}")).isEmpty();
    assertThat(rig.letters).isEmpty();
  }

  /** github.com/victronenergy/dbus-flashmq, README: keep-alive, null, texts and lists. */
  @Test
  void victronsKeepAliveIsNoValue() {
    VendorRig rig = VendorRig.of("victron").child("c0619ab12345", "any");
    String to = "N/c0619ab12345/";
    assertThat(rig.take(to + "keepalive", "{\"value\":1795802400}")).isEmpty();
    assertThat(
            rig.take(
                to + "full_publish_completed",
                "{\"value\":1795802400,\"full-publish-completed-echo\":\"x\"}"))
        .isEmpty();
    assertThat(rig.take(to + "vebus/276/Ac/Out/L1/P", "{\"value\":812,\"min\":0,\"max\":3000}"))
        .containsExactly("telemetry c0619ab12345; vebus.276.Ac.Out.L1.P=812");
    assertThat(rig.take(to + "settings/0/Name", "{\"value\":\"boat\"}"))
        .containsExactly("telemetry c0619ab12345; settings.0.Name=boat");
    assertThat(rig.letters).isEmpty();
  }
}
