package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.paho.client.mqttv3.IMqttActionListener;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The plug is pulled ten times under load: what was acknowledged is at the far end or queued. */
class KillNineIT {
  private static final int KILLS = 10;
  private static final int ACKNOWLEDGED_BEFORE_KILL = 2_000;
  private static final int IN_FLIGHT = 100;

  @TempDir Path directory;

  private final AtomicLong next = new AtomicLong();
  private final Set<Long> acknowledged = new ConcurrentSkipListSet<>();

  @Test
  void whatWasAcknowledgedSurvivesTenKills() throws Exception {
    Setup setup = new Setup(directory);
    Path config = setup.config();
    for (int kill = 0; kill < KILLS; kill++) {
      GatewayProcess gateway = GatewayProcess.start(config);
      int target = acknowledged.size() + ACKNOWLEDGED_BEFORE_KILL;
      Thread load = Thread.ofVirtual().start(() -> publishUntilTheConnectionBreaks(gateway));
      await().pollInterval(Duration.ofMillis(5)).until(() -> acknowledged.size() >= target);
      gateway.kill();
      load.join();
    }
    try (GatewayProcess gateway = GatewayProcess.start(config)) {
      await().until(() -> queued(gateway) == 0);
      List<Long> arrived = setup.archive().values("n");
      Set<Long> distinct = new HashSet<>(arrived);
      assertThat(distinct).containsAll(acknowledged);
      // Published once each and never resent: an id stands for one acceptance.
      assertThat(arrived).doesNotHaveDuplicates();
      assertThat(gateway.get("/api/v1/ledger").get("balances").booleanValue()).isTrue();
    }
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
      device.connect(options).waitForCompletion(10_000);
      java.util.concurrent.Semaphore window = new java.util.concurrent.Semaphore(IN_FLIGHT - 1);
      while (device.isConnected()) {
        if (window.tryAcquire(100, java.util.concurrent.TimeUnit.MILLISECONDS)) {
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

  private void publish(MqttAsyncClient device, java.util.concurrent.Semaphore window)
      throws MqttException {
    long n = next.incrementAndGet();
    MqttMessage message =
        new MqttMessage(("{\"n\":" + n + "}").getBytes(java.nio.charset.StandardCharsets.UTF_8));
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
