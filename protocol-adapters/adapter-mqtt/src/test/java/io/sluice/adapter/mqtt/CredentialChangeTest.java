package io.sluice.adapter.mqtt;

import static io.sluice.adapter.mqtt.RawMqtt.connect;
import static io.sluice.adapter.mqtt.RawMqtt.packet;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.mqtt.RawMqtt.Bytes;
import io.sluice.adapter.mqtt.RawMqtt.Packet;
import io.sluice.adapter.mqtt.server.MqttAdapter;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.LinkEnd;
import java.io.IOException;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is left of a device whose credentials change: no session, no will, no state. */
@Tag("slow")
class CredentialChangeTest {
  private final RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
  private final MqttAdapter adapter =
      new MqttAdapterFactory().create("mqtt", MqttSettings.onLoopback(0));

  @BeforeEach
  void start() throws IOException {
    adapter.start(gateway);
  }

  @AfterEach
  void stop() {
    adapter.close();
    gateway.close();
  }

  /** CONNECT of MQTT 5 as d1, with a session that outlives it; with a will where asked for. */
  private static byte[] connect5(int willDelaySeconds) {
    boolean hasWill = willDelaySeconds >= 0;
    Bytes body = new Bytes().text("MQTT").raw(5, hasWill ? 0xC4 : 0xC0, 0, 60);
    body.raw(5, 0x11, 0, 0, 1, 0).text("c1");
    if (hasWill) {
      body.raw(5, 0x18, 0, 0, 0, willDelaySeconds).text("alarm").text("FAKE");
    }
    return packet(0x10, body.text("d1").text("pw"));
  }

  private static byte[] publish(int first) {
    Bytes body = new Bytes().text("telemetry").raw(0, 9, 0);
    body.writeBytes("1".getBytes(UTF_8));
    return packet(first, body);
  }

  @ParameterizedTest
  @CsvSource({"5, 134", "4, 4"})
  void aDeviceThatIsRevokedWhileItSignsInGetsNoSession(int level, int reason) throws IOException {
    gateway.afterAdmission = () -> gateway.revoke("d1");
    try (RawMqtt client = new RawMqtt(adapter)) {
      client.send(connect(level, 0xC2, "c1", "d1", "pw"));
      client.send(packet(0x32, new Bytes().text("telemetry").raw(0, 1, 0, 0)));
      assertThat(client.reasonAtEnd()).isEqualTo(reason);
    }
    assertThat(gateway.offers()).isZero();
    assertThat(gateway.link("d1")).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void theDeviceIsToldWhyItsSessionEnds(LinkEnd reason) throws Exception {
    int code = switch (reason) { // MQTT 5 section 3.14.2.1
          case TAKEN_OVER, MOVED -> 0x8E;
          case REMOVED, RETIRED, CREDENTIALS_CHANGED -> 0x98;
        };
    try (RawMqtt client = RawMqtt.connected(adapter, 5)) {
      await().until(() -> gateway.link("d1") != null);
      DeviceLink link = Objects.requireNonNull(gateway.link("d1"));
      link.close(reason);
      Packet last = client.next();
      assertThat(last.body()[0] & 0xFF).isEqualTo(code);
      assertThat(new String(last.body(), UTF_8)).endsWith(reason.sentence());
    }
  }

  @Test
  void aTakeOverByWhatIsRevokedMeanwhileLeavesNoSession() throws Exception {
    try (RawMqtt first = RawMqtt.connected(adapter, 5);
        RawMqtt second = new RawMqtt(adapter)) {
      gateway.afterAdmission = () -> gateway.revoke("d1");
      second.send(connect5(-1));
      assertThat(second.reasonAtEnd()).isEqualTo(0x86);
      assertThat(first.reasonAtEnd()).isIn(0x8E, 0x98);
    }
    await().until(() -> adapter.connections() == 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void theWillOfADeviceThatIsRevokedInItsSessionIsNotPublished(int delaySeconds) throws Exception {
    try (RawMqtt client = new RawMqtt(adapter)) {
      assertThat(client.send(connect5(delaySeconds)).next().body()[1]).isZero();
      gateway.revoke("d1");
      assertThat(client.reasonAtEnd()).isEqualTo(0x98);
    }
    await().until(() -> gateway.refusals().contains(RejectReason.NOT_AUTHENTICATED));
    assertThat(gateway.offers()).isZero();
  }

  @Test
  void theWillThatWaitsWhenItsDeviceIsRevokedIsNotPublished() throws Exception {
    try (RawMqtt client = new RawMqtt(adapter)) {
      // long: it waits still when the device is revoked, on a busy machine too
      assertThat(client.send(connect5(4)).next().body()[1]).isZero();
    }
    await().until(() -> gateway.detached() == 1);
    gateway.revoke("d1");
    await().until(() -> gateway.refusals().contains(RejectReason.NOT_AUTHENTICATED));
    assertThat(gateway.offers()).isZero();
  }

  @Test
  void anotherDeviceOfTheSameIdDoesNotInheritTheSession() throws Exception {
    try (RawMqtt client = new RawMqtt(adapter)) {
      assertThat(client.send(connect5(-1)).next().body()[1]).isZero();
      client.send(publish(0x34));
      assertThat(client.next().type()).isEqualTo(5);
    }
    await().until(() -> gateway.detached() == 1);
    gateway.registerAnew("d1");
    try (RawMqtt client = new RawMqtt(adapter)) {
      Packet connAck = client.send(connect5(-1)).next();
      assertThat(connAck.body()[0]).as("session present").isZero();
      client.send(publish(0x34));
      assertThat(client.next().type()).isEqualTo(5);
    }
    assertThat(gateway.stored()).as("not taken for the other's").hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"5, 133", "4, 2"})
  void anAssignedClientIdNamesNoDevice(int level, int reason) throws IOException {
    gateway.anonymous = true;
    try (RawMqtt client = new RawMqtt(adapter)) {
      client.send(connect(level, 2, "", "", ""));
      assertThat(client.reasonAtEnd()).isEqualTo(reason);
    }
    try (RawMqtt client = new RawMqtt(adapter)) {
      client.send(connect(level, 2, "d1", "", ""));
      assertThat(client.next().body()[1]).isZero();
    }
  }
}
