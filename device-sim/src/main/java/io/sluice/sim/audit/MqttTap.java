package io.sluice.sim.audit;

import io.sluice.sim.net.PahoLog;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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

/**
 * Subscribes at QoS 1 with a session that outlives a broken connection. A connection that is lost
 * is replaced by a new client's: Paho's own attempts have no time-out for CONNACK, and end where
 * the broker hangs and closes in the middle of one.
 */
final class MqttTap extends FarEndTap {
  private static final Logger LOG = LoggerFactory.getLogger(MqttTap.class);
  private static final long SESSION_SECONDS = 86_400;
  private static final long LOOK_MILLIS = 500;
  private static final int ANSWER_SECONDS = 5;
  private static final int KEEP_ALIVE_SECONDS = 10;

  private final String server;
  private final String clientId = "sluice-sim-" + UUID.randomUUID();
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("far-end-look").factory());
  private volatile MqttClient client;

  /** The looks' alone. */
  private boolean isGone;

  MqttTap(URI broker, String topic, Path directory) throws IOException {
    super(directory);
    PahoLog.silence();
    server = broker.toString().replaceFirst("^mqtts:", "ssl:").replaceFirst("^mqtt:", "tcp:");
    try {
      client = subscribed(connect(true), topic);
    } catch (MqttException e) {
      looks.close();
      throw new IOException(
          "--expect-mqtt " + broker + ": " + e.getMessage() + "; is the broker there?", e);
    }
    var _ =
        looks.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static MqttClient subscribed(MqttClient made, String topic) throws MqttException {
    try {
      made.subscribe(topic, 1);
      return made;
    } catch (MqttException e) {
      abandon(made);
      throw e;
    }
  }

  private MqttClient connect(boolean cleanStart) throws MqttException {
    MqttClient made = new MqttClient(server, clientId, new MemoryPersistence());
    try {
      made.setCallback(new Arrivals());
      made.setTimeToWait(TimeUnit.SECONDS.toMillis(ANSWER_SECONDS));
      MqttConnectionOptions options = new MqttConnectionOptions();
      options.setCleanStart(cleanStart);
      options.setSessionExpiryInterval(SESSION_SECONDS);
      options.setConnectionTimeout(ANSWER_SECONDS);
      options.setKeepAliveInterval(KEEP_ALIVE_SECONDS);
      made.connect(options);
      return made;
    } catch (MqttException e) {
      abandon(made);
      throw e;
    }
  }

  /** The broker has us now. */
  boolean isListening() {
    return client.isConnected();
  }

  /** The session has the subscription still. */
  private void look() {
    MqttClient lost = client;
    if (lost.isConnected()) {
      return;
    }
    if (!isGone) {
      isGone = true;
      LOG.info("the far end's broker is gone; it is tried again");
    }
    try {
      client = connect(false);
      isGone = false;
      LOG.info("the far end's broker is back");
      abandon(lost);
    } catch (MqttException e) {
      LOG.debug("the far end's broker: {}", e.getMessage());
    } catch (RuntimeException e) { // the task's top: Paho throws NullPointerException while it ends
      LOG.warn("the far end's broker: {}; it is tried again", e.toString());
    }
  }

  private static void abandon(MqttClient which) {
    try {
      which.disconnectForcibly(0, 1, false);
      which.close(true);
    } catch (MqttException e) {
      LOG.debug("the far end's broker was left in the middle: {}", e.getMessage());
    }
  }

  private final class Arrivals implements MqttCallback {
    @Override
    public void messageArrived(String topic, MqttMessage message) {
      arrived(message.getPayload());
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {
      // the next look sees it, and tells it once
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
    looks.close(); // after a look under way, so that no client is left behind
    try {
      if (client.isConnected()) {
        client.disconnect();
      }
    } catch (MqttException e) {
      LOG.debug("the far end's broker was left in the middle: {}", e.getMessage());
    }
    abandon(client);
  }
}
