package io.sluice.adapter.mqtt;

import static io.sluice.adapter.mqtt.RawMqtt.connect;
import static io.sluice.adapter.mqtt.RawMqtt.packet;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.mqtt.RawMqtt.Bytes;
import io.sluice.adapter.mqtt.server.MqttAdapter;
import io.sluice.adapter.mqtt.session.MqttOptions;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.api.RejectReason;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What breaks the protocol ends its own connection, with the reason that MQTT names, no other. */
@Tag("slow")
class MalformedTest {
  private static final int NONE = -1;
  private static RecordingGateway gateway;
  private static MqttAdapter adapter;

  /** Waits for what does not come for a short time. */
  private static MqttAdapter impatient;

  @BeforeAll
  static void start() throws IOException {
    gateway = new RecordingGateway().device("d1", "pw").device("honest", "pw");
    adapter = new MqttAdapterFactory().create("mqtt", MqttSettings.onLoopback(0));
    adapter.start(gateway);
    MqttOptions soon = MqttOptions.FOR_TESTS.connectedWithin(Duration.ofSeconds(2));
    impatient = new MqttAdapterFactory().create("mqtt", new MqttSettings("127.0.0.1", 0, soon));
    impatient.start(gateway);
  }

  @AfterAll
  static void stop() {
    adapter.close();
    impatient.close();
    gateway.close();
  }

  static Stream<Arguments> beforeConnect() {
    return Stream.of(
        Arguments.of("first packet is PUBLISH", packet(0x30, new Bytes().text("t")), NONE),
        Arguments.of("first packet is PINGREQ", new byte[] {(byte) 0xC0, 0}, NONE),
        Arguments.of("HTTP", "GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII), NONE),
        Arguments.of(
            "wrong protocol name",
            packet(0x10, new Bytes().text("MQTTX").raw(4, 2, 0, 60).text("c")),
            1),
        Arguments.of("level 6", connect(6, 0xC2, "c1", "d1", "pw"), 1),
        Arguments.of("reserved flag", connect(4, 0xC3, "c1", "d1", "pw"), NONE),
        Arguments.of("will QoS 3", connect(4, 0xDE, "c1", "d1", "pw"), NONE),
        Arguments.of("will QoS without will", connect(4, 0xCA, "c1", "d1", "pw"), NONE),
        Arguments.of("password alone, 3.1.1", connect(4, 0x42, "c1", "d1", "pw"), NONE),
        Arguments.of("no id, session kept, 3.1.1", connect(4, 0xC0, "", "d1", "pw"), 2),
        Arguments.of("truncated body", packet(0x10, new Bytes().text("MQTT").raw(4)), NONE),
        Arguments.of(
            "wrong flags", packet(0x11, new Bytes().text("MQTT").raw(4, 2, 0, 60).text("c")), NONE),
        Arguments.of(
            "length of five bytes",
            new Bytes().raw(0x10, 255, 255, 255, 255, 1).toByteArray(),
            NONE),
        Arguments.of("wrong password, 3.1.1", connect(4, 0xC2, "c1", "d1", "no"), 4),
        Arguments.of("wrong password, 5", connect(5, 0xC2, "c1", "d1", "no"), 0x86));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("beforeConnect")
  void whatIsNoConnectIsAnsweredOrClosed(String what, byte[] bytes, int reason) throws IOException {
    try (RawMqtt client = new RawMqtt(adapter)) {
      assertThat(client.send(bytes).reasonAtEnd()).isEqualTo(reason);
    }
    othersGoOn();
  }

  static Stream<Arguments> afterConnect() {
    return Stream.of(
        Arguments.of("second CONNECT", connect(5, 0xC2, "c1", "d1", "pw"), 0x82),
        Arguments.of("PUBLISH with QoS 3", packet(0x36, new Bytes().text("t").raw(0, 1, 0)), 0x81),
        Arguments.of("DUP with QoS 0", packet(0x38, new Bytes().text("t").raw(0)), 0x81),
        Arguments.of("packet id 0", packet(0x32, new Bytes().text("t").raw(0, 0, 0)), 0x81),
        Arguments.of("wildcard in topic", packet(0x30, new Bytes().text("a/+").raw(0)), 0x81),
        Arguments.of("U+0000 in topic", packet(0x30, new Bytes().text("a\0b").raw(0)), 0x81),
        Arguments.of(
            "topic that is not UTF-8", packet(0x30, new Bytes().raw(0, 2, 0xC3, 0x28, 0)), 0x81),
        Arguments.of("neither topic nor alias", packet(0x30, new Bytes().text("").raw(0)), 0x82),
        Arguments.of("alias 0", packet(0x30, new Bytes().text("t").raw(3, 0x23, 0, 0)), 0x94),
        Arguments.of(
            "alias too great", packet(0x30, new Bytes().text("t").raw(3, 0x23, 9, 9)), 0x94),
        Arguments.of("alias unknown", packet(0x30, new Bytes().text("").raw(3, 0x23, 0, 5)), 0x82),
        Arguments.of(
            "topic longer than the packet", packet(0x30, new Bytes().raw(0x7F, 0xFF, 'a')), 0x81),
        Arguments.of("unknown property", packet(0x30, new Bytes().text("t").raw(2, 0x7E, 0)), 0x81),
        Arguments.of("PUBREL with wrong flags", packet(0x60, new Bytes().raw(0, 1)), 0x81),
        Arguments.of(
            "SUBSCRIBE with wrong flags",
            packet(0x80, new Bytes().raw(0, 1, 0).text("command/#").raw(0)),
            0x81),
        Arguments.of("SUBSCRIBE without filter", packet(0x82, new Bytes().raw(0, 1, 0)), 0x82),
        Arguments.of(
            "SUBSCRIBE with QoS 3",
            packet(0x82, new Bytes().raw(0, 1, 0).text("command/#").raw(3)),
            0x81),
        Arguments.of("UNSUBSCRIBE without filter", packet(0xA2, new Bytes().raw(0, 1, 0)), 0x82),
        Arguments.of("CONNACK", packet(0x20, new Bytes().raw(0, 0, 0)), 0x81),
        Arguments.of("SUBACK", packet(0x90, new Bytes().raw(0, 1, 0, 0)), 0x81),
        Arguments.of("type 0", packet(0x00, new Bytes()), 0x81),
        Arguments.of("AUTH", packet(0xF0, new Bytes()), 0x8C),
        Arguments.of("oversize", new Bytes().raw(0x30, 255, 255, 255, 127).toByteArray(), 0x95),
        Arguments.of(
            "length of five bytes",
            new Bytes().raw(0x30, 255, 255, 255, 255, 1).toByteArray(),
            0x81));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("afterConnect")
  void whatBreaksMqtt5GetsItsReason(String what, byte[] bytes, int reason) throws IOException {
    int refused = gateway.refusals().size();
    try (RawMqtt client = RawMqtt.connected(adapter, 5)) {
      assertThat(client.send(bytes).reasonAtEnd()).isEqualTo(reason);
    }
    assertThat(gateway.refusals().subList(refused, gateway.refusals().size()))
        .containsExactly(reason == 0x95 ? RejectReason.TOO_LARGE : RejectReason.PROTOCOL_ERROR);
    othersGoOn();
  }

  static Stream<Arguments> afterConnect311() {
    return Stream.of(
        Arguments.of("second CONNECT", connect(4, 0xC2, "c1", "d1", "pw")),
        Arguments.of("PUBLISH with QoS 3", packet(0x36, new Bytes().text("t").raw(0, 1))),
        Arguments.of("packet id 0", packet(0x32, new Bytes().text("t").raw(0, 0))),
        Arguments.of("empty topic", packet(0x30, new Bytes().text(""))),
        Arguments.of("SUBSCRIBE without filter", packet(0x82, new Bytes().raw(0, 1))),
        Arguments.of("AUTH", packet(0xF0, new Bytes())),
        Arguments.of("oversize", new Bytes().raw(0x30, 255, 255, 255, 127).toByteArray()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("afterConnect311")
  void whatBreaksMqtt311IsClosedWithoutAWord(String what, byte[] bytes) throws IOException {
    try (RawMqtt client = RawMqtt.connected(adapter, 4)) {
      assertThat(client.send(bytes).reasonAtEnd()).isEqualTo(NONE);
    }
    othersGoOn();
  }

  @Test
  void connectThatNeverEndsIsClosed() throws IOException {
    try (RawMqtt client = new RawMqtt(impatient)) {
      client.send(new Bytes().raw(0x10, 100, 0, 4, 'M').toByteArray());
      assertThat(client.reasonAtEnd()).isEqualTo(NONE);
    }
    othersGoOn();
  }

  @Test
  void packetThatNeverEndsIsClosed() throws IOException {
    try (RawMqtt client = RawMqtt.connected(impatient, 5)) {
      client.send(new Bytes().raw(0x30, 100, 0, 4, 't').toByteArray());
      assertThat(client.reasonAtEnd()).isEqualTo(0x81);
    }
    othersGoOn();
  }

  private static void othersGoOn() throws IOException {
    try (RawMqtt honest = new RawMqtt(adapter)) {
      honest.send(connect(4, 0xC2, "honest", "honest", "pw"));
      assertThat(honest.next().body()[1]).isZero();
      honest.send(packet(0x32, new Bytes().text("telemetry").raw(0, 7, '1')));
      assertThat(honest.next()).satisfies(ack -> assertThat(ack.body()).containsExactly(0, 7));
    }
    await().until(() -> adapter.connections() == 0);
  }
}
