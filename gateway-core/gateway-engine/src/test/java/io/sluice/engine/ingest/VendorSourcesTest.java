package io.sluice.engine.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Downlink;
import io.sluice.api.MessageClass;
import io.sluice.api.adapter.Exchange;
import io.sluice.api.adapter.Receipt;
import io.sluice.engine.config.Faults;
import io.sluice.engine.dialect.DialectPlaces;
import io.sluice.engine.dialect.Dialects;
import io.sluice.engine.dialect.RoutedTopic;
import io.sluice.engine.dialect.Topics;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Messages as the sources of vendors' firmware and servers write them, which no page shows. Forms
 * are those of the files that each test names; values are ours.
 */
class VendorSourcesTest {
  /** arendst/Tasmota, xsns_35_tx20.ino (ConvertSpeed, SpeedUnit), xsns_39_max31855.ino. */
  @Test
  void tasmotasSpeedsHaveTheirUnitAndBothEndsOfAThermocoupleAreCelsius() {
    VendorRig rig = VendorRig.of("tasmota").child("t1", "any");
    String wind =
        "{\"Time\":\"2026-11-27T19:00:00\",\"TX23\":{\"Speed\":{\"Act\":36.0,\"Max\":72.0},"
            + "\"Dir\":{\"Card\":\"W\",\"Deg\":270.0,\"Max\":292.5}},\"SpeedUnit\":\"%s\"}";
    assertThat(rig.take("tele/t1/SENSOR", wind.formatted("km/h")))
        .containsExactly(
            "telemetry t1; TX23.Dir.Card=W; TX23.Dir.Deg=270.0; TX23.Dir.Max=292.5;"
                + " TX23.Speed.Act=36.0 km/h; TX23.Speed.Max=72.0 km/h");
    // 36 feet are 10.9728 m
    assertThat(rig.take("tele/t1/SENSOR", wind.formatted("ft/s")))
        .singleElement()
        .asString()
        .contains("TX23.Speed.Act=10.9728 m/s");
    assertThat(
            rig.take(
                "tele/t1/SENSOR",
                "{\"Time\":\"2026-11-27T19:00:00\",\"TX20\":{\"Speed\":10.0,\"SpeedAvg\":5.0,\"Direction\":\"W\"},\"SpeedUnit\":\"kn\"}"))
        .containsExactly(
            "telemetry t1; TX20.Direction=W; TX20.Speed=10.0 kn; TX20.SpeedAvg=5.0 kn");
    assertThat(
            rig.take(
                "tele/t1/SENSOR",
                "{\"Time\":\"2026-11-27T19:00:00\",\"MAX31855\":{\"Temperature\":212.0,\"ReferenceTemperature\":77.0,\"Error\":0},\"TempUnit\":\"F\"}"))
        .containsExactly(
            "telemetry t1; MAX31855.Temperature=100.0; MAX31855.ReferenceTemperature=25.0;"
                + " MAX31855.Error=0");
    assertThat(rig.letters).isEmpty();
  }

  /**
   * MQTT 3.1.1 section 3.3.1.3: an empty payload deletes what is retained. Zigbee2MQTT writes null
   * so, with {@code output: attribute} (lib/controller.ts, iteratePayloadAttributeOutput).
   */
  @ParameterizedTest
  @CsvSource({
    "tasmota, tele/d/LWT",
    "tasmota, stat/d/POWER1",
    "shelly, shellies/d/online",
    "shelly, shellies/d/relay/0",
    "shelly, d/online",
    "shelly, d/status/switch:0",
    "zigbee2mqtt, zigbee2mqtt/d",
    "zigbee2mqtt, zigbee2mqtt/d/occupancy",
    "zigbee2mqtt, zigbee2mqtt/d/availability",
    "esphome, d/status",
    "esphome, d/sensor/t/state",
    "esphome, d/switch/pump/state",
    "wirenboard, /devices/d/controls/T",
  })
  void nothingIsNoValueWhereValuesAreRetained(String dialect, String topic) {
    VendorRig rig = VendorRig.of(dialect).child("d", "any");
    assertThat(rig.take(topic, "")).isEmpty();
    assertThat(rig.receipt()).isInstanceOf(Receipt.Stored.class);
    assertThat(rig.letters).isEmpty();
  }

  private static String looseProbe(String humidity) {
    return "{\"Time\":\"2026-11-27T18:59:00\",\"AM2301\":{\"Temperature\":21.5,\"Humidity\":"
        + humidity
        + ",\"Id\":\"a nan\"}}";
  }

  /** As a probe that has come loose; C prints it so. */
  @Test
  void tasmotasNumberThatIsNoneCostsThatFieldAlone() {
    VendorRig rig = VendorRig.of("sluice", "tasmota").child("t1", "any");
    for (String none : List.of("nan", "-nan", "NaN")) {
      assertThat(rig.take("tele/t1/SENSOR", looseProbe(none)))
          .as(none)
          .singleElement()
          .asString()
          .startsWith("telemetry t1 @2026-11-27T18:59:00Z; AM2301.Temperature=21.5;")
          .endsWith("AM2301.Id=a nan")
          .contains("AM2301.Humidity=")
          .contains("SENSOR");
    }
    assertThat(rig.letters).isEmpty();
  }

  /** shelly-api-docs, "Notifications" (NotifyEvent); a component that is gone is null. */
  @Test
  void shellysEventsAreOneEachAndWhatIsGoneIsNothing() {
    VendorRig rig = VendorRig.of("shelly").child("s3", "any");
    String head = "{\"src\":\"s3\",\"dst\":\"s3/events\",\"method\":\"NotifyEvent\",\"params\":";
    assertThat(
            rig.take(
                "s3/events/rpc",
                head
                    + "{\"ts\":1795805940.5,\"events\":["
                    + "{\"component\":\"input:0\",\"id\":0,\"event\":\"single_push\",\"ts\":1795805939.25},"
                    + "{\"component\":\"sys\",\"event\":\"ota_begin\",\"msg\":\"x\"}]}}"))
        .containsExactly(
            "event s3 @2026-11-27T18:58:59.250Z; component=input:0; id=0; event=single_push",
            "event s3 @2026-11-27T18:59:00.500Z; component=sys; event=ota_begin; msg=x");
    assertThat(rig.take("s3/status/number:200", "null")).isEmpty();
    assertThat(rig.take("s3/debug/log", "shos_init: 1")).isEmpty();
    assertThat(
            rig.take(
                "s3/events/rpc",
                "{\"src\":\"s3\",\"dst\":\"d\",\"method\":\"NotifyStatus\",\"params\":{\"ts\":1795805940.5,\"em:0\":{\"id\":0,\"a_voltage\":236.1,\"a_errors\":[\"power_meter_failure\"],\"n_current\":null}}}"))
        .containsExactly(
            "telemetry s3 @2026-11-27T18:59:00.500Z; em:0.a_voltage=236.1;"
                + " em:0.a_errors.0=power_meter_failure");
    assertThat(rig.letters).isEmpty();
  }

  /** esphome/esphome, components/mqtt: one file for each kind of component. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '`',
      textBlock =
          """
          text/note/state ! hello ! telemetry n1; note=hello
          event/button/state ! {"event_type":"single"} ! event n1; button.event_type=single
          alarm_control_panel/home/state ! armed_away ! state n1; home=armed_away
          datetime/alarm/state ! {"year":2026,"month":11} ! state n1; alarm.year=2026; alarm.month=11
          date/day/state ! {"year":2026} ! state n1; day.year=2026
          time/at/state ! {"hour":18} ! state n1; at.hour=18
          update/fw/state ! {"installed_version":"1","latest_version":"2"} ! state n1; fw.installed_version=1; fw.latest_version=2
          light/lamp/state ! {"state":"ON","color":{"r":1}} ! state n1; lamp.state.state=ON; lamp.state.color.r=1
          climate/ac/current_temperature/state ! 21.5 ! state n1; ac.current_temperature.state=21.5
          """)
  void eachComponentOfEspHomeHasARule(String topic, String payload, String expected) {
    VendorRig rig = VendorRig.of("esphome").child("n1", "any");
    assertThat(rig.take("n1/" + topic, payload)).containsExactly(expected);
  }

  /** chirpstack/chirpstack, integration.proto: join_server_context has a key. */
  @Test
  void keysOfChirpStacksJoinServerStandInNoRecord() {
    String eui = "24e124445d193673";
    VendorRig rig = VendorRig.of("chirpstack").child(eui, "any");
    String head = "{\"deduplicationId\":\"3a\",\"deviceInfo\":{\"devEui\":\"" + eui + "\"},";
    String keys = "\"joinServerContext\":{\"sessionKeyId\":\"01\",\"appSKey\":{\"aesKey\":\"AA\"}}";
    String of = "application/17c8/device/" + eui + "/event/";
    assertThat(
            rig.take(
                of + "up",
                head
                    + "\"devAddr\":\"00\",\"fCnt\":1,\"fPort\":2,\"object\":{\"t\":1},"
                    + keys
                    + "}"))
        .containsExactly("telemetry " + eui + "; t=1; fCnt=1; fPort=2; dr=0");
    assertThat(rig.take(of + "join", head + "\"devAddr\":\"00\"," + keys + "}"))
        .containsExactly("event " + eui + "; event=join");
  }

  /** huaweicloud-iot-device-sdk-java, DeviceMessage and DeviceEvents: object_device_id. */
  @Test
  void iotdasGatewaySaysOfWhichChildItSpeaks() {
    VendorRig rig = VendorRig.of("huawei-iotda").child("c1", "any");
    String topic = "$oc/devices/bridge/sys/messages/up";
    assertThat(
            rig.take(topic, "{\"object_device_id\":\"c1\",\"name\":\"n\",\"content\":{\"a\":1}}"))
        .containsExactly("event c1; name=n; content.a=1");
    assertThat(rig.take(topic, "{\"object_device_id\":null,\"content\":{\"a\":2}}"))
        .containsExactly("event bridge; content.a=2");
    assertThat(rig.take(topic, "{\"object_device_id\":\"bridge\",\"content\":{\"a\":3}}"))
        .containsExactly("event bridge; content.a=3");
    // the page allows any payload
    assertThat(rig.take("bridge", topic, "plain text".getBytes(UTF_8)))
        .singleElement()
        .asString()
        .startsWith("event bridge; ");
    assertThat(rig.letters).isEmpty();
    assertThat(rig.take(topic, "{\"object_device_id\":\"c2\",\"content\":{\"a\":4}}")).isEmpty();
    assertThat(rig.letters).hasSize(1);
  }

  /** help.aliyun.com 89301 has a capital in one sample; 53964, "Device shadow data stream". */
  @Test
  void alinksValueWithACapitalAndItsShadow() {
    VendorRig rig = VendorRig.of("alink");
    assertThat(
            rig.take(
                "/sys/pk/bridge/thing/event/property/post",
                "{\"id\":\"7\",\"version\":\"1.0\",\"params\":{\"T\":{\"Value\":21.5,\"time\":1795805940000}},\"method\":\"thing.event.property.post\"}"))
        .containsExactly("telemetry bridge @2026-11-27T18:59:00Z; T=21.5");
    String shadow = "/shadow/update/pk/bridge";
    assertThat(
            rig.take(
                shadow,
                "{\"method\":\"update\",\"state\":{\"reported\":{\"color\":\"red\"}},\"version\":1}"))
        .containsExactly("telemetry bridge; color=red");
    assertThat(rig.take(shadow, "{\"method\":\"get\"}")).isEmpty();
    assertThat(
            rig.take(
                "/sys/pk/bridge/thing/list/found",
                "{\"id\":\"1\",\"version\":\"1.0\",\"params\":[{\"deviceName\":\"d\"}],\"method\":\"thing.list.found\"}"))
        .singleElement()
        .asString()
        .startsWith("event bridge; ");
    assertThat(rig.letters).isEmpty();
  }

  /** emqx/neuron-docs, north-apps/mqtt/api.md: the topic since 2.4.0, and the answer to a write. */
  @Test
  void neuronsGroupHasATopicOfItsOwnAndAWriteIsAnswered() {
    VendorRig rig = VendorRig.of("neuron").child("modbus", "any");
    assertThat(
            rig.take(
                "/neuron/mqtt-1/modbus/grp",
                "{\"timestamp\":1795805940000,\"node\":\"modbus\",\"group\":\"grp\",\"tags\":[{\"name\":\"tag0\",\"value\":123},{\"name\":\"tag1\",\"error\":2014}]}"))
        .containsExactly("telemetry modbus @2026-11-27T18:59:00Z; tag0=123; tag1.error=2014");
    assertThat(rig.take("/neuron/mqtt-1/read/resp", "{\"uuid\":\"u\",\"tags\":[]}")).isEmpty();
    assertThat(rig.letters).isEmpty();
    String uuid = "cd32be1b-c8b1-3257-94af-77f847b1ed3e";
    assertThat(answer("{\"uuid\":\"" + uuid + "\",\"error\":0}"))
        .returns(uuid, Exchange.Outcome::command)
        .returns(0, Exchange.Outcome::refusal);
    assertThat(answer("{\"uuid\":\"" + uuid + "\",\"error\":2014}"))
        .returns(uuid, Exchange.Outcome::command)
        .returns(2014, Exchange.Outcome::refusal);
  }

  private static Exchange.Outcome answer(String payload) {
    String topic = "/neuron/mqtt-1/write/resp";
    RoutedTopic route = topics("neuron").route("gw", topic);
    assertThat(route).isNotNull();
    assertThat(route.follow()).isNotNull();
    return route
        .follow()
        .after(
            VendorRig.of("neuron").uplink("gw", topic, payload.getBytes(UTF_8), null),
            new Receipt.Stored(MessageClass.EVENT.lane(), 1, null),
            VendorRig.NOW.toEpochMilli());
  }

  private static Topics topics(String dialect) {
    return Dialects.load(
            new DialectPlaces(Path.of("../../config/dialects"), List.of()), new Faults())
        .topics(List.of(dialect), Map.of());
  }

  /** The pages that config/dialects names beside each reply. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '`',
      textBlock =
          """
          alink ! /sys/pk/gw/thing/topo/get ! {"id":"3","version":"1.0","params":{},"method":"thing.topo.get"} ! /sys/pk/gw/thing/topo/get_reply {"code":200,"data":[],"id":"3","message":"success","method":"thing.topo.get","version":"1.0"}
          alink ! /sys/pk/gw/thing/ota/firmware/get ! {"id":"4","params":{"module":"MCU"},"method":"thing.ota.firmware.get"} ! /sys/pk/gw/thing/ota/firmware/get_reply {"code":200,"data":{},"id":"4","message":"success","method":"thing.ota.firmware.get","version":"1.0"}
          alink ! /shadow/update/pk/gw ! {"method":"update","state":{"reported":{"c":1}},"version":5} ! /shadow/get/pk/gw {"method":"reply","payload":{"status":"success","version":5},"timestamp":1795806000}
          alink ! /shadow/update/pk/gw ! {"method":"get"} ! /shadow/get/pk/gw {"method":"reply","payload":{"status":"success","state":{},"metadata":{}},"version":0,"timestamp":1795806000}
          huawei-iotda ! $oc/devices/gw/sys/events/up ! {"services":[{"service_id":"$sub_device_manager","event_type":"sub_device_update_status","event_time":"20261127T185900Z","event_id":"e1","paras":{"device_statuses":[{"device_id":"c1","status":"ONLINE"}]}}]} ! $oc/devices/gw/sys/events/down {"object_device_id":"gw","services":[{"service_id":"$sub_device_manager","event_type":"sub_device_update_status_response","event_time":"20261127T190000Z","event_id":"e1","paras":{"successful_devices":[{"device_id":"c1","status":"ONLINE"}],"failed_devices":[]}}]}
          """)
  void whatIsAskedIsAnswered(String dialect, String topic, String payload, String expected) {
    RoutedTopic route = topics(dialect).route("gw", topic);
    assertThat(route).isNotNull();
    assertThat(route.follow()).isNotNull();
    List<Downlink> sent =
        route
            .follow()
            .after(
                VendorRig.of(dialect).uplink("gw", topic, payload.getBytes(UTF_8), null),
                new Receipt.Stored(MessageClass.EVENT.lane(), 1, null),
                VendorRig.NOW.toEpochMilli())
            .replies();
    assertThat(sent)
        .singleElement()
        .extracting(each -> each.topic() + ' ' + new String(each.payload(), UTF_8))
        .isEqualTo(expected);
  }
}
