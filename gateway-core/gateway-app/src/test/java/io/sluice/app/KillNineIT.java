package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.seeded.Campaign;
import io.sluice.testkit.KafkaBroker;
import io.sluice.testkit.Mosquitto;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.eclipse.paho.client.mqttv3.IMqttActionListener;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * The process is killed at random moments under load, with an upstream of each kind: what was
 * acknowledged is at every far end or queued, once by id. Part of the campaign, see
 * docs/campaign.md.
 */
@Tag(Campaign.TAG)
class KillNineIT {
  private static final Logger LOG = LoggerFactory.getLogger(KillNineIT.class);
  private static final int KILLS = Campaign.isLong() ? 100 : 6;
  private static final int ACKNOWLEDGED_BEFORE_KILL_MAX = 3_000;
  private static final long FURTHER_NANOS_MAX = 20_000_000;
  private static final int IN_FLIGHT = 100;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path directory;

  private final AtomicLong next = new AtomicLong();
  private final Set<Long> acknowledged = new ConcurrentSkipListSet<>();

  @Test
  void whatWasAcknowledgedSurvivesKillsAtRandomMoments() throws Exception {
    SplittableRandom random = new SplittableRandom(Campaign.seed());
    Path brokers = Files.createDirectories(directory.resolve("brokers"));
    try (KafkaBroker kafka = new KafkaBroker(brokers.resolve("kafka"));
        Mosquitto mosquitto = new Mosquitto(brokers)) {
      mosquitto.subscribe("%p");
      Setup setup = new Setup(directory);
      Path config = setup.config(mosquitto, kafka);
      for (int kill = 0; kill < KILLS; kill++) {
        killUnderLoad(config, random);
      }
      try (GatewayProcess gateway = GatewayProcess.start(config)) {
        await().atMost(PATIENCE).until(() -> queued(gateway) == 0);
        assertThat(gateway.get("/api/v1/ledger").get("balances").booleanValue()).isTrue();
        Map<String, Long> archive = byId(setup.archive().byId().values().stream());
        assertWhole("archive", archive);
        await()
            .atMost(PATIENCE)
            .untilAsserted(() -> {
              assertThat(received(mosquitto)).as("seed %d", Campaign.seed()).isEqualTo(archive);
              assertThat(consumed(kafka)).as("seed %d", Campaign.seed()).isEqualTo(archive);
            });
        LOG.info(
            "campaign kill-nine: seed {}, {} kills, {} acknowledged, {} at each far end",
            Campaign.seed(),
            KILLS,
            acknowledged.size(),
            archive.size());
      }
    }
  }

  private void killUnderLoad(Path config, SplittableRandom random) throws Exception {
    GatewayProcess gateway = GatewayProcess.start(config);
    int target = acknowledged.size() + 1 + random.nextInt(ACKNOWLEDGED_BEFORE_KILL_MAX);
    Thread load = Thread.ofVirtual().start(() -> publishUntilTheConnectionBreaks(gateway));
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> acknowledged.size() >= target);
    // Anywhere between two syncs, saves and sends: no wait for something to happen.
    LockSupport.parkNanos(random.nextLong(FURTHER_NANOS_MAX));
    gateway.kill();
    load.join();
  }

  /** Published once each and never resent: an id stands for one acceptance. */
  private void assertWhole(String end, Map<String, Long> byId) {
    assertThat(byId.values()).as("%s, seed %d", end, Campaign.seed()).containsAll(acknowledged);
    assertThat(byId.values()).doesNotHaveDuplicates();
  }

  private static Map<String, Long> byId(Stream<JsonNode> records) {
    Map<String, Long> byId = new TreeMap<>();
    records.forEach(record -> {
      long n = record.get("m").get(0).get("v").longValue();
      Long before = byId.put(record.get("id").stringValue(), n);
      assertThat(before).as("an id names one record").isIn(null, n);
    });
    return byId;
  }

  private static Map<String, Long> received(Mosquitto mosquitto) {
    return byId(
        mosquitto.received().stream()
            .filter(payload -> payload.startsWith("{"))
            .map(GatewayProcess.JSON::readTree));
  }

  private static Map<String, Long> consumed(KafkaBroker kafka) {
    return byId(
        kafka.read("sluice.telemetry").stream()
            .map(record -> GatewayProcess.JSON.readTree(record.value())));
  }

  private static long queued(GatewayProcess gateway) throws Exception {
    long queued = 0;
    for (JsonNode line : gateway.get("/api/v1/ledger").get("ledger")) {
      queued += line.get("queued").longValue();
    }
    return queued;
  }

  private void publishUntilTheConnectionBreaks(GatewayProcess gateway) {
    try (MqttAsyncClient device =
        new MqttAsyncClient(
            "tcp://127.0.0.1:" + gateway.port("mqtt"), "meter-1", new MemoryPersistence())) {
      MqttConnectOptions options = new MqttConnectOptions();
      options.setUserName("meter-1");
      options.setPassword("secret-1".toCharArray());
      options.setMaxInflight(IN_FLIGHT);
      device.connect(options).waitForCompletion(60_000);
      Semaphore window = new Semaphore(IN_FLIGHT - 1);
      while (device.isConnected()) {
        if (window.tryAcquire(100, TimeUnit.MILLISECONDS)) {
          publish(device, window);
        }
      }
      device.close(true);
    } catch (MqttException e) {
      assertThat(e.getReasonCode()).as("the kill ends the connection").isNotZero();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void publish(MqttAsyncClient device, Semaphore window) throws MqttException {
    long n = next.incrementAndGet();
    MqttMessage message = new MqttMessage(("{\"n\":" + n + "}").getBytes(StandardCharsets.UTF_8));
    message.setQos(1);
    device.publish(
        "telemetry",
        message,
        null,
        new IMqttActionListener() {
          @Override
          public void onSuccess(IMqttToken token) {
            acknowledged.add(n);
            window.release();
          }

          @Override
          public void onFailure(IMqttToken token, Throwable cause) {
            window.release();
          }
        });
  }
}
