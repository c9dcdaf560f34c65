package io.sluice.upstream.mqtt;

import io.sluice.api.config.Secret;
import io.sluice.upstream.CloudEvents;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.MqttReturnCode;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** MQTT 5 by Paho's mqttv5 client. */
final class Paho5Link implements MqttLink, MqttCallback, MqttActionListener {
  private static final Logger LOG = LoggerFactory.getLogger(Paho5Link.class);
  private static final long DISCONNECT_MILLIS = 500;

  /** From here on a reason code means failure (MQTT 5.0, section 2.4). */
  private static final int FIRST_FAILURE = 0x80;

  private final String clientId;
  private final MqttSettings settings;
  private final PublishWindow window;
  private final CountDownLatch connected = new CountDownLatch(1);
  private volatile @Nullable Throwable refusal;
  private @Nullable MqttAsyncClient client;

  Paho5Link(String clientId, MqttSettings settings, PublishWindow window) {
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

  private MqttConnectionOptions options() throws IOException {
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setCleanStart(true);
    options.setAutomaticReconnect(false);
    options.setConnectionTimeout((int) Math.max(1, settings.connectTimeout().toSeconds()));
    options.setKeepAliveInterval((int) settings.keepAlive().toSeconds());
    options.setHttpsHostnameVerificationEnabled(true);
    if (settings.username() != null) {
      options.setUserName(settings.username());
    }
    Secret password = settings.password();
    if (password != null) {
      options.setPassword(password.value().getBytes(StandardCharsets.UTF_8));
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
    CloudEvents event = publication.event();
    if (event != null) {
      message.setProperties(properties(event));
    }
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

  /** CloudEvents 1.0, MQTT protocol binding, section 3.1 (binary mode). */
  private static MqttProperties properties(CloudEvents event) {
    MqttProperties properties = new MqttProperties();
    properties.setUserProperties(
        List.of(
            new UserProperty("specversion", CloudEvents.SPEC_VERSION),
            new UserProperty("id", event.id()),
            new UserProperty("source", event.source()),
            new UserProperty("type", event.type()),
            new UserProperty("time", event.time())));
    return properties;
  }

  @Override
  public void onSuccess(IMqttToken token) {
    if (token.getUserContext() instanceof Publication publication) {
      acknowledged(publication, token.getReasonCodes());
    } else {
      MqttProperties granted = token.getResponseProperties();
      if (granted != null && granted.getReceiveMaximum() != null) {
        window.narrow(granted.getReceiveMaximum());
      }
      connected.countDown();
    }
  }

  private void acknowledged(Publication publication, int @Nullable [] reasonCodes) {
    int reason = reasonCodes == null || reasonCodes.length == 0 ? 0 : reasonCodes[0];
    switch (reason) {
      case MqttReturnCode.RETURN_CODE_TOPIC_NAME_INVALID,
          MqttReturnCode.RETURN_CODE_PAYLOAD_FORMAT_INVALID ->
          window.refused(publication, "broker refused it: reason 0x%02x".formatted(reason));
      default -> {
        if (reason < FIRST_FAILURE) {
          window.acknowledged(publication);
        } else {
          window.fail(
              "broker refused topic %s: reason 0x%02x".formatted(publication.topic(), reason));
        }
      }
    }
  }

  @Override
  public void onFailure(IMqttToken token, Throwable cause) {
    if (token.getUserContext() instanceof Publication publication) {
      int @Nullable [] reasons = token.getReasonCodes();
      if (reasons != null && reasons.length > 0 && reasons[0] >= FIRST_FAILURE) {
        acknowledged(publication, reasons);
      } else {
        window.fail(PahoFaults.text(cause));
      }
    } else {
      refusal = cause;
      connected.countDown();
    }
  }

  @Override
  public void disconnected(MqttDisconnectResponse response) {
    String reason = response.getReasonString();
    window.fail(
        "connection lost: " + (reason == null ? PahoFaults.text(response.getException()) : reason));
  }

  @Override
  public void mqttErrorOccurred(MqttException e) {
    LOG.debug("client of {}: {}", settings.uri(), PahoFaults.text(e));
  }

  @Override
  public void messageArrived(String topic, MqttMessage message) {
    // Nothing is subscribed to.
  }

  @Override
  public void deliveryComplete(IMqttToken token) {
    // The listener of the publication has been told.
  }

  @Override
  public void connectComplete(boolean reconnect, String serverUri) {
    // The listener of the connection has been told.
  }

  @Override
  public void authPacketArrived(int reasonCode, MqttProperties properties) {
    // Enhanced authentication is not asked for.
  }

  @Override
  public void disconnect() {
    MqttAsyncClient from = client;
    client = null;
    if (from == null) {
      return;
    }
    try {
      from.disconnectForcibly(0, DISCONNECT_MILLIS, true);
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
