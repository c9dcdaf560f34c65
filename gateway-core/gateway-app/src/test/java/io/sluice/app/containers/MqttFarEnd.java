package io.sluice.app.containers;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** Subscribes to everything, in a session that the broker keeps while this is not connected. */
final class MqttFarEnd implements AutoCloseable, MqttCallback {
  private static final String PROBE = "sluice/probe";

  final Arrived arrived = new Arrived("Mosquitto");
  private final AtomicInteger probes = new AtomicInteger();
  private final MqttClient client;

  MqttFarEnd(int port) throws MqttException {
    client = new MqttClient("tcp://127.0.0.1:" + port, "far-end", new MemoryPersistence());
    client.setCallback(this);
    MqttConnectOptions options = new MqttConnectOptions();
    options.setCleanSession(false);
    options.setAutomaticReconnect(true);
    options.setMaxReconnectDelay(1_000);
    options.setKeepAliveInterval(2);
    client.connect(options);
    client.subscribe("sluice/#", 1);
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
    System.Logger log = System.getLogger(MqttFarEnd.class.getName());
    log.log(System.Logger.Level.DEBUG, "connection lost; Paho reconnects", cause);
  }

  @Override
  public void deliveryComplete(IMqttDeliveryToken token) {
    // of probes: their coming back is what counts
  }

  @Override
  public void close() throws MqttException {
    if (client.isConnected()) {
      client.disconnect();
    }
    client.close(true);
  }
}
