package io.sluice.app.containers;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.paho.client.mqttv3.IMqttActionListener;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** What a device sent, each number once and never again, and which of it was acknowledged. */
final class Sent {
  private static final int IN_FLIGHT = 100;

  private final int port;
  private final AtomicLong next = new AtomicLong();
  private final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();

  Sent(int port) {
    this.port = port;
  }

  Set<Long> acknowledged() {
    return Set.copyOf(acknowledged);
  }

  /** The number sent last. */
  long last() {
    return next.get();
  }

  int acknowledgedCount() {
    return acknowledged.size();
  }

  /** Publishes on a connection that must hold, and waits for every acknowledgement. */
  void publish(String topic, int count) throws MqttException, InterruptedException {
    long before = acknowledged.size();
    MqttAsyncClient device = connect();
    Semaphore window = new Semaphore(IN_FLIGHT);
    for (int n = 0; n < count; n++) {
      acquire(window, 1);
      publish(device, topic, window);
    }
    acquire(window, IN_FLIGHT);
    device.disconnect().waitForCompletion(60_000);
    device.close();
    if (acknowledged.size() != before + count) {
      throw new AssertionError(acknowledged.size() - before + " of " + count + " acknowledged");
    }
  }

  private static void acquire(Semaphore window, int places) throws InterruptedException {
    if (!window.tryAcquire(places, 60, TimeUnit.SECONDS)) {
      throw new AssertionError("no acknowledgement for 60 s");
    }
  }

  /** Publishes until the gateway is gone. */
  void publishUntilTheConnectionBreaks() throws MqttException, InterruptedException {
    MqttAsyncClient device = connect();
    Semaphore window = new Semaphore(IN_FLIGHT);
    while (device.isConnected()) {
      if (window.tryAcquire(100, TimeUnit.MILLISECONDS)) {
        try {
          publish(device, "telemetry", window);
        } catch (MqttException e) {
          break; // it went away between the question and the message
        }
      }
    }
    device.close(true);
  }

  private MqttAsyncClient connect() throws MqttException {
    MqttAsyncClient device =
        new MqttAsyncClient("tcp://127.0.0.1:" + port, "gas-1", new MemoryPersistence());
    MqttConnectOptions options = new MqttConnectOptions();
    options.setUserName("gas-1");
    options.setPassword(Site.PASSWORD.toCharArray());
    // Paho wakes a publisher before it counts its message out of the window
    options.setMaxInflight(2 * IN_FLIGHT);
    device.connect(options).waitForCompletion(60_000);
    return device;
  }

  private void publish(MqttAsyncClient device, String topic, Semaphore window)
      throws MqttException {
    long n = next.incrementAndGet();
    MqttMessage message =
        new MqttMessage(("{\"gas\":1,\"serial\":" + n + "}").getBytes(StandardCharsets.UTF_8));
    message.setQos(1);
    device.publish(
        topic,
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
