package io.sluice.adapter.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.mqtt.RawMqtt.Bytes;
import io.sluice.adapter.mqtt.server.MqttAdapter;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.adapter.testkit.RecordingGateway.Misconduct;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Connections that end at a stop, by a fault of the gateway, or since nobody reads them. */
@Tag("slow")
class EndOfConnectionTest {
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

  private static byte[] publish(int first, int packetId) {
    return RawMqtt.packet(first, new Bytes().text("telemetry").raw(packetId >> 8, packetId, '1'));
  }

  @Test
  void acknowledgementsOfWhatWasStoredReachADeviceThatGoesOnSending() throws Exception {
    try (RawMqtt device = RawMqtt.connected(adapter, 4)) {
      CompletableFuture<Void> closing = new CompletableFuture<>();
      int sent = 0;
      for (; sent < 200; sent++) {
        device.send(publish(0x32, sent + 1));
        if (sent == 100) {
          Thread.ofVirtual()
              .start(() -> {
                adapter.close();
                closing.complete(null);
              });
        }
      }
      int acknowledged = 0;
      try {
        while (true) {
          acknowledged += device.next().type() == 4 ? 1 : 0;
        }
      } catch (EOFException end) {
        // an orderly end, and no reset that throws away what was not read yet
      }
      closing.join();
      assertThat(acknowledged).isEqualTo(gateway.stored().size());
    }
  }

  @Test
  void deviceIsNotLockedOutByAQos2MessageThatTheGatewayFailedAt() throws Exception {
    gateway.misbehave(Misconduct.THROWS);
    try (RawMqtt device = new RawMqtt(adapter)) {
      device.send(RawMqtt.connect(4, 0xC0, "c1", "d1", "pw"));
      assertThat(device.next().type()).isEqualTo(2);
      device.send(publish(0x34, 7));
    }
    gateway.misbehave(Misconduct.NONE);
    await().until(() -> gateway.detached() == 1);
    try (RawMqtt device = RawMqtt.connected(adapter, 4)) {
      assertThat(device.send(publish(0x32, 8)).next().type()).isEqualTo(4);
    }
  }

  @Test
  void clientThatDoesNotReadIsEndedAfterItsKeepAlive() throws Exception {
    Socket small = new Socket();
    small.setReceiveBufferSize(2_048);
    small.connect(adapter.address());
    try (RawMqtt deaf = new RawMqtt(small)) {
      Bytes body = new Bytes().text("MQTT").raw(5, 0xC2, 0, 1, 0).text("c1").text("d1").text("pw");
      deaf.send(RawMqtt.packet(0x10, body));
      Bytes refused = new Bytes(); // each is answered by a sentence
      for (int i = 0; i < 500; i++) {
        refused.writeBytes(RawMqtt.packet(0x82, new Bytes().raw(0, 1, 0).text("x").raw(0)));
      }
      byte[] subscriptions = refused.toByteArray();
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  while (true) {
                    deaf.send(subscriptions);
                  }
                } catch (IOException closed) {
                  // as expected: the gateway has ended it
                }
              });
      await().until(() -> gateway.detached() == 1);
      sender.join(10_000);
    }
  }

  @Test
  void willTopicWithAWildcardBehindALineEndIsRefused() throws Exception {
    for (String topic : new String[] {"\n#", "a\r\n+", "event/#"}) {
      try (RawMqtt device = new RawMqtt(adapter)) {
        Bytes body = new Bytes().text("MQTT").raw(4, 0xC6, 0, 60).text("c1").text(topic);
        device.send(RawMqtt.packet(0x10, body.text("gone").text("d1").text("pw")));
        assertThat(device.reasonAtEnd()).isEqualTo(topic.startsWith("event/") ? 3 : -1);
      }
    }
  }

  @Test
  void willArrivesWhenItsDeviceHasGoneAndNotWhenItCame() throws Exception {
    try (RawMqtt device = new RawMqtt(adapter)) {
      Bytes body = new Bytes().text("MQTT").raw(4, 0xC6, 0, 60).text("c1").text("event");
      device.send(RawMqtt.packet(0x10, body.text("gone").text("d1").text("pw")));
      assertThat(device.next().type()).isEqualTo(2);
      device.send(publish(0x32, 1));
      assertThat(device.next().type()).isEqualTo(4);
    }
    await().until(() -> gateway.stored().size() == 2);
    assertThat(gateway.stored().getLast().topic()).isEqualTo("event");
    assertThat(gateway.stored().getLast().receivedNanos())
        .isGreaterThan(gateway.stored().getFirst().receivedNanos());
  }
}
