package io.sluice.adapter.mqtt.session;

import io.netty.handler.codec.mqtt.MqttConnectPayload;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.util.concurrent.ScheduledFuture;
import io.sluice.adapter.mqtt.packet.Packets;
import io.sluice.api.ContentType;
import io.sluice.api.MessageClass;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Admission;
import io.sluice.api.health.Guarded;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A will that is to be published: at once, or when its delay has passed and the session has not
 * been taken up again [MQTT-3.1.3-9]. Published once at the most. Where the spool takes nothing it
 * is offered again for {@value #PATIENCE_SECONDS} s, then dropped and counted as overload.
 */
final class Will {
  private static final Logger LOG = LoggerFactory.getLogger(Will.class);
  private static final int PATIENCE_SECONDS = 60;

  /** From when it is published on, one that arrives then: that is when its device was gone. */
  private volatile Publication publication;

  private final Admission.Admitted admitted;
  private final long delaySeconds;
  private final AtomicBoolean decided = new AtomicBoolean();
  private volatile @Nullable ScheduledFuture<?> timer;
  private volatile long givenUpNanos;

  /**
   * @param admitted by what the session stood that left it
   * @param delaySeconds the Will Delay Interval, MQTT 5 section 3.1.3.2.2
   */
  private Will(Publication publication, Admission.Admitted admitted, long delaySeconds) {
    this.publication = publication;
    this.admitted = admitted;
    this.delaySeconds = delaySeconds;
  }

  /** The will of a CONNECT; null where it has none, or one that says nothing. */
  static @Nullable Will of(
      Connection connection,
      Admission.Admitted admitted,
      MqttConnectVariableHeader header,
      MqttConnectPayload payload) {
    String topic = payload.willTopic();
    byte[] message = payload.willMessageInBytes();
    boolean isNothing =
        !header.isWillFlag()
            || PublishHandler.isOfBroker(topic)
            || (header.isWillRetain() && message.length == 0); // as of PUBLISH: section 3.3.1.3
    if (isNothing) {
      return null;
    }
    MessageClass messageClass =
        switch (topic.split("/", 2)[0]) {
          case "alarm" -> MessageClass.ALARM;
          case "state" -> MessageClass.STATE;
          default -> MessageClass.EVENT;
        };
    MqttProperties properties = payload.willProperties();
    ContentType contentType = PublishHandler.contentType(properties);
    Publication publication =
        new Publication(
            connection,
            admitted.device().id(),
            0,
            0,
            topic,
            contentType == null ? ContentType.UNSPECIFIED : contentType,
            message,
            messageClass,
            true,
            contentType == null ? PublishHandler.UNKNOWN_CONTENT_TYPE : null);
    return new Will(
        publication,
        admitted,
        Packets.number(properties, MqttProperties.WILL_DELAY_INTERVAL, 0) & 0xFFFFFFFFL);
  }

  /** The class of what is published on its topic, null of any other topic. */
  @Nullable MessageClass classOf(String topic) {
    return topic.equals(publication.topic()) ? publication.messageClass() : null;
  }

  /** The connection has ended without DISCONNECT. Confined to the event loop. */
  void due(Session session, boolean sleeps) {
    long seconds = Math.min(delaySeconds, session.expirySeconds);
    if (sleeps && seconds > 0) {
      session.delayedWill = this;
      timer =
          publication
              .connection
              .sink()
              .loop()
              .schedule(Guarded.task("mqtt-will", this::publish), seconds, TimeUnit.SECONDS);
    } else {
      publish();
    }
  }

  /** The device is back in its session. Thread-safe. */
  void cancel() {
    decided.set(true);
    stopTimer();
  }

  /** Publishes now, unless it was published or cancelled. Thread-safe. */
  void publish() {
    if (decided.compareAndSet(false, true)) {
      stopTimer();
      publication = publication.anew();
      givenUpNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      offer();
    }
  }

  /** Nothing goes out in the name of a device whose credentials were taken away meanwhile. */
  private void offer() {
    Connection connection = publication.connection;
    if (connection.gateway.access().isCurrent(admitted)) {
      connection.offer(publication);
    } else {
      connection.gateway.meters().refused(connection.peer, RejectReason.NOT_AUTHENTICATED);
      LOG.info(
          "mqtt: the will of {} is dropped: its credentials have changed, or it is gone",
          publication.device());
    }
  }

  private void stopTimer() {
    ScheduledFuture<?> running = timer;
    if (running != null) {
      running.cancel(false);
    }
  }

  /** The gateway could not take it. Confined to the event loop. */
  void busy(long retryAfterMillis) {
    Connection connection = publication.connection;
    if (System.nanoTime() - givenUpNanos < 0 && !connection.sink().loop().isShuttingDown()) {
      var _ =
          connection
              .sink()
              .loop()
              .schedule(
                  Guarded.task("mqtt-will", this::offer),
                  Math.max(1, retryAfterMillis),
                  TimeUnit.MILLISECONDS);
    } else {
      connection.gateway.meters().refused(connection.peer, RejectReason.OVERLOAD);
      LOG.warn(
          "mqtt: the will of {} found no room in the spool for {} s and is dropped",
          publication.device(),
          PATIENCE_SECONDS);
    }
  }
}
