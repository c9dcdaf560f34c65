package io.sluice.adapter.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.mqtt.RawMqtt.Bytes;
import io.sluice.adapter.mqtt.RawMqtt.Packet;
import io.sluice.adapter.mqtt.server.MqttAdapter;
import io.sluice.adapter.mqtt.session.Mqtt31;
import io.sluice.adapter.mqtt.session.MqttOptions;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.Uplink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients in the field do beside sending readings. */
class FieldClientsTest {
  private final RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
  private MqttAdapter adapter;

  @BeforeEach
  void start() throws IOException {
    adapter = new MqttAdapterFactory().create("mqtt", MqttSettings.onLoopback(0));
    adapter.start(gateway);
  }

  @AfterEach
  void stop() {
    adapter.close();
    gateway.close();
  }

  private static byte[] publish(int first, int packetId, String topic, String payload) {
    Bytes body = new Bytes().text(topic).raw(packetId >> 8, packetId);
    body.writeBytes(payload.getBytes(StandardCharsets.UTF_8));
    return RawMqtt.packet(first, body);
  }

  private RawMqtt connected(String willTopic, String will) throws IOException {
    RawMqtt client = new RawMqtt(adapter);
    Bytes body = new Bytes().text("MQTT").raw(4, 0xE6, 0, 60).text("c1").text(willTopic).text(will);
    client.send(RawMqtt.packet(0x10, body.text("d1").text("pw")));
    assertThat(client.next().body()[1]).isZero();
    return client;
  }

  @Test
  void birthHasTheClassOfTheDeath() throws Exception {
    try (RawMqtt device = connected("tele/x/LWT", "Offline")) {
      device.send(publish(0x33, 1, "tele/x/LWT", "Online"));
      assertThat(device.next().type()).isEqualTo(4);
      device.send(publish(0x32, 2, "telemetry", "1"));
      assertThat(device.next().type()).isEqualTo(4);
    }
    await().until(() -> gateway.stored().size() == 3);
    assertThat(gateway.stored())
        .extracting(Uplink::topic, Uplink::messageClass, Uplink::classIfUnmapped)
        .containsExactly(
            tuple("tele/x/LWT", null, MessageClass.EVENT),
            tuple("telemetry", null, null),
            tuple("tele/x/LWT", MessageClass.EVENT, MessageClass.EVENT));
  }

  @Test
  void bridgesNoticesAreAcknowledgedAndNotKept() throws Exception {
    String topic = "$SYS/broker/connection/plant.gw/state";
    try (RawMqtt bridge = connected(topic, "0")) {
      bridge.send(publish(0x33, 1, topic, "1"));
      assertThat(bridge.next().type()).isEqualTo(4);
      bridge.send(publish(0x34, 2, topic, "1"));
      assertThat(bridge.next().type()).isEqualTo(5);
    }
    await().until(() -> gateway.detached() == 1);
    assertThat(gateway.offers()).isZero();
  }

  @Test
  void noticeIsAnsweredInItsTurn() throws Exception {
    gateway.answer(uplink -> new Receipt.Busy(20));
    try (RawMqtt device = RawMqtt.connected(adapter, 4)) {
      device.send(RawMqtt.joined(publish(0x32, 1, "telemetry", "1"), publish(0x33, 2, "x", "")));
      await().until(() -> gateway.offers() > 1);
      gateway.answer(uplink -> new Receipt.Stored(Lane.TELEMETRY, 1));
      assertThat(device.next().body()).containsExactly(0, 1);
      assertThat(device.next().body()).containsExactly(0, 2);
    }
  }

  @Test
  void clearingATopicIsNoRefusal() throws Exception {
    for (int level : new int[] {4, 5}) {
      try (RawMqtt device = RawMqtt.connected(adapter, level)) {
        Bytes body = new Bytes().text("homeassistant/x/config").raw(0, 1);
        Packet answer = device.send(RawMqtt.packet(0x33, level == 5 ? body.raw(0) : body)).next();
        assertThat(answer.body()).containsExactly(0, 1);
      }
    }
    assertThat(gateway.offers()).isZero();
    assertThat(gateway.refusals()).isEmpty();
  }

  @Test
  void mqtt31MayBeRefused() throws Exception {
    MqttOptions base = MqttOptions.FOR_TESTS;
    MqttOptions strict =
        new MqttOptions(
            base.maxConnections(),
            base.maxPacketSize(),
            base.maxKeepAlive(),
            base.connectTimeout(),
            base.sessionExpiryMax(),
            base.maxSessions(),
            base.receiveMaximum(),
            base.maxSubscriptions(),
            base.transport(),
            1,
            base.maxUnadmittedBytes(),
            Mqtt31.REFUSE,
            base.proxies());
    MqttAdapter refusing =
        new MqttAdapterFactory().create("mqtt", new MqttSettings("127.0.0.1", 0, strict));
    refusing.start(gateway);
    try (RawMqtt modem = new RawMqtt(refusing)) {
      modem.send(RawMqtt.connect(3, 0xC2, "c1", "d1", "pw"));
      assertThat(modem.reasonAtEnd()).isEqualTo(1);
    } finally {
      refusing.close();
    }
  }

  /** [MQTT-3.1.3-9] of 3.1.1; MQTT 5 section 3.1.3.1. */
  @Test
  void clientIdThatCannotNameADeviceIsTheFault() throws Exception {
    gateway.anonymous = true;
    try (RawMqtt client = new RawMqtt(adapter)) {
      client.send(RawMqtt.connect(4, 0x02, "no/device", "", ""));
      assertThat(client.reasonAtEnd()).isEqualTo(2);
    }
    try (RawMqtt client = new RawMqtt(adapter)) {
      Packet answer = client.send(RawMqtt.connect(5, 0x02, "no/device", "", "")).next();
      assertThat(answer.body()[1]).isEqualTo((byte) 0x85);
      assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("is no device id");
    }
  }

  /** [MQTT-3.1.2-24]: an answer that is too large is not sent. */
  @Test
  void answerBeyondTheMaximumPacketSizeEndsTheConnection() throws Exception {
    try (RawMqtt client = new RawMqtt(adapter)) {
      Bytes connect = new Bytes().text("MQTT").raw(5, 0xC2, 0, 60, 5, 0x27, 0, 0, 0, 40);
      client.send(RawMqtt.packet(0x10, connect.text("c1").text("d1").text("pw")));
      assertThat(client.next().type()).isEqualTo(2);
      Bytes few = new Bytes().raw(0, 1, 0).text("x").raw(0);
      assertThat(client.send(RawMqtt.packet(0x82, few)).next().type()).isEqualTo(9);
      Bytes many = new Bytes().raw(0, 2, 0);
      for (int i = 0; i < 60; i++) {
        many.text("x").raw(0);
      }
      assertThat(client.send(RawMqtt.packet(0x82, many)).reasonAtEnd()).isEqualTo(0x95);
    }
  }
}
