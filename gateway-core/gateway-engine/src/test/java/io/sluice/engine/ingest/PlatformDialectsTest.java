package io.sluice.engine.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Messages of devices that were made for a cloud. Forms are those of the clouds' pages that the
 * dialects' files name; values are ours.
 */
class PlatformDialectsTest {
  @Test
  void alinksRawBytesAreReadByTheProfile(@TempDir Path own) throws Exception {
    Files.createDirectory(own.resolve("profiles"));
    Files.writeString(
        own.resolve("profiles/raw.yaml"),
        """
        id: raw
        metrics: { level: { unit: mm } }
        layout: { fields: [ { metric: level, offset: 1, type: u16 } ] }
        """);
    VendorRig rig = new VendorRig(own, "alink").device("raw-1", "bridge", "raw", null);
    assertThat(rig.take("bridge", "/sys/pk/raw-1/thing/model/up_raw", new byte[] {1, 3, 44}))
        .containsExactly("telemetry raw-1; level=812 mm");
  }

  @Test
  void alinksEventsAndTopicsOfOnesOwn() {
    VendorRig rig = VendorRig.of("alink");
    assertThat(
            rig.take(
                "/sys/pk/bridge/thing/event/overheat/post",
                "{\"id\":\"1\",\"version\":\"1.0\",\"sys\":{\"ack\":0},\"params\":{\"value\":{\"code\":4},\"time\":1795805940000},\"method\":\"thing.event.overheat.post\"}"))
        .containsExactly("event bridge @2026-11-27T18:59:00Z; code=4");
    assertThat(rig.take("/pk/bridge/user/door/open", "{\"door\":1}"))
        .containsExactly("event bridge; door=1");
    assertThat(rig.take("/pk/bridge/update", "{\"door\":0}"))
        .containsExactly("event bridge; door=0");
    assertThat(rig.letters).isEmpty();
  }

  @Test
  void iotdasServicesOfOneNameStayApartAndAWrongTimeIsNoReason() {
    VendorRig rig = VendorRig.of("huawei-iotda");
    assertThat(
            rig.take(
                "$oc/devices/bridge/sys/properties/report",
                "{\"services\":[{\"service_id\":\"Pump1\",\"properties\":{\"temp\":57},\"event_time\":\"20261127T185900Z\"},{\"service_id\":\"Pump2\",\"properties\":{\"temp\":61},\"event_time\":\"20261127T185900Z\"}]}"))
        .containsExactly("telemetry bridge @2026-11-27T18:59:00Z; Pump1.temp=57; Pump2.temp=61");
    assertThat(
            rig.take(
                "$oc/devices/bridge/sys/properties/report",
                "{\"services\":[{\"service_id\":\"P\",\"properties\":{\"T\":1},\"event_time\":\"nonsense\"}]}"))
        .singleElement()
        .asString()
        .startsWith("telemetry bridge; T=1");
    assertThat(rig.letters).isEmpty();
  }

  @Test
  void whatAThingReportsToItsShadowIsMeasuredAndWhatItDesiresIsNot() {
    VendorRig rig = VendorRig.of("aws-iot").device("meter", null, "energy-meter", null);
    String update = "$aws/things/meter/shadow/update";
    assertThat(
            rig.take(
                "meter",
                update,
                "{\"state\":{\"reported\":{\"voltage\":230.5,\"led\":{\"on\":true}},\"desired\":{\"voltage\":0}},\"clientToken\":\"c\",\"version\":4}"
                    .getBytes(UTF_8)))
        .containsExactly("telemetry meter; voltage=230.5 V; led.on=true");
    assertThat(
            rig.take(
                "meter",
                update.replace("update", "name/net/update"),
                "{\"state\":{\"reported\":{\"voltage\":231}}}".getBytes(UTF_8)))
        .containsExactly("telemetry meter; voltage=231 V");
    for (String nothing : List.of("{\"desired\":{\"voltage\":1}}", "{\"reported\":null}", "null")) {
      assertThat(rig.take("meter", update, ("{\"state\":" + nothing + "}").getBytes(UTF_8)))
          .isEmpty();
    }
    assertThat(rig.letters).isEmpty();
    assertThat(rig.take("meter", update, "{\"voltage\":1}".getBytes(UTF_8))).isEmpty();
    assertThat(rig.letters).hasSize(1);
  }

  @Test
  void tencentsTimestampIsSecondsOrMillisecondsOrNone() {
    VendorRig rig = VendorRig.of("tencent-iot");
    String report =
        "{\"method\":\"report\",\"clientToken\":\"7\",\"timestamp\":%s,\"params\":{\"T\":1}}";
    String topic = "$thing/up/property/pk/bridge";
    assertThat(rig.take(topic, report.formatted("1795805940")))
        .containsExactly("telemetry bridge @2026-11-27T18:59:00Z; T=1");
    assertThat(rig.take(topic, report.formatted("1795805940000")))
        .containsExactly("telemetry bridge @2026-11-27T18:59:00Z; T=1");
    assertThat(rig.take(topic, report.formatted("0")))
        .containsExactly("telemetry bridge; timestamp=0; T=1");
    assertThat(
            rig.take(
                "$thing/up/event/pk/bridge",
                "{\"method\":\"event_post\",\"clientToken\":\"8\",\"version\":\"1.0\",\"eventId\":\"low\",\"type\":\"alert\",\"timestamp\":1795805940000,\"params\":{\"level\":3}}"))
        .singleElement()
        .asString()
        .startsWith("event bridge @2026-11-27T18:59:00Z; ")
        .contains("eventId=low", "level=3");
  }

  @Test
  void onenetsHistoryHasSeveralValuesOfAName() {
    VendorRig rig = VendorRig.of("onenet").child("c1", "any");
    assertThat(
            rig.take(
                "$sys/pid/bridge/thing/history/post",
                "{\"id\":\"1\",\"version\":\"1.0\",\"params\":[{\"identity\":{\"productID\":\"pid\",\"deviceName\":\"c1\"},\"properties\":{\"T\":[{\"value\":21,\"time\":1795805930000},{\"value\":22,\"time\":1795805940000}]}}]}"))
        .containsExactly(
            "telemetry c1 @2026-11-27T18:58:50Z; T=21", "telemetry c1 @2026-11-27T18:59:00Z; T=22");
  }

  @Test
  void thingsBoardsArrayAndNumericTexts() {
    VendorRig rig = VendorRig.of("thingsboard").child("A", "any");
    assertThat(
            rig.take(
                "v1/devices/me/telemetry",
                "[{\"ts\":1795805930000,\"values\":{\"t\":1}},{\"ts\":1795805940000,\"values\":{\"t\":2}}]"))
        .containsExactly("telemetry bridge @2026-11-27T18:59:00Z; t=1; t=2");
    assertThat(rig.take("v1/devices/me/attributes", "{\"fw\":\"1.2\"}"))
        .containsExactly("state bridge; fw=1.2");
    assertThat(rig.take("v1/gateway/attributes", "{\"A\":{\"model\":\"T\"}}"))
        .containsExactly("state A; model=T");
    assertThat(rig.take("v1/gateway/connect", "{\"device\":\"A\",\"type\":\"T\"}")).isEmpty();
    assertThat(rig.letters).isEmpty();
  }
}
