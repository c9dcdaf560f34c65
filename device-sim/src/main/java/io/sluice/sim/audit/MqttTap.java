package io.sluice.sim.audit;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.UUID;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Subscribes at QoS 1 with a session that outlives a broken connection. */
final class MqttTap extends FarEndTap {
  private static final Logger LOG = LoggerFactory.getLogger(MqttTap.class);
  private static final long SESSION_SECONDS = 86_400;

  private final MqttClient client;

  MqttTap(URI broker, String topic, Path directory) throws IOException {
    super(directory);
    try {
      client =
          new MqttClient(
              broker.toString().replaceFirst("^mqtts:", "ssl:").replaceFirst("^mqtt:", "tcp:"),
              "sluice-sim-" + UUID.randomUUID(),
              new MemoryPersistence());
      client.setCallback(new Arrivals());
      MqttConnectionOptions options = new MqttConnectionOptions();
      options.setAutomaticReconnect(true);
      options.setCleanStart(true);
      options.setSessionExpiryInterval(SESSION_SECONDS);
      client.connect(options);
      client.subscribe(topic, 1);
    } catch (MqttException e) {
      throw new IOException(
          "--expect-mqtt " + broker + ": " + e.getMessage() + "; is the broker there?", e);
    }
  }

  private final class Arrivals implements MqttCallback {
    @Override
    public void messageArrived(String topic, MqttMessage message) {
      arrived(message.getPayload());
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {
      LOG.info("the far end's broker is gone; it is tried again");
    }

    @Override
    public void mqttErrorOccurred(MqttException exception) {
      LOG.warn("the far end's broker: {}", exception.getMessage());
    }

    @Override
    public void deliveryComplete(IMqttToken token) {
      // nothing is published here
    }

    @Override
    public void connectComplete(boolean isAgain, String server) {
      // the session has the subscription still
    }

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {
      // no extended authentication
    }
  }

  @Override
  void leave() {
    try {
      if (client.isConnected()) {
        client.disconnect();
      }
      client.close();
    } catch (MqttException e) {
      LOG.debug("the far end's broker was left in the middle: {}", e.getMessage());
    }
  }
}
