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
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Receipt;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent again in a session that is taken up again, in both directions. */
@Tag("slow")
class RedeliveryTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int QOS1 = 0x32;
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

  /** A client that keeps its session: of MQTT 3.1.1, or of 5 with an expiry. */
  private RawMqtt client(int level) throws IOException {
    Bytes body = new Bytes().text("MQTT").raw(level, 0xC0, 0, 60);
    if (level == 5) {
      body.raw(5, 0x11, 0, 0, 1, 0);
    }
    return new RawMqtt(adapter).send(packet(0x10, body.text("c1").text("d1").text("pw")));
  }

  private static boolean present(RawMqtt client) throws IOException {
    Packet connAck = client.next();
    assertThat(connAck.type()).isEqualTo(2);
    assertThat(connAck.body()[1]).isZero();
    return connAck.body()[0] == 1;
  }

  private static byte[] publish(int level, int first, int id, String payload) {
    Bytes body = new Bytes().text("alarm").raw(0, id);
    if (level == 5) {
      body.raw(0);
    }
    body.writeBytes(payload.getBytes(UTF_8));
    return packet(first, body);
  }

  /** Has the link break while a message is in hand; its verdict comes when all is closed. */
  private void breakInHand(int level, int id, String payload, UnaryOperator<Receipt> verdict)
      throws Exception {
    CountDownLatch offered = new CountDownLatch(1);
    CountDownLatch broken = new CountDownLatch(1);
    gateway.answer(uplink -> {
      offered.countDown();
      join(broken);
      return verdict.apply(gateway.storedReceipt(uplink));
    });
    try (RawMqtt client = client(level)) {
      assertThat(present(client)).isFalse();
      client.send(publish(level, QOS1, id, payload));
      offered.await();
    }
    await().atMost(PATIENCE).until(() -> adapter.connections() == 0);
    broken.countDown();
  }

  private static void join(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<String> stored() {
    return gateway.stored().stream().map(uplink -> new String(uplink.payload(), UTF_8)).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void messageWhosePubackCouldNotBeSentIsOneRecord(int level) throws Exception {
    breakInHand(level, 9, "fire", stored -> stored);
    try (RawMqtt again = client(level)) {
      assertThat(present(again)).isTrue();
      again.send(publish(level, QOS1 | DUP, 9, "fire"));
      Packet ack = again.next();
      assertThat(ack.type()).isEqualTo(4);
      assertThat(ack.body()).startsWith(0, 9);
      again.send(publish(level, QOS1, 9, "fire"));
      assertThat(again.next().type()).isEqualTo(4);
    }
    assertThat(stored()).as("the second is a message of its own").containsExactly("fire", "fire");
  }

  @ParameterizedTest
  @ValueSource(ints = {QOS1, QOS1 | DUP})
  void anotherMessageOfTheSamePacketIdIsStored(int first) throws Exception {
    breakInHand(5, 9, "fire", stored -> stored);
    try (RawMqtt again = client(5)) {
      assertThat(present(again)).isTrue();
      again.send(publish(5, first, 9, first == QOS1 ? "fire" : "gas"));
      assertThat(again.next().type()).isEqualTo(4);
    }
    assertThat(stored()).hasSize(2);
  }

  @Test
  void messageThatWasNotStoredIsStoredWhenItComesAgain() throws Exception {
    breakInHand(5, 9, "fire", _ -> new Receipt.Busy(1));
    int before = stored().size();
    gateway.answer(gateway::storedReceipt);
    try (RawMqtt again = client(5)) {
      assertThat(present(again)).isTrue();
      again.send(publish(5, QOS1 | DUP, 9, "fire"));
      assertThat(again.next().body()).containsExactly(0, 9);
    }
    assertThat(stored()).hasSize(before + 1);
  }

  @Test
  void refusalThatCouldNotBeToldIsToldWhenTheMessageComesAgain() throws Exception {
    Receipt refusal = new Receipt.Rejected(RejectReason.PAYLOAD_INVALID, "no JSON", true);
    breakInHand(5, 9, "?", _ -> refusal);
    gateway.answer(_ -> refusal);
    try (RawMqtt again = client(5)) {
      assertThat(present(again)).isTrue();
      again.send(publish(5, QOS1 | DUP, 9, "?"));
      assertThat(again.next().body()[2] & 0xFF).isEqualTo(0x99);
    }
  }

  @Test
  void ownSessionOfACleanStartKnowsNothingOfTheFormer() throws Exception {
    breakInHand(4, 9, "fire", stored -> stored);
    try (RawMqtt clean = RawMqtt.connected(adapter, 4)) {
      clean.send(publish(4, QOS1 | DUP, 9, "fire"));
      assertThat(clean.next().type()).isEqualTo(4);
    }
    assertThat(stored()).hasSize(2);
  }

  private static Command command(String id) {
    long now = System.currentTimeMillis() * 1000;
    return new Command(
        id,
        new DeviceId("d1"),
        "valve",
        ContentType.JSON,
        id.getBytes(UTF_8),
        now,
        now + 600_000_000);
  }

  private static byte[] subscribe(int level, int qos) {
    Bytes body = new Bytes().raw(0, 1);
    if (level == 5) {
      body.raw(0);
    }
    return packet(0x82, body.text("command/#").raw(qos));
  }

  private static int packetId(Packet publish) {
    int at = 2 + "command/valve".length();
    return ((publish.body()[at] & 0xFF) << 8) | (publish.body()[at + 1] & 0xFF);
  }

  private static byte[] puback(int id, int... reason) {
    return packet(0x40, new Bytes().raw(id >> 8, id).raw(reason));
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void commandIsSentAgainAsADuplicateOfTheSamePacketId(int level) throws IOException {
    int first;
    int second;
    try (RawMqtt client = client(level)) {
      assertThat(present(client)).isFalse();
      client.send(subscribe(level, 1)).next();
      gateway.submit(command("k0"));
      client.send(puback(packetId(client.next())));
      gateway.submit(command("k1"));
      gateway.submit(command("k2"));
      Packet k1 = client.next();
      assertThat(k1.first()).isEqualTo(0x32);
      first = packetId(k1);
      second = packetId(client.next());
    }
    await().atMost(PATIENCE).until(() -> gateway.returnedCommands().equals(List.of("k1", "k2")));
    gateway.submit(command("k3"));
    gateway.submit(command("k1"));
    gateway.submit(command("k2"));
    try (RawMqtt client = client(level)) {
      assertThat(present(client)).isTrue();
      Packet k3 = client.next();
      assertThat(k3.first()).as("it is new").isEqualTo(0x32);
      assertThat(packetId(k3)).isNotIn(first, second);
      Packet k1 = client.next();
      assertThat(k1.first()).isEqualTo(0x3A);
      assertThat(packetId(k1)).isEqualTo(first);
      Packet k2 = client.next();
      assertThat(k2.first()).isEqualTo(0x3A);
      assertThat(packetId(k2)).isEqualTo(second);
      client.send(puback(first));
      await().atMost(PATIENCE).until(() -> gateway.acknowledgedCommands().contains("k1"));
    }
    assertThat(gateway.acknowledgedCommands()).containsExactly("k0", "k1");
  }

  @Test
  void commandInANewSessionIsNoDuplicate() throws IOException {
    try (RawMqtt client = client(4)) {
      assertThat(present(client)).isFalse();
      client.send(subscribe(4, 1)).next();
      gateway.submit(command("k1"));
      client.next();
    }
    await().atMost(PATIENCE).until(() -> gateway.returnedCommands().equals(List.of("k1")));
    try (RawMqtt client = RawMqtt.connected(adapter, 4)) {
      client.send(subscribe(4, 1)).next();
      gateway.submit(command("k1"));
      assertThat(client.next().first()).isEqualTo(0x32);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0x80, 0x97})
  void commandThatTheDeviceRefusesIsRefusedWithItsReason(int reason) throws IOException {
    try (RawMqtt client = client(5)) {
      assertThat(present(client)).isFalse();
      client.send(subscribe(5, 1)).next();
      gateway.submit(command("k1"));
      client.send(puback(packetId(client.next()), reason));
      await().atMost(PATIENCE).until(() -> gateway.refusedCommands().equals(Map.of("k1", reason)));
      gateway.submit(command("k2"));
      client.send(puback(packetId(client.next()), 0x10, 0)); // no matching subscribers
      await().atMost(PATIENCE).until(() -> gateway.acknowledgedCommands().equals(List.of("k2")));
    }
  }

  @Test
  void commandAtQos0IsNeverAcknowledged() throws IOException {
    try (RawMqtt client = client(5)) {
      assertThat(present(client)).isFalse();
      client.send(subscribe(5, 0)).next();
      gateway.submit(command("k1"));
      assertThat(client.next().first()).isEqualTo(0x30);
      await().atMost(PATIENCE).until(() -> gateway.unansweredCommands().equals(List.of("k1")));
    }
    assertThat(gateway.acknowledgedCommands()).isEmpty();
    assertThat(gateway.returnedCommands()).isEmpty();
  }
}
