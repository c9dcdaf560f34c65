package io.sluice.adapter.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.mqtt.RawMqtt.Bytes;
import io.sluice.adapter.mqtt.server.MqttAdapter;
import io.sluice.adapter.mqtt.session.MqttOptions;
import io.sluice.adapter.netty.ListenerGroup;
import io.sluice.adapter.netty.Unadmitted;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.api.Limit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is bounded before anybody is admitted. */
class UnadmittedTest {
  private static final int ROOM = 1 << 20;

  private final RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
  private final MqttAdapter adapter =
      new MqttAdapterFactory().create("mqtt", new MqttSettings("127.0.0.1", 0, options(1)));
  private Unadmitted all;

  private static MqttOptions options(int loops) {
    MqttOptions base = MqttOptions.FOR_TESTS;
    return new MqttOptions(
        base.maxConnections(),
        base.maxPacketSize(),
        base.maxKeepAlive(),
        base.connectTimeout(),
        base.sessionExpiryMax(),
        base.maxSessions(),
        base.receiveMaximum(),
        base.maxSubscriptions(),
        base.transport(),
        loops,
        new io.sluice.api.config.Bytes(ROOM),
        base.mqtt31(),
        base.proxies());
  }

  @BeforeEach
  void start() throws IOException {
    adapter.start(gateway);
    all = ListenerGroup.of(gateway, "mqtt").unadmitted();
  }

  @AfterEach
  void stop() {
    adapter.close();
    gateway.close();
  }

  private static byte[] connectWithProperties(int count) {
    Bytes properties = new Bytes();
    for (int i = 0; i < count; i++) {
      properties.raw(0x26).text("").text("");
    }
    byte[] content = properties.toByteArray();
    Bytes body = new Bytes().text("MQTT").raw(5, 0xC2, 0, 60);
    int left = content.length;
    do {
      body.raw(left % 128 | (left >= 128 ? 0x80 : 0));
      left /= 128;
    } while (left > 0);
    body.writeBytes(content);
    return RawMqtt.packet(0x10, body.text("c1").text("d1").text("pw"));
  }

  private void isServed() throws IOException {
    try (RawMqtt honest = RawMqtt.connected(adapter, 5)) {
      honest.send(RawMqtt.packet(0x32, new Bytes().text("telemetry").raw(0, 1, 0, '1')));
      assertThat(honest.next().type()).isEqualTo(4);
    }
  }

  private static boolean isClosed(RawMqtt client) {
    try {
      client.reasonAtEnd();
      return true;
    } catch (IOException timeout) {
      return false;
    }
  }

  @Test
  void connectHasThirtyTwoPropertiesAndNoMore() throws IOException {
    try (RawMqtt few = new RawMqtt(adapter)) {
      assertThat(few.send(connectWithProperties(32)).next().body()[1]).isZero();
    }
    for (int count : new int[] {33, 20_000}) {
      try (RawMqtt many = new RawMqtt(adapter)) {
        assertThat(isClosed(many.send(connectWithProperties(count)))).isTrue();
      }
    }
    assertThat(gateway.offers()).isZero();
    isServed();
  }

  @Test
  void connectIsBoundedAndLaterPacketsByTheirOwnLimit() throws IOException {
    try (RawMqtt large = new RawMqtt(adapter)) {
      large.send(new byte[] {0x10, (byte) 0x81, (byte) 0x80, 0x08}); // 128 KB and one byte
      assertThat(isClosed(large)).isTrue();
    }
    try (RawMqtt client = RawMqtt.connected(adapter, 4)) {
      Bytes publish = new Bytes().text("telemetry").raw(0, 1);
      publish.writeBytes(new byte[900_000]);
      assertThat(client.send(RawMqtt.packet(0x32, publish)).next().type()).isEqualTo(4);
    }
  }

  @Test
  void oldestThatKeepsOthersWaitingGoesAndEverythingIsGivenBack() throws IOException {
    byte[] header = {0x10, (byte) 0xFF, (byte) 0xFF, 0x07};
    byte[] part = Arrays.copyOf(header, 100_000);
    System.arraycopy(RawMqtt.connect(4, 0xC2, "c", "d1", "pw"), 2, part, 4, 10);
    List<RawMqtt> held = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        RawMqtt one = new RawMqtt(adapter);
        held.add(one);
        one.send(part);
        assertThat(all.held()).isLessThanOrEqualTo(ROOM);
      }
      assertThat(isClosed(held.getFirst())).as("the first of them").isTrue();
      isServed();
      assertThat(gateway.limited).contains(Limit.UNADMITTED_BYTES);
      assertThat(all.held()).isLessThanOrEqualTo(ROOM / 2 + Unadmitted.LARGE_BYTES);
    } finally {
      for (RawMqtt one : held) {
        one.close();
      }
    }
    await().until(() -> all.held() == 0);
  }

  @Test
  void idleConnectionsCountToo() throws IOException {
    List<RawMqtt> idle = new ArrayList<>();
    try {
      for (int i = 0; i < ROOM / Unadmitted.CONNECTION_BYTES + 50; i++) {
        idle.add(new RawMqtt(adapter));
      }
      isServed();
      assertThat(all.held()).isLessThanOrEqualTo(ROOM);
      assertThat(isClosed(idle.getFirst())).isTrue();
    } finally {
      for (RawMqtt one : idle) {
        one.close();
      }
    }
    await().until(() -> all.held() == 0);
  }

  @Test
  void connectInSingleBytesIsTaken() throws IOException {
    try (RawMqtt slow = new RawMqtt(adapter)) {
      for (byte one : RawMqtt.connect(5, 0xC2, "c1", "d1", "pw")) {
        slow.send(new byte[] {one});
      }
      assertThat(slow.next().body()[1]).isZero();
    }
    await().until(() -> all.held() == 0);
  }
}
