package io.sluice.adapter.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.mqtt.RawMqtt.Bytes;
import io.sluice.adapter.mqtt.RawMqtt.Packet;
import io.sluice.adapter.mqtt.server.MqttAdapter;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.api.adapter.Drain;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What clients are told by a gateway that is drained: MQTT 5 sections 3.2.2.2, 3.14.2.1 and 4.11
 * (0x9C use another server, 0x9D server moved; property 0x1C Server Reference), MQTT 3.1.1 section
 * 3.2.2.3 (3 server unavailable).
 */
@Timeout(60)
class DrainTest {
  private static final Drain AT_ONCE = new Drain("gw-2.example:1883", false, Duration.ZERO);

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

  private void drain(Drain drain) {
    gateway.drain = drain;
    adapter.drain(drain);
  }

  private Packet answerTo(byte[] connect) throws IOException {
    try (RawMqtt client = new RawMqtt(adapter)) {
      Packet answer = client.send(connect).next();
      assertThat(answer.type()).isEqualTo(2);
      assertThat(client.reasonAtEnd()).as("closed behind it").isEqualTo(-1);
      return answer;
    }
  }

  private static byte[] connect(int level) {
    return RawMqtt.connect(level, 0xC2, "c1", "d1", "pw");
  }

  /** The property Server Reference as it stands in a packet. */
  private static byte[] reference(String value) {
    return new Bytes().raw(0x1C).text(value).toByteArray();
  }

  @Test
  void connectOfVersion5IsSentToAnotherServer() throws IOException {
    drain(AT_ONCE);
    Packet answer = answerTo(connect(5));
    assertThat(answer.body()[1] & 0xFF).isEqualTo(0x9C);
    assertThat(answer.body()).containsSubsequence(reference("gw-2.example:1883"));
    assertThat(new String(answer.body(), UTF_8)).contains("the gateway is being drained");
  }

  @Test
  void gatewayThatDoesNotComeBackSaysSo() throws IOException {
    drain(new Drain(null, true, Duration.ZERO));
    Packet answer = answerTo(connect(5));
    assertThat(answer.body()[1] & 0xFF).isEqualTo(0x9D);
    assertThat(new String(answer.body(), UTF_8)).doesNotContain("gw-2");
  }

  @Test
  void connectOfVersion311HearsThatTheServerIsUnavailable() throws IOException {
    drain(AT_ONCE);
    assertThat(answerTo(connect(4)).body()).containsExactly(0, 3);
  }

  @Test
  void clientOfSmallPacketsIsToldTheReasonAlone() throws IOException {
    drain(AT_ONCE);
    // property 0x27 Maximum Packet Size: 20 bytes
    Bytes body = new Bytes().text("MQTT").raw(5, 0xC2, 0, 60).raw(5, 0x27, 0, 0, 0, 20).text("c1");
    Packet answer = answerTo(RawMqtt.packet(0x10, body.text("d1").text("pw")));
    assertThat(answer.body()).hasSizeLessThanOrEqualTo(18);
    assertThat(answer.body()[1] & 0xFF).isEqualTo(0x9C);
  }

  @Test
  void openSessionsAreSentAwayBehindTheirAcknowledgements() throws Exception {
    try (RawMqtt device = RawMqtt.connected(adapter, 5)) {
      device.send(RawMqtt.packet(0x32, new Bytes().text("telemetry").raw(0, 7, 0, '1')));
      await().until(() -> !gateway.stored().isEmpty());
      drain(AT_ONCE);
      assertThat(device.next().type()).isEqualTo(4);
      Packet last = device.next();
      assertThat(last.type()).isEqualTo(14);
      assertThat(last.body()[0] & 0xFF).isEqualTo(0x9C);
      assertThat(last.body()).containsSubsequence(reference("gw-2.example:1883"));
    }
    await().until(() -> adapter.sessions() == 0);
  }

  @Test
  void sessionsOfVersion311AreClosedInGoodOrder() throws Exception {
    try (RawMqtt device = RawMqtt.connected(adapter, 4)) {
      drain(AT_ONCE);
      assertThat(device.reasonAtEnd()).isEqualTo(-1);
    }
  }

  @Test
  void willOfADeviceThatIsSentAwayIsNotPublished() throws Exception {
    try (RawMqtt device = new RawMqtt(adapter)) {
      Bytes body = new Bytes().text("MQTT").raw(4, 0xC6, 0, 60).text("c1").text("event");
      device.send(RawMqtt.packet(0x10, body.text("gone").text("d1").text("pw")));
      assertThat(device.next().type()).isEqualTo(2);
      drain(AT_ONCE);
      assertThat(device.reasonAtEnd()).isEqualTo(-1);
    }
    await().until(() -> gateway.detached() == 1);
    assertThat(gateway.stored()).isEmpty();
  }

  @Test
  void clientWhoseVerdictComesBehindTheDrainIsSentAway() throws Exception {
    CompletableFuture<Void> verdict = new CompletableFuture<>();
    gateway.nextVerdictWaitsFor.set(verdict);
    try (RawMqtt device = new RawMqtt(adapter)) {
      device.send(connect(5));
      await().until(() -> gateway.nextVerdictWaitsFor.get() == null);
      drain(AT_ONCE);
      verdict.complete(null);
      assertThat(device.reasonAtEnd()).isEqualTo(0x9C);
    }
  }

  @Test
  void drainThatIsCalledOffTakesSessionsAgain() throws Exception {
    drain(new Drain(null, false, Duration.ofHours(1)));
    gateway.drain = null;
    adapter.resume();
    try (RawMqtt device = RawMqtt.connected(adapter, 5)) {
      assertThat(device.send(RawMqtt.packet(0xC0, new Bytes())).next().type()).isEqualTo(13);
      assertThat(adapter.sessions()).isEqualTo(1);
    }
  }
}
