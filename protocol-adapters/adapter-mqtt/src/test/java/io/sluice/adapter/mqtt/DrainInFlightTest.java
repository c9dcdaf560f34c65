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
import io.sluice.api.adapter.Drain;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a device and the gateway have begun with each other when the gateway is drained: it comes to
 * its end before the session does, so that nothing of it happens again at the next gateway.
 */
@Timeout(60)
class DrainInFlightTest {
  private static final Drain AT_ONCE = new Drain(null, false, Duration.ZERO);
  private static final int PUBLISH = 3;
  private static final int PUBACK = 4;
  private static final int PUBREC = 5;
  private static final int PUBCOMP = 7;
  private static final int PINGRESP = 13;

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

  private void drain() {
    gateway.drain = AT_ONCE;
    adapter.drain(AT_ONCE);
  }

  private void callOff() {
    gateway.drain = null;
    adapter.resume();
  }

  private static Command command(String id) {
    long now = System.currentTimeMillis() * 1000;
    byte[] payload = id.getBytes(UTF_8);
    DeviceId device = new DeviceId("d1");
    return new Command(id, device, "valve", ContentType.JSON, payload, now, now + 600_000_000);
  }

  /** A device that has subscribed to its commands, and answers what it is told to. */
  private RawMqtt device(int level, int qos) throws IOException {
    RawMqtt device = RawMqtt.connected(adapter, level);
    Bytes body = new Bytes().raw(0, 1);
    if (level == 5) {
      body.raw(0);
    }
    assertThat(device.send(packet(0x82, body.text("command/#").raw(qos))).next().type())
        .isEqualTo(9);
    return device;
  }

  private static byte[] message(int level, int qos, int id) {
    Bytes body = new Bytes().text("telemetry").raw(0, id);
    if (level == 5) {
      body.raw(0);
    }
    return packet(0x30 | qos << 1, body.raw('1'));
  }

  private static byte[] answer(int first, Packet command) {
    int at = 2 + "command/valve".length();
    return packet(first, new Bytes().raw(command.body()[at], command.body()[at + 1]));
  }

  /** That the session goes on: the device is answered. */
  private static void assertServed(RawMqtt device) throws IOException {
    assertThat(device.send(packet(0xC0, new Bytes())).next().type()).isEqualTo(PINGRESP);
  }

  /** Behind the drain's first look, which is on the event loop that answers. */
  private static void awaitLook(RawMqtt device) throws IOException {
    assertServed(device);
    assertServed(device);
  }

  private static int reason(int level) {
    return level == 5 ? 0x9C : -1;
  }

  @ParameterizedTest
  @CsvSource({"4, 1", "4, 2", "5, 1", "5, 2"})
  void commandUnderWayIsAnsweredBeforeTheSessionEnds(int level, int subscribedQos)
      throws IOException {
    try (RawMqtt device = device(level, subscribedQos)) {
      gateway.submit(command("k1"));
      Packet k1 = device.next();
      assertThat(k1.type()).isEqualTo(PUBLISH);
      drain();
      assertServed(device);
      for (int id = 1; id <= 3; id++) {
        assertThat(device.send(message(level, 1, id)).next().type()).isEqualTo(PUBACK);
      }
      device.send(answer(0x40, k1));
      assertThat(device.reasonAtEnd()).isEqualTo(reason(level));
    }
    await().until(() -> gateway.detached() == 1);
    assertThat(gateway.acknowledgedCommands()).containsExactly("k1");
    assertThat(gateway.returnedCommands()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void sessionThatLeavesIsGivenNoFurtherCommand(int level) throws IOException {
    try (RawMqtt device = device(level, 1)) {
      gateway.submit(command("k1"));
      Packet k1 = device.next();
      drain();
      awaitLook(device);
      gateway.submit(command("k2"));
      assertServed(device);
      device.send(answer(0x40, k1));
      assertThat(device.reasonAtEnd()).isEqualTo(reason(level));
    }
    await().until(() -> gateway.detached() == 1);
    assertThat(gateway.acknowledgedCommands()).containsExactly("k1");
    assertThat(gateway.returnedCommands()).doesNotContain("k1");
  }

  @Test
  @Tag("slow")
  void commandThatIsNeverAnsweredIsWaitedForSoLongAndQueuedAgain() throws IOException {
    try (RawMqtt device = device(5, 1)) {
      gateway.submit(command("k1"));
      assertThat(device.next().type()).isEqualTo(PUBLISH);
      long began = System.nanoTime();
      drain();
      assertThat(device.reasonAtEnd()).isEqualTo(0x9C);
      assertThat(System.nanoTime() - began)
          .isBetween(TimeUnit.MILLISECONDS.toNanos(4_800), TimeUnit.SECONDS.toNanos(30));
    }
    await().until(() -> gateway.returnedCommands().contains("k1"));
    assertThat(gateway.acknowledgedCommands()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void messageOfQos2IsReleasedBeforeTheSessionEnds(int level) throws IOException {
    try (RawMqtt device = device(level, 1)) {
      assertThat(device.send(message(level, 2, 9)).next().type()).isEqualTo(PUBREC);
      drain();
      assertServed(device);
      Packet end = device.send(packet(0x62, new Bytes().raw(0, 9))).next();
      assertThat(end.type()).isEqualTo(PUBCOMP);
      assertThat(end.body()).startsWith(0, 9);
      assertThat(device.reasonAtEnd()).isEqualTo(reason(level));
    }
    assertThat(gateway.stored()).hasSize(1);
  }

  @Test
  void messageOfQos2WhoseStorageIsWaitedForIsReleasedToo() throws IOException {
    gateway.misbehave(RecordingGateway.Misconduct.SILENT);
    try (RawMqtt device = device(5, 1)) {
      device.send(message(5, 2, 9));
      await().until(() -> gateway.offers() == 1);
      drain();
      assertServed(device);
      gateway.giveReceipts();
      assertThat(device.next().type()).isEqualTo(PUBREC);
      assertThat(device.send(packet(0x62, new Bytes().raw(0, 9))).next().type()).isEqualTo(PUBCOMP);
      assertThat(device.reasonAtEnd()).isEqualTo(0x9C);
    }
  }

  @Test
  void sessionThatWasLeavingGoesOnWhenTheDrainIsCalledOff() throws IOException {
    try (RawMqtt device = device(5, 1)) {
      gateway.submit(command("k1"));
      Packet k1 = device.next();
      drain();
      awaitLook(device);
      gateway.submit(command("k2"));
      assertServed(device);
      callOff();
      Packet k2 = device.next();
      assertThat(k2.type()).isEqualTo(PUBLISH);
      assertThat(new String(k2.body(), UTF_8)).endsWith("k2");
      device.send(answer(0x40, k1)).send(answer(0x40, k2));
      assertServed(device);
    }
    assertThat(gateway.acknowledgedCommands()).containsExactly("k1", "k2");
  }

  @Test
  void sessionThatWasReadNoMoreIsReadAgainWhenTheDrainIsCalledOff() throws IOException {
    gateway.misbehave(RecordingGateway.Misconduct.SILENT);
    try (RawMqtt device = device(5, 1)) {
      device.send(message(5, 1, 1));
      await().until(() -> gateway.offers() == 1);
      drain();
      callOff();
      gateway.giveReceipts();
      assertThat(device.next().type()).isEqualTo(PUBACK);
      assertServed(device);
    }
  }
}
