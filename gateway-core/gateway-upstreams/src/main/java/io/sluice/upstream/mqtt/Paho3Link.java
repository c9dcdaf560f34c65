package io.sluice.upstream.mqtt;

import io.sluice.api.config.Secret;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttActionListener;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** MQTT 3.1.1 by Paho's mqttv3 client. */
final class Paho3Link implements MqttLink, MqttCallback, IMqttActionListener {
  private static final Logger LOG = LoggerFactory.getLogger(Paho3Link.class);
  private static final long DISCONNECT_MILLIS = 500;

  private final String clientId;
  private final MqttSettings settings;
  private final PublishWindow window;
  private final CountDownLatch connected = new CountDownLatch(1);
  private volatile @Nullable Throwable refusal;
  private @Nullable MqttAsyncClient client;

  Paho3Link(String clientId, MqttSettings settings, PublishWindow window) {
    this.clientId = clientId;
    this.settings = settings;
    this.window = window;
  }

  @Override
  public void connect() throws IOException, InterruptedException {
    String uri = settings.uri().toString();
    try {
      // Records are kept by the spool; persistence in files would be written for each of them.
      MqttAsyncClient made = new MqttAsyncClient(uri, clientId, new MemoryPersistence());
      client = made;
      made.setCallback(this);
      var _ = made.connect(options(), null, this);
    } catch (MqttException e) {
      throw new IOException(uri + ": " + PahoFaults.text(e), e);
    }
    if (!connected.await(settings.connectTimeout().toMillis() + 500, TimeUnit.MILLISECONDS)) {
      throw new IOException(uri + ": no answer within " + settings.connectTimeout());
    }
    Throwable refused = refusal;
    if (refused != null) {
      throw new IOException(uri + ": " + PahoFaults.text(refused), refused);
    }
  }

  private MqttConnectOptions options() throws IOException {
    MqttConnectOptions options = new MqttConnectOptions();
    options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
    options.setCleanSession(true);
    options.setAutomaticReconnect(false);
    options.setConnectionTimeout((int) Math.max(1, settings.connectTimeout().toSeconds()));
    options.setKeepAliveInterval((int) settings.keepAlive().toSeconds());
    options.setMaxInflight(settings.inFlight() + 1);
    options.setHttpsHostnameVerificationEnabled(true);
    if (settings.username() != null) {
      options.setUserName(settings.username());
    }
    Secret password = settings.password();
    if (password != null) {
      options.setPassword(password.value().toCharArray());
    }
    if (settings.uri().getScheme().equals("ssl")) {
      options.setSocketFactory(PemContext.socketFactory(settings.tls()));
    }
    return options;
  }

  @Override
  public void publish(Publication publication) throws IOException {
    MqttMessage message = new MqttMessage(publication.payload());
    message.setQos(settings.qos());
    try {
      MqttAsyncClient to = client;
      if (to == null) {
        throw new IOException("not connected");
      }
      var _ = to.publish(publication.topic(), message, publication, this);
    } catch (IllegalArgumentException e) {
      window.refused(publication, "topic " + publication.topic() + ": " + e.getMessage());
    } catch (MqttException e) {
      throw new IOException(PahoFaults.text(e), e);
    }
  }

  @Override
  public void onSuccess(IMqttToken token) {
    if (token.getUserContext() instanceof Publication publication) {
      window.acknowledged(publication);
    } else {
      connected.countDown();
    }
  }

  @Override
  public void onFailure(IMqttToken token, Throwable cause) {
    if (token.getUserContext() instanceof Publication) {
      window.fail(PahoFaults.text(cause));
    } else {
      refusal = cause;
      connected.countDown();
    }
  }

  @Override
  public void connectionLost(Throwable cause) {
    window.fail("connection lost: " + PahoFaults.text(cause));
  }

  @Override
  public void messageArrived(String topic, MqttMessage message) {
    // Nothing is subscribed to.
  }

  @Override
  public void deliveryComplete(IMqttDeliveryToken token) {
    // The listener of the publication has been told.
  }

  @Override
  public void disconnect() {
    MqttAsyncClient from = client;
    client = null;
    if (from == null) {
      return;
    }
    try {
      from.disconnectForcibly(0, DISCONNECT_MILLIS);
    } catch (MqttException e) {
      LOG.debug("disconnecting from {}: {}", settings.uri(), PahoFaults.text(e));
    }
    try {
      from.close(true);
    } catch (MqttException e) {
      LOG.debug("closing the client of {}: {}", settings.uri(), PahoFaults.text(e));
    }
  }
}
