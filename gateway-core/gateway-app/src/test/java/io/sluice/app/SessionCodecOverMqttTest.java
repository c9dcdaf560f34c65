package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.mqtt.MqttAdapterFactory;
import io.sluice.adapter.mqtt.MqttSettings;
import io.sluice.adapter.testkit.AdapterContract;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.MessageClass;
import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.SharedParts;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.store.StoredCredentials;
import io.sluice.engine.adapters.EngineContext;
import io.sluice.engine.adapters.GatewaySessions;
import io.sluice.engine.normalize.Normalizer;
import io.sluice.engine.normalize.SessionCodecs;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.registry.device.DeviceEntry;
import io.sluice.engine.registry.presence.Presence;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A codec that keeps a state for a session, behind connections of MQTT that begin and end. */
class SessionCodecOverMqttTest {
  private static final String ID = "d1";
  private static final Device DEVICE =
      new Device(new DeviceId(ID), "birth", "factory", "plant-a", null, null, true, true, false);

  private final Presence presence =
      new Presence(
          id -> id.equals(ID) ? new DeviceEntry(DEVICE, StoredCredentials.NONE) : null,
          Clock.systemUTC());
  private final SessionCodecs codecs = new SessionCodecs(presence::session);
  private final RecordingGateway gateway = new RecordingGateway().device(ID, "pw");
  private final Adapter adapter =
      new MqttAdapterFactory().create("mqtt", MqttSettings.onLoopback(0));
  private final List<String> taken = new CopyOnWriteArrayList<>();
  private Normalizer normalizer;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException {
    Path profile = directory.resolve("birth.yaml");
    Files.writeString(profile, "id: birth\ncodec: " + BirthCodecFactory.NAME + "\n");
    Profiles.Loaded loaded = Profiles.load(List.of(profile));
    assertThat(loaded.faults()).isEmpty();
    normalizer = new Normalizer("gw", loaded.profiles(), any -> false, codecs);
    adapter.start(
        new EngineContext(
            this::accept,
            gateway,
            new GatewaySessions(presence, codecs),
            gateway,
            gateway,
            gateway,
            InstantSource.system(),
            new SharedParts()));
  }

  @AfterEach
  void stop() {
    adapter.close();
    gateway.close();
  }

  /** As the ingest does, on the event loop. */
  private void accept(Uplink uplink) {
    try {
      byte[] body =
          normalizer
              .normalize(
                  DEVICE,
                  DEVICE,
                  MessageClass.TELEMETRY,
                  ContentType.UNSPECIFIED,
                  uplink.protocol(),
                  uplink.topic(),
                  uplink.payload(),
                  uplink.receivedMicros())
              .body();
      taken.add(new String(body, StandardCharsets.UTF_8));
    } catch (PayloadException refused) {
      taken.add("refused: " + refused.getMessage());
    }
    Receipt.Stored stored = gateway.storedReceipt(uplink);
    uplink.sink().receipt(uplink, stored);
    uplink.sink().flush();
  }

  private RawMqttDevice connect() throws IOException {
    int port = AdapterContract.port(adapter);
    return new RawMqttDevice(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ID, "pw");
  }

  @Test
  void stateHoldsForTheSessionAndGoesWithIt() throws Exception {
    try (RawMqttDevice device = connect()) {
      assertThat(codecs.size()).as("before its first message").isZero();
      device.publish("telemetry", "name temp");
      device.publish("telemetry", "21.5");
      assertThat(taken.getLast()).contains("temp").doesNotContain("refused");
      assertThat(codecs.size()).isEqualTo(1);
    }
    await().until(() -> codecs.size() == 0);
    try (RawMqttDevice device = connect()) {
      device.publish("telemetry", "22.5");
      assertThat(taken.getLast()).contains("refused: ", "no birth in this session");
    }
    await().until(() -> codecs.size() == 0);
  }

  @Test
  void connectionThatTakesOverKnowsNothingOfTheOneBefore() throws Exception {
    try (RawMqttDevice before = connect()) {
      before.publish("telemetry", "name temp");
      try (RawMqttDevice after = connect()) {
        assertThat(before.hasEnded()).isTrue();
        after.publish("telemetry", "22.5");
        assertThat(taken.getLast()).contains("no birth in this session");
        after.publish("telemetry", "name hum");
        after.publish("telemetry", "60");
        assertThat(taken.getLast()).contains("hum").doesNotContain("refused");
        await().until(() -> codecs.size() == 1); // the other end of its session comes by itself
      }
      await().until(() -> codecs.size() == 0);
    }
  }
}
