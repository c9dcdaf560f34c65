package io.sluice.adapter.mqtt;

import static io.sluice.adapter.mqtt.RawMqtt.packet;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.mqtt.RawMqtt.Bytes;
import io.sluice.adapter.mqtt.RawMqtt.Packet;
import io.sluice.adapter.mqtt.server.MqttAdapter;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.Uplink;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions, QoS 2, wills, take-over and commands, packet by packet. */
@Tag("slow")
class SessionTest {
  private static final int PUBLISH_QOS2 = 0x34;
  private static final int DUP = 0x08;
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

  /** CONNECT as d1 of MQTT 5: flags, properties, and what follows the client id. */
  private static byte[] connect5(int flags, Bytes properties, Bytes will) {
    Bytes body = new Bytes().text("MQTT").raw(5, 0xC0 | flags, 0, 60);
    body.raw(properties.size()).writeBytes(properties.toByteArray());
    body.text("c1").writeBytes(will.toByteArray());
    return packet(0x10, body.text("d1").text("pw"));
  }

  private static Bytes expiry(int seconds) {
    return new Bytes().raw(0x11, 0, 0, seconds >> 8, seconds);
  }

  private RawMqtt resume() throws IOException {
    return new RawMqtt(adapter).send(connect5(0, expiry(300), new Bytes()));
  }

  private static byte[] publish(int first, int id, String payload) {
    Bytes body = new Bytes().text("telemetry").raw(id >> 8, id, 0);
    body.writeBytes(payload.getBytes(UTF_8));
    return packet(first, body);
  }

  private static boolean present(RawMqtt client) throws IOException {
    Packet connAck = client.next();
    assertThat(connAck.type()).isEqualTo(2);
    assertThat(connAck.body()[1]).isZero();
    return connAck.body()[0] == 1;
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void qos2IsStoredOnceHoweverOftenItIsSent(int level) throws IOException {
    try (RawMqtt client = RawMqtt.connected(adapter, level)) {
      Bytes body = new Bytes().text("telemetry").raw(0, 9);
      if (level == 5) {
        body.raw(0);
      }
      body.raw('1');
      client.send(packet(PUBLISH_QOS2, body));
      assertThat(client.next().type()).isEqualTo(5);
      client.send(packet(PUBLISH_QOS2 | DUP, body));
      assertThat(client.next().type()).isEqualTo(5);
      client.send(packet(0x62, new Bytes().raw(0, 9)));
      assertThat(client.next().type()).isEqualTo(7);
      client.send(packet(PUBLISH_QOS2, body));
      assertThat(client.next().type()).isEqualTo(5);
    }
    assertThat(gateway.stored()).hasSize(2);
  }

  @Test
  void qos2InHandWhenTheLinkBreaksIsNotStoredAgain() throws Exception {
    CountDownLatch offered = new CountDownLatch(1);
    CountDownLatch broken = new CountDownLatch(1);
    gateway.answer(uplink -> {
      offered.countDown();
      join(broken);
      return gateway.storedReceipt(uplink);
    });
    try (RawMqtt first = resume()) {
      assertThat(present(first)).isFalse();
      first.send(publish(PUBLISH_QOS2, 9, "1"));
      offered.await();
    }
    await().until(() -> adapter.connections() == 0);
    // admission runs on the gateway's thread too: it goes on once the message is stored
    try (RawMqtt second = resume()) {
      broken.countDown();
      assertThat(present(second)).isTrue();
      second.send(publish(PUBLISH_QOS2 | DUP, 9, "1"));
      assertThat(second.next().type()).isEqualTo(5);
    }
    assertThat(gateway.stored()).hasSize(1);
  }

  private static void join(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void sessionIsPresentUntilAskedToBeClean() throws IOException {
    try (RawMqtt client = resume()) {
      assertThat(present(client)).isFalse();
    }
    try (RawMqtt client = resume()) {
      assertThat(present(client)).isTrue();
    }
    try (RawMqtt client = new RawMqtt(adapter)) {
      assertThat(present(client.send(connect5(2, expiry(300), new Bytes())))).isFalse();
    }
  }

  @Test
  void disconnectMayEndTheSession() throws IOException {
    try (RawMqtt client = resume()) {
      assertThat(present(client)).isFalse();
      client.send(packet(0xE0, new Bytes().raw(0, 5, 0x11, 0, 0, 0, 0)));
      assertThat(client.reasonAtEnd()).isEqualTo(-1);
    }
    try (RawMqtt client = resume()) {
      assertThat(present(client)).isFalse();
    }
  }

  @Test
  void disconnectMayNotBeginASessionThatWasToEnd() throws IOException {
    try (RawMqtt client = RawMqtt.connected(adapter, 5)) {
      client.send(packet(0xE0, new Bytes().raw(0, 5, 0x11, 0, 0, 0, 9)));
      assertThat(client.reasonAtEnd()).isEqualTo(0x82);
    }
  }

  @Test
  void secondConnectionOfADeviceTakesTheSessionOver() throws IOException {
    try (RawMqtt first = resume();
        RawMqtt second = new RawMqtt(adapter)) {
      assertThat(present(first)).isFalse();
      second.send(connect5(0, expiry(300), new Bytes()));
      assertThat(first.reasonAtEnd()).isEqualTo(0x8E);
      assertThat(present(second)).isTrue();
      second.send(publish(0x32, 1, "1"));
      assertThat(second.next().type()).isEqualTo(4);
    }
  }

  private static Bytes will(int delaySeconds) {
    return new Bytes().raw(5, 0x18, 0, 0, 0, delaySeconds).text("status/d1").text("offline");
  }

  @Test
  void willIsAnEventWhenTheLinkBreaks() throws IOException {
    try (RawMqtt client = new RawMqtt(adapter)) {
      assertThat(present(client.send(connect5(6, expiry(0), will(0))))).isFalse();
    }
    Uplink stored =
        await().until(() -> gateway.stored().stream().findAny().orElse(null), u -> u != null);
    assertThat(stored.messageClass()).isEqualTo(MessageClass.EVENT);
    assertThat(stored.topic()).isEqualTo("status/d1");
    assertThat(stored.payload()).isEqualTo("offline".getBytes(UTF_8));
  }

  @Test
  void willIsDroppedOnDisconnectUnlessAskedFor() throws IOException {
    try (RawMqtt client = new RawMqtt(adapter)) {
      assertThat(present(client.send(connect5(6, expiry(0), will(0))))).isFalse();
      client.send(new byte[] {(byte) 0xE0, 0});
      assertThat(client.reasonAtEnd()).isEqualTo(-1);
    }
    await().until(() -> gateway.detached() == 1);
    assertThat(gateway.stored()).isEmpty();
    try (RawMqtt client = new RawMqtt(adapter)) {
      assertThat(present(client.send(connect5(6, expiry(0), will(0))))).isFalse();
      client.send(packet(0xE0, new Bytes().raw(4)));
      assertThat(client.reasonAtEnd()).isEqualTo(-1);
    }
    await().until(() -> gateway.stored().size() == 1);
  }

  @Test
  void delayedWillIsCancelledByAReturnInTime() throws IOException {
    try (RawMqtt client = new RawMqtt(adapter)) {
      // long: the device comes back before it is due, on a busy machine too
      assertThat(present(client.send(connect5(6, expiry(300), will(4))))).isFalse();
    }
    await().until(() -> gateway.detached() == 1);
    try (RawMqtt client = resume()) {
      assertThat(present(client)).isTrue();
    }
    await().until(() -> gateway.detached() == 2);
    try (RawMqtt client = new RawMqtt(adapter)) {
      assertThat(present(client.send(connect5(4, expiry(300), will(4))))).isTrue();
    }
    await().until(() -> gateway.stored().size() == 1); // of the last connection alone
    assertThat(gateway.offers()).isEqualTo(1);
  }

  @Test
  void busyWillIsOfferedAgain() throws IOException {
    gateway.answer(uplink -> {
      gateway.store();
      return new Receipt.Busy(1);
    });
    try (RawMqtt client = new RawMqtt(adapter)) {
      assertThat(present(client.send(connect5(6, expiry(0), will(0))))).isFalse();
    }
    await().until(() -> gateway.stored().size() == 1);
    assertThat(gateway.offers()).isEqualTo(2);
  }

  @Test
  void topicAliasStandsForItsTopic() throws IOException {
    try (RawMqtt client = RawMqtt.connected(adapter, 5)) {
      client.send(packet(0x32, new Bytes().text("alarm").raw(0, 1, 3, 0x23, 0, 4, '1')));
      assertThat(client.next().type()).isEqualTo(4);
      client.send(packet(0x32, new Bytes().text("").raw(0, 2, 3, 0x23, 0, 4, '2')));
      assertThat(client.next().type()).isEqualTo(4);
    }
    assertThat(gateway.stored()).extracting(Uplink::topic).containsExactly("alarm", "alarm");
  }

  @Test
  void unknownContentTypeGoesToTheGatewayAsRejection() throws IOException {
    gateway.answer(uplink -> {
      assertThat(uplink.rejection()).isNotNull();
      return new Receipt.Rejected(uplink.rejection().reason(), uplink.rejection().detail(), true);
    });
    try (RawMqtt client = RawMqtt.connected(adapter, 5)) {
      Bytes body = new Bytes().text("telemetry").raw(0, 1, 12, 3).text("image/png").raw('1');
      client.send(packet(0x32, body));
      Packet ack = client.next();
      assertThat(ack.body()[2] & 0xFF).isEqualTo(0x99);
      assertThat(new String(ack.body(), UTF_8)).contains("application/senml+json");
    }
  }

  @Test
  void mediaTypeIsReadWithoutCaseAndParametersAndAnotherCharsetIsRefused() throws IOException {
    gateway.answer(uplink -> {
      assertThat(uplink.contentType()).isIn(ContentType.JSON, ContentType.UNSPECIFIED);
      return uplink.rejection() == null
          ? new Receipt.Stored(Lane.TELEMETRY, 1)
          : new Receipt.Rejected(uplink.rejection().reason(), "refused", true);
    });
    try (RawMqtt client = RawMqtt.connected(adapter, 5)) {
      String[] types = {
        "Application/JSON; charset=UTF-8", "application/vnd.x+json", "application/json;charset=gbk"
      };
      for (String type : types) {
        int properties = 3 + type.length();
        Bytes body = new Bytes().text("telemetry").raw(0, 1, properties, 3).text(type).raw('1');
        client.send(packet(0x32, body));
        Packet ack = client.next();
        assertThat(ack.body().length > 2 ? ack.body()[2] & 0xFF : 0)
            .as(type)
            .isEqualTo(type.endsWith("gbk") ? 0x99 : 0);
      }
    }
  }

  @Test
  void senderIsToldOfAFieldThatCouldNotBeTakenThoughTheMessageIsStored() throws IOException {
    gateway.answer(_ -> new Receipt.Stored(Lane.TELEMETRY, 1, "$.humidity: no number"));
    try (RawMqtt client = RawMqtt.connected(adapter, 5)) {
      client.send(publish(0x32, 1, "?"));
      Packet ack = client.next();
      assertThat(ack.type()).isEqualTo(4);
      assertThat(ack.body()[2]).isZero();
      assertThat(new String(ack.body(), UTF_8)).contains("$.humidity: no number");
    }
    try (RawMqtt client = new RawMqtt(adapter)) {
      Bytes properties = new Bytes().raw(0x17, 0); // no problem information
      assertThat(present(client.send(connect5(2, properties, new Bytes())))).isFalse();
      client.send(publish(0x32, 1, "?"));
      assertThat(client.next().body()).hasSize(2);
    }
  }

  @Test
  void reasonStringIsLeftOutForAClientOfSmallPackets() throws IOException {
    gateway.answer(_ -> new Receipt.Rejected(RejectReason.PAYLOAD_INVALID, "x".repeat(100), true));
    try (RawMqtt client = new RawMqtt(adapter)) {
      Bytes properties = new Bytes().raw(0x27, 0, 0, 0, 64);
      assertThat(present(client.send(connect5(2, properties, new Bytes())))).isFalse();
      client.send(publish(0x32, 1, "?"));
      Packet ack = client.next();
      assertThat(ack.body()[2] & 0xFF).isEqualTo(0x99);
      assertThat(ack.body()).hasSizeLessThan(10);
    }
  }

  @Test
  void keepAliveThatPassesEndsTheConnection() throws IOException {
    try (RawMqtt client = new RawMqtt(adapter)) {
      Bytes body = new Bytes().text("MQTT").raw(5, 0xC2, 0, 1, 0).text("c").text("d1").text("pw");
      assertThat(present(client.send(packet(0x10, body)))).isFalse();
      assertThat(client.reasonAtEnd()).isEqualTo(0x8D);
    }
  }

  private static Command command(String id, String name) {
    long now = System.currentTimeMillis() * 1000;
    byte[] payload = "{\"on\":true}".getBytes(UTF_8);
    return new Command(
        id, new DeviceId("d1"), name, ContentType.JSON, payload, now, now + 60_000_000);
  }

  private static byte[] subscribe(String filter) {
    return packet(0x82, new Bytes().raw(0, 1, 0).text(filter).raw(1));
  }

  @Test
  void subscriptionToWhatIsNotOnesOwnIsRefusedWithItsReason() throws IOException {
    try (RawMqtt client = RawMqtt.connected(adapter, 5)) {
      Packet refused = client.send(subscribe("other/#")).next();
      assertThat(refused.body()[refused.body().length - 1] & 0xFF).isEqualTo(0x87);
      Packet shared = client.send(subscribe("$share/g/command/#")).next();
      assertThat(shared.body()[shared.body().length - 1] & 0xFF).isEqualTo(0x9E);
    }
    try (RawMqtt client = RawMqtt.connected(adapter, 4)) {
      client.send(packet(0x82, new Bytes().raw(0, 1).text("#").raw(1)));
      assertThat(client.next().body()).containsExactly(0, 1, 0x80);
      client.send(packet(0xA2, new Bytes().raw(0, 2).text("#")));
      assertThat(client.next().body()).containsExactly(0, 2);
    }
  }

  @Test
  void commandIsAcknowledgedByItsPubackAndReturnedWithoutIt() throws IOException {
    try (RawMqtt client = resume()) {
      assertThat(present(client)).isFalse();
      client.send(subscribe("command/#")).next();
      gateway.submit(command("k1", "switch"));
      Packet first = client.next();
      assertThat(first.type()).isEqualTo(3);
      assertThat(new String(first.body(), UTF_8)).contains("command/switch").endsWith("true}");
      int idAt = 2 + "command/switch".length();
      client.send(packet(0x40, new Bytes().raw(first.body()[idAt], first.body()[idAt + 1])));
      await().until(() -> gateway.acknowledgedCommands().equals(List.of("k1")));
      gateway.submit(command("k2", "switch"));
      assertThat(client.next().type()).isEqualTo(3);
    }
    await().until(() -> gateway.returnedCommands().equals(List.of("k2")));
  }

  @Test
  void commandWaitsAfterUnsubscribe() throws IOException {
    try (RawMqtt client = RawMqtt.connected(adapter, 5)) {
      client.send(subscribe("command/#")).next();
      client.send(packet(0xA2, new Bytes().raw(0, 2, 0).text("command/#"))).next();
      assertThat(gateway.link("d1").send(command("k1", "switch"))).isFalse();
    }
  }

  @Test
  void listenerAnswersWhatIsInHandBeforeItCloses() throws Exception {
    CountDownLatch offered = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    gateway.answer(uplink -> {
      offered.countDown();
      join(go);
      return gateway.storedReceipt(uplink);
    });
    try (RawMqtt client = RawMqtt.connected(adapter, 5)) {
      client.send(publish(0x32, 7, "1"));
      offered.await();
      Thread closing = Thread.ofPlatform().start(adapter::close);
      go.countDown();
      assertThat(client.next().type()).isEqualTo(4);
      assertThat(client.reasonAtEnd()).isEqualTo(0x8B);
      closing.join();
    }
  }
}
