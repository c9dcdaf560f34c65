package io.sluice.adapter.mqtt;

import static io.sluice.adapter.mqtt.RawMqtt.connect;
import static io.sluice.adapter.mqtt.RawMqtt.packet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.sluice.adapter.mqtt.RawMqtt.Bytes;
import io.sluice.adapter.mqtt.server.MqttAdapter;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.adapter.testkit.seeded.Fuzz;
import java.io.IOException;
import java.net.SocketException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Random and mutated packets: every connection ends, no buffer leaks, the listener lives on. */
@Tag(Fuzz.TAG)
class RandomBytesTest {
  private static final int ROUNDS = 600;
  private static final Logger DETECTOR =
      (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
  private final ListAppender<ILoggingEvent> leaks = new ListAppender<>();
  private final ResourceLeakDetector.Level levelBefore = ResourceLeakDetector.getLevel();

  @BeforeEach
  void watchLeaks() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    leaks.start();
    DETECTOR.addAppender(leaks);
  }

  @AfterEach
  void restore() {
    ResourceLeakDetector.setLevel(levelBefore);
    DETECTOR.detachAppender(leaks);
  }

  @Test
  void nothingLeaksAndTheListenerLivesOn() throws IOException {
    try (RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
        MqttAdapter adapter = new MqttAdapterFactory().create("mqtt", MqttSettings.onLoopback(0))) {
      adapter.start(gateway);
      Fuzz.of("MQTT connections", ROUNDS).check(random -> play(adapter, random));
      await().until(() -> adapter.connections() == 0);
      await().until(() -> honestPublishIsAcknowledged(adapter));
    }
    System.gc();
    ByteBufAllocator.DEFAULT.buffer(16).release(); // the detector reports at the next allocation
    assertThat(leaks.list).isEmpty();
  }

  /** False where one of the others, still in the listener's backlog, took the session over. */
  private static boolean honestPublishIsAcknowledged(MqttAdapter adapter) throws IOException {
    try (RawMqtt client = RawMqtt.connected(adapter, 5)) {
      client.send(packet(0x32, new Bytes().text("telemetry").raw(0, 7, 0, '1')));
      return client.next().type() == 4;
    }
  }

  private static void play(MqttAdapter adapter, SplittableRandom random) throws IOException {
    Bytes all = new Bytes();
    if (random.nextInt(4) > 0) {
      all.writeBytes(connect(random.nextInt(2) + 4, 0xC2, "c1", "d1", "pw"));
    }
    for (int i = random.nextInt(8); i >= 0; i--) {
      all.writeBytes(mutated(valid(random), random));
    }
    byte[] bytes = all.toByteArray();
    try (RawMqtt client = new RawMqtt(adapter)) {
      int at = 0;
      while (at < bytes.length) {
        int end = Math.min(bytes.length, at + 1 + random.nextInt(64));
        client.send(Arrays.copyOfRange(bytes, at, end));
        at = end;
      }
    } catch (SocketException _) {
      // closed while we were sending: as it should be
    }
  }

  private static byte[] valid(SplittableRandom random) {
    return switch (random.nextInt(8)) {
      case 0 -> packet(0x30, new Bytes().text("telemetry").raw(0, '{', '}'));
      case 1 -> packet(0x32, new Bytes().text("telemetry").raw(0, random.nextInt(256), 0, '1'));
      case 2 -> packet(0x34, new Bytes().text("alarm").raw(1, random.nextInt(256), 0, '1'));
      case 3 -> packet(0x62, new Bytes().raw(1, random.nextInt(256)));
      case 4 -> packet(0x82, new Bytes().raw(0, 1, 0).text("command/#").raw(1));
      case 5 -> packet(0xA2, new Bytes().raw(0, 1, 0).text("command/#"));
      case 6 -> new byte[] {(byte) 0xC0, 0};
      default -> {
        byte[] noise = new byte[random.nextInt(1, 200)];
        random.nextBytes(noise);
        yield noise;
      }
    };
  }

  private static byte[] mutated(byte[] bytes, SplittableRandom random) {
    if (random.nextInt(3) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }
}
