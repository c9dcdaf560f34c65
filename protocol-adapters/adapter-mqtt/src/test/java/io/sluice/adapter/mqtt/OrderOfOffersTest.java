package io.sluice.adapter.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.mqtt.RawMqtt.Bytes;
import io.sluice.adapter.mqtt.server.MqttAdapter;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.api.Limit;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.Uplink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What found no room is stored before what came behind it, whatever came by one read. */
class OrderOfOffersTest {
  private static final byte[] DISCONNECT = {(byte) 0xE0, 0};

  private final RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
  private final MqttAdapter adapter =
      new MqttAdapterFactory().create("mqtt", MqttSettings.onLoopback(0));
  private final Map<String, AtomicInteger> offers = new ConcurrentHashMap<>();

  @BeforeEach
  void start() throws IOException {
    adapter.start(gateway);
  }

  @AfterEach
  void stop() {
    adapter.close();
    gateway.close();
  }

  private static byte[] publish(int qos, int id) {
    Bytes body = new Bytes().text("telemetry");
    if (qos > 0) {
      body.raw(0, id);
    }
    body.writeBytes(String.valueOf(id).getBytes(StandardCharsets.UTF_8));
    return RawMqtt.packet(0x30 | qos << 1, body);
  }

  private static String text(Uplink uplink) {
    return new String(uplink.payload(), StandardCharsets.UTF_8);
  }

  private int offersOf(Uplink uplink) {
    return offers.computeIfAbsent(text(uplink), _ -> new AtomicInteger()).incrementAndGet();
  }

  private @Nullable Receipt twiceNoRoomForOddOnes(Uplink uplink) {
    int offer = offersOf(uplink);
    boolean isOdd = Integer.parseInt(text(uplink)) % 2 == 1;
    return !isOdd || offer > 2
        ? null
        : offer == 1
            ? new Receipt.Busy(1)
            : new Receipt.Limited(Limit.MESSAGE_RATE_PER_DEVICE, "wait 1 ms", 1);
  }

  private void awaitStored(String... payloads) {
    await()
        .untilAsserted(() ->
            assertThat(gateway.stored().stream().map(OrderOfOffersTest::text))
                .containsExactly(payloads));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void messagesOfOneReadAreStoredInTheirOrder(int qos) throws IOException {
    gateway.answerAtOnce(this::twiceNoRoomForOddOnes);
    try (RawMqtt device = RawMqtt.connected(adapter, 4)) {
      device.send(
          RawMqtt.joined(publish(qos, 1), publish(qos, 2), publish(qos, 3), publish(qos, 4)));
      awaitStored("1", "2", "3", "4");
      for (int id = 1; qos > 0 && id <= 4; id++) {
        assertThat(device.next().body()).isEqualTo(new byte[] {0, (byte) id});
      }
    }
    assertThat(offers.get("2")).as("is not offered before its turn").hasValue(1);
  }

  /** What it means is found out meanwhile, on another thread than that of the connection. */
  @Test
  void whatComesBehindASubscriptionThatIsNotJudgedYetWaitsForIt() throws IOException {
    CompletableFuture<Void> vendors = new CompletableFuture<>();
    gateway.vendors = vendors;
    Bytes first = new Bytes().raw(0, 7).text("vendor/a").raw(1);
    Bytes second = new Bytes().raw(0, 8).text("nobodys").raw(1);
    byte[] all =
        RawMqtt.joined(
            publish(1, 1),
            RawMqtt.packet(0x82, first),
            publish(1, 2),
            RawMqtt.packet(0x82, second),
            publish(1, 3));
    try (RawMqtt device = RawMqtt.connected(adapter, 4)) {
      device.send(all);
      assertThat(device.next().body()).isEqualTo(new byte[] {0, 1});
      device.send(publish(1, 4));
      gateway.device("d2", "pw");
      try (RawMqtt other = new RawMqtt(adapter)) {
        // on each of the loops
        other.send(RawMqtt.connect(4, 0xC2, "c2", "d2", "pw")).next();
        assertThat(other.send(publish(1, 9)).next().body()).isEqualTo(new byte[] {0, 9});
      }
      vendors.complete(null);
      assertThat(device.next().body()).isEqualTo(new byte[] {0, 7, 1});
      Set<String> answers = new HashSet<>();
      for (int i = 0; i < 4; i++) {
        answers.add(HexFormat.of().formatHex(device.next().body()));
      }
      assertThat(answers).containsExactlyInAnyOrder("0002", "000880", "0003", "0004");
    }
    gateway.vendors = new CompletableFuture<>();
    try (RawMqtt device = RawMqtt.connected(adapter, 4)) {
      device.send(RawMqtt.joined(RawMqtt.packet(0x82, first), publish(0, 5), DISCONNECT));
    }
    await().until(() -> gateway.detached() == 2);
    gateway.vendors.complete(null);
    awaitStored("1", "9", "2", "3", "4", "5");
  }

  @Test
  void messagesWhoseDeviceLeavesAtOnceAreOfferedAgainAndTheWillComesLast() throws IOException {
    gateway.answerAtOnce(this::twiceNoRoomForOddOnes);
    Bytes connect = new Bytes().text("MQTT").raw(4, 0xC6, 0, 60).text("c1");
    connect.text("event").text("8").text("d1").text("pw");
    try (RawMqtt device = new RawMqtt(adapter)) {
      device.send(RawMqtt.joined(RawMqtt.packet(0x10, connect), publish(0, 1), publish(1, 2)));
    }
    awaitStored("1", "2", "8");
    try (RawMqtt device = new RawMqtt(adapter)) {
      device.send(
          RawMqtt.joined(
              RawMqtt.connect(4, 0xC2, "c1", "d1", "pw"),
              publish(0, 3),
              publish(0, 4),
              DISCONNECT));
    }
    awaitStored("1", "2", "8", "3", "4");
    assertThat(gateway.refusals()).isEqualTo(List.of());
  }
}
