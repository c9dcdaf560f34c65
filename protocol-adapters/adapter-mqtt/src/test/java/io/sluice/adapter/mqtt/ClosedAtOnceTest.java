package io.sluice.adapter.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.mqtt.RawMqtt.Bytes;
import io.sluice.adapter.mqtt.server.MqttAdapter;
import io.sluice.adapter.netty.ListenerGroup;
import io.sluice.adapter.netty.Unadmitted;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.Uplink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sleeping nodes: CONNECT, PUBLISH, DISCONNECT and the end of the connection, all at once. */
@Tag("slow")
class ClosedAtOnceTest {
  private static final byte[] DISCONNECT = {(byte) 0xE0, 0};
  private static final int CLEAN = 0xC2;
  private static final int KEPT = 0xC0;

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

  private static byte[] connect(int flags) {
    return RawMqtt.connect(4, flags, "c1", "d1", "pw");
  }

  private static byte[] publish(int qos, int packetId, String payload) {
    Bytes body = new Bytes().text("telemetry");
    if (qos > 0) {
      body.raw(packetId >> 8, packetId);
    }
    body.writeBytes(payload.getBytes(StandardCharsets.UTF_8));
    return RawMqtt.packet(0x30 | qos << 1, body);
  }

  /** Sends and closes, and waits until the adapter has seen the end. */
  private void sendAndClose(byte[]... packets) throws IOException {
    CompletableFuture<Void> verdict = new CompletableFuture<>();
    gateway.nextVerdictWaitsFor.set(verdict);
    int left = gateway.left.get();
    try (RawMqtt device = new RawMqtt(adapter)) {
      device.send(RawMqtt.joined(packets));
    }
    await().until(() -> gateway.left.get() > left);
    verdict.complete(null);
  }

  private List<String> stored() {
    return gateway.stored().stream()
        .map(Uplink::payload)
        .map(payload -> new String(payload, StandardCharsets.UTF_8))
        .toList();
  }

  private void awaitStored(String... payloads) {
    await().untilAsserted(() -> assertThat(stored()).containsExactly(payloads));
  }

  @Test
  void whatCameWholeIsStoredThoughTheVerdictComesBehindTheEnd() throws Exception {
    sendAndClose(
        connect(CLEAN), publish(0, 0, "1"), publish(1, 1, "2"), publish(2, 2, "3"), DISCONNECT);
    awaitStored("1", "2", "3");
    await().until(() -> gateway.detached() == 1);
    assertThat(gateway.refusals()).isEmpty();
  }

  @Test
  void halfAPacketIsNotTaken() throws Exception {
    byte[] half = {0x30, 20, 0, 9, 't'};
    sendAndClose(connect(CLEAN), publish(0, 0, "1"), half);
    awaitStored("1");
    await().until(() -> gateway.detached() == 1);
  }

  @Test
  void willFollowsWhereNoDisconnectCame() throws Exception {
    Bytes body = new Bytes().text("MQTT").raw(4, 0xC6, 0, 60).text("c1").text("event").text("gone");
    sendAndClose(RawMqtt.packet(0x10, body.text("d1").text("pw")), publish(1, 1, "1"));
    awaitStored("1", "gone");
  }

  @Test
  void oneAfterAnotherWithoutAPauseLosesNothing() throws Exception {
    for (int i = 0; i < 200; i++) {
      try (RawMqtt device = new RawMqtt(adapter)) {
        device.send(
            RawMqtt.joined(
                connect(i % 2 == 0 ? CLEAN : KEPT), publish(i % 2, 1, "v" + i), DISCONNECT));
      }
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(stored()).doesNotHaveDuplicates().hasSize(200));
    await().until(() -> gateway.link("d1") == null);
  }

  @Test
  void whoIsConnectedAgainKeepsItsSession() throws Exception {
    CompletableFuture<Void> verdict = new CompletableFuture<>();
    gateway.nextVerdictWaitsFor.set(verdict);
    try (RawMqtt early = new RawMqtt(adapter)) {
      early.send(
          RawMqtt.joined(
              connect(KEPT), publish(1, 1, "early"), publish(2, 2, "again"), DISCONNECT));
      await().until(() -> gateway.nextVerdictWaitsFor.get() == null);
    }
    await().until(() -> gateway.left.get() == 1);
    try (RawMqtt late = new RawMqtt(adapter)) {
      late.send(connect(KEPT));
      assertThat(late.next().type()).isEqualTo(2);
      verdict.complete(null);
      awaitStored("early");
      late.send(publish(2, 2, "again")); // its session goes on: QoS 2 is sent again in it
      assertThat(late.next().type()).isEqualTo(5);
      awaitStored("early", "again");
    }
  }

  @Test
  void whatCannotBeStoredIsCounted() throws Exception {
    gateway.answer(uplink -> new Receipt.Busy(60_000));
    sendAndClose(connect(CLEAN), publish(0, 0, "1"), publish(1, 1, "2"), DISCONNECT);
    await()
        .untilAsserted(() ->
            assertThat(gateway.refusals())
                .containsExactly(RejectReason.OVERLOAD, RejectReason.OVERLOAD));
  }

  @Test
  void whoIsRefusedIsNotStored() throws Exception {
    sendAndClose(RawMqtt.connect(4, CLEAN, "c1", "d1", "wrong"), publish(0, 0, "1"), DISCONNECT);
    sendAndClose(connect(CLEAN), publish(0, 0, "2"), DISCONNECT);
    awaitStored("2");
  }

  @Test
  void whatIsHeldIsBoundedAndCountsAsUnadmitted() throws Exception {
    CompletableFuture<Void> verdict = new CompletableFuture<>();
    gateway.nextVerdictWaitsFor.set(verdict);
    Unadmitted all = ListenerGroup.of(gateway, "mqtt").unadmitted();
    try (RawMqtt device = new RawMqtt(adapter)) {
      device.send(RawMqtt.joined(connect(CLEAN), publish(0, 0, "1".repeat(1000))));
    }
    await().until(() -> gateway.left.get() == 1);
    assertThat(all.held()).isGreaterThan(1000);
    verdict.complete(null);
    await().until(() -> all.held() == 0);
    awaitStored("1".repeat(1000));
  }
}
