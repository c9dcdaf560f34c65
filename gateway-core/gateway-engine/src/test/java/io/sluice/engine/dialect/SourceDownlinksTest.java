package io.sluice.engine.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.Downlink;
import io.sluice.engine.config.Faults;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Commands for devices behind a broker, by the topic that each was heard by last. */
class SourceDownlinksTest {
  private static final Path CONFIG = Path.of("../../config/dialects");

  private final Topics topics =
      Dialects.load(new DialectPlaces(CONFIG, List.of()), new Faults())
          .topics(
              List.of("zigbee2mqtt", "tasmota", "chirpstack", "the-things-stack", "sluice"),
              Map.of());

  private @Nullable String written(String device, String name, String payload, String last) {
    ContentType type = payload.startsWith("{") ? ContentType.JSON : ContentType.BYTES;
    Command command =
        new Command("c1", new DeviceId(device), name, type, payload.getBytes(UTF_8), 0, 0);
    Downlink written = topics.written(new DeviceId("plant"), command, last);
    return written == null ? null : written.topic() + " " + new String(written.payload(), UTF_8);
  }

  @Test
  void eachVendorHasTheFormOfItsOwnTopics() {
    // chirpstack.io docs, "MQTT", "Scheduling a downlink"
    assertThat(
            written(
                "0102030405060708",
                "port-10",
                "abc",
                "application/7/device/0102030405060708/event/up"))
        .startsWith("application/7/device/0102030405060708/command/down ")
        .contains("\"devEui\":\"0102030405060708\"", "\"data\":\"YWJj\"");
    // thethingsindustries.com docs, "MQTT server", "Publishing downlink traffic"
    assertThat(written("0102030405060708", "set", "abc", "v3/app@ttn/devices/pump-1/up"))
        .startsWith("v3/app@ttn/devices/pump-1/down/push {\"downlinks\":[{")
        .contains("\"frm_payload\":\"YWJj\"");
    // zigbee2mqtt.io, "MQTT topics and messages": zigbee2mqtt/FRIENDLY_NAME/set
    assertThat(written("kitchen.lamp", "set", "{\"state\":\"ON\"}", "zigbee2mqtt/kitchen/lamp"))
        .isEqualTo("zigbee2mqtt/kitchen/lamp/set {\"state\":\"ON\"}");
    // tasmota.github.io/docs, "Commands": cmnd/%topic%/<command>
    assertThat(written("plug-1", "POWER", "ON", "tele/plug-1/SENSOR"))
        .isEqualTo("cmnd/plug-1/POWER ON");
    assertThat(written("pump-1", "open", "{}", "telemetry/pump-1"))
        .isEqualTo("command/pump-1/open {}");
  }

  @Test
  void deviceOfATopicThatNothingMapsIsNotSpokenTo() {
    assertThat(written("pump-1", "open", "{}", "what/is/this")).isNull();
  }
}
