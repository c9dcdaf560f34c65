package io.sluice.adapter.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.adapter.mqtt.RawMqtt.Bytes;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PropertyCountTest {
  /** As many user properties, each with a short name and a value of some length. */
  private static Bytes properties(int count, int valueLength) {
    Bytes all = new Bytes();
    for (int i = 0; i < count; i++) {
      all.raw(0x26).text("k").text("v".repeat(valueLength));
    }
    byte[] content = all.toByteArray();
    Bytes withLength = new Bytes();
    int left = content.length;
    do {
      withLength.raw(left % 128 | (left >= 128 ? 0x80 : 0));
      left /= 128;
    } while (left > 0);
    withLength.writeBytes(content);
    return withLength;
  }

  private static byte[] connect(int level, int properties, int willProperties, String user) {
    Bytes body = new Bytes().text("MQTT").raw(level, willProperties > 0 ? 0xC6 : 0xC2, 0, 60);
    if (level == 5) {
      body.writeBytes(properties(properties, 3).toByteArray());
    }
    body.text("c1");
    if (willProperties > 0) {
      body.writeBytes(properties(willProperties, 0).toByteArray());
      body.text("event").text("gone");
    }
    return body.text(user).text("pw").toByteArray();
  }

  private static boolean passes(PropertyCount count, int first, byte[] body, Random random) {
    count.begin(first);
    ByteBuf bytes = Unpooled.wrappedBuffer(body);
    int at = 0;
    while (at < body.length) {
      int to = at + 1 + random.nextInt(Math.min(random.nextBoolean() ? 3 : 300, body.length - at));
      if (!count.take(bytes, at, to)) {
        return false;
      }
      at = to;
    }
    return true;
  }

  @Test
  void countsInEveryPacketHoweverItIsCut() {
    String user = "&\u0000".repeat(200); // bytes that would be properties elsewhere
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      PropertyCount count = new PropertyCount();
      assertThat(passes(count, 0x10, connect(5, 32, 32, user), random)).isTrue();
      assertThat(passes(new PropertyCount(), 0x10, connect(5, 33, 1, user), random)).isFalse();
      assertThat(passes(new PropertyCount(), 0x10, connect(5, 1, 33, user), random)).isFalse();
      assertThat(passes(new PropertyCount(), 0x10, connect(5, 32, 0, user), random)).isTrue();
      for (int most : new int[] {0, 1, 32, 33}) {
        boolean isFew = most <= 32;
        byte[] own = properties(most, 200).toByteArray();
        byte[] payload = "&".repeat(500).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Bytes publish = new Bytes().text("telemetry").raw(0, 7);
        publish.writeBytes(own);
        publish.writeBytes(payload);
        assertThat(passes(count, 0x32, publish.toByteArray(), random)).isEqualTo(isFew);
        Bytes subscribe = new Bytes().raw(0, 8);
        subscribe.writeBytes(own);
        subscribe.text("command/#").raw(1);
        assertThat(passes(count, 0x82, subscribe.toByteArray(), random)).isEqualTo(isFew);
        Bytes acknowledgement = new Bytes().raw(0, 8, 0);
        acknowledgement.writeBytes(own);
        assertThat(passes(count, 0x40, acknowledgement.toByteArray(), random)).isEqualTo(isFew);
        Bytes disconnect = new Bytes().raw(4);
        disconnect.writeBytes(own);
        assertThat(passes(count, 0xE0, disconnect.toByteArray(), random)).isEqualTo(isFew);
      }
    }
  }

  @Test
  void olderVersionHasNone() {
    PropertyCount count = new PropertyCount();
    Random random = new Random(1);
    assertThat(passes(count, 0x10, connect(4, 0, 0, "&".repeat(300)), random)).isTrue();
    Bytes publish = new Bytes().text("telemetry").raw(0, 7);
    publish.writeBytes(properties(100, 1).toByteArray());
    assertThat(passes(count, 0x32, publish.toByteArray(), random)).isTrue();
  }

  @Test
  void malformedOnesAreLeftToTheDecoder() {
    for (int seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      PropertyCount count = new PropertyCount();
      passes(count, 0x10, connect(5, 1, 0, "d1"), random);
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      passes(count, random.nextInt(256), noise, random);
    }
  }
}
