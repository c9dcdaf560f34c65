package io.sluice.app.containers;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/**
 * Subscribes to everything, in a session that the broker keeps while this is not connected. A
 * connection that is lost is replaced by a new client's: Paho's own attempts have no time-out for
 * CONNACK, and end where the broker hangs and closes in the middle of one.
 */
final class MqttFarEnd implements AutoCloseable, MqttCallback {
  private static final String PROBE = "sluice/probe";
  private static final long LOOK_MILLIS = 500;
  private static final int ANSWER_SECONDS = 5;

  final Arrived arrived = new Arrived("Mosquitto");
  private final AtomicInteger probes = new AtomicInteger();
  private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor();
  private final String server;
  private volatile MqttClient client;
  private volatile String trouble = "none";

  MqttFarEnd(int port) throws MqttException {
    server = "tcp://127.0.0.1:" + port;
    client = connect();
    var _ =
        looks.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private MqttClient connect() throws MqttException {
    MqttClient made = new MqttClient(server, "far-end", new MemoryPersistence());
    try {
      made.setCallback(this);
      made.setTimeToWait(Duration.ofSeconds(ANSWER_SECONDS).toMillis());
      MqttConnectOptions options = new MqttConnectOptions();
      options.setCleanSession(false);
      options.setConnectionTimeout(ANSWER_SECONDS);
      options.setKeepAliveInterval(2);
      made.connect(options);
      made.subscribe("sluice/#", 1);
      return made;
    } catch (MqttException e) {
      abandon(made);
      throw e;
    }
  }

  private void look() {
    MqttClient lost = client;
    if (lost.isConnected()) {
      return;
    }
    try {
      client = connect();
      trouble = "none";
      abandon(lost);
    } catch (MqttException | RuntimeException e) { // Paho throws both; a look must not be the last
      trouble = e.toString();
    }
  }

  private void abandon(MqttClient which) {
    try {
      which.disconnectForcibly(0, 1, false);
      which.close(true);
    } catch (MqttException e) {
      trouble = e.toString();
    }
  }

  /** There and back: what the broker was told before has been done. */
  void roundTrip() throws MqttException {
    int before = probes.get();
    client.publish(PROBE, new byte[0], 1, false);
    await().atMost(Duration.ofSeconds(60)).until(() -> probes.get() > before);
  }

  boolean isConnected() {
    return client.isConnected();
  }

  /** For a failure's text. */
  @Override
  public String toString() {
    return "far end of Mosquitto, last trouble: " + trouble;
  }

  @Override
  public void messageArrived(String topic, MqttMessage message) {
    if (topic.equals(PROBE)) {
      probes.incrementAndGet();
    } else {
      arrived.add(message.getPayload());
    }
  }

  @Override
  public void connectionLost(Throwable cause) {
    trouble = String.valueOf(cause);
  }

  @Override
  public void deliveryComplete(IMqttDeliveryToken token) {
    // of probes: their coming back is what counts
  }

  @Override
  public void close() throws MqttException {
    looks.close(); // after a look under way, so that no client is left behind
    abandon(client);
  }
}
