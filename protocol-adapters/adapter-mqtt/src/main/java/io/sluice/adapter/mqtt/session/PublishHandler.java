package io.sluice.adapter.mqtt.session;

import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.sluice.api.ContentType;
import io.sluice.api.RejectReason;
import io.sluice.api.Rejection;
import io.sluice.api.adapter.Receipt;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** PUBLISH and PUBREL, and the answers to them. */
// a write that fails closes the channel: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
final class PublishHandler {
  /** Topic aliases that a client may use. */
  static final int TOPIC_ALIAS_MAXIMUM = 16;

  private static final String BROKERS_OWN = "$SYS/";
  private static final String NO_TOPIC = "no topic and no known topic alias";

  static final Rejection UNKNOWN_CONTENT_TYPE =
      new Rejection(
          RejectReason.UNSUPPORTED_CONTENT_TYPE,
          "unknown content type or charset; use UTF-8 and application/json, application/cbor,"
              + " application/senml+json, application/senml+cbor, text/plain or"
              + " application/octet-stream");

  /** [MQTT-3.3.2-4] and what follows it. */
  private static final Rejection NO_TEXT =
      new Rejection(
          RejectReason.PAYLOAD_INVALID,
          "the payload format indicator says UTF-8 and the payload is not; leave the indicator out");

  private final Connection connection;
  private String @Nullable [] aliases;

  PublishHandler(Connection connection) {
    this.connection = connection;
  }

  void publish(MqttPublishMessage packet) {
    if (connection.consumer != null) {
      connection.gateway.meters().refused(connection.peer, RejectReason.NOT_AUTHORIZED);
      connection.fail((byte) 0x87, "a consumer may not publish");
      return;
    }
    int qos = packet.fixedHeader().qosLevel().value();
    int packetId = qos > 0 ? packet.variableHeader().packetId() : 0;
    String topic = topic(packet);
    Session session = connection.session;
    if (topic == null || session == null) {
      return;
    }
    boolean isNotice = isOfBroker(topic) || clearsTopic(packet);
    if (qos == 2 && (connection.isPassing() || duplicate(session, packetId))) {
      return;
    }
    ContentType contentType = contentType(packet.variableHeader().properties());
    Publication publication =
        new Publication(
            connection,
            session.device,
            qos,
            packetId,
            topic,
            contentType == null ? ContentType.UNSPECIFIED : contentType,
            ByteBufUtil.getBytes(packet.payload()),
            connection.classOf(topic),
            false,
            rejection(contentType, packet));
    if (isNotice) {
      connection.gateway.sessions().seen(session.device, connection.peer);
      connection.window.acknowledge(publication);
    } else if (qos == 1 && isStored(session, publication, packet.fixedHeader().isDup())) {
      connection.window.acknowledge(publication);
    } else {
      connection.window.offer(publication);
    }
  }

  /**
   * The same of a message that has nothing but topic and payload.
   *
   * @param packetId 0 where its QoS is 0
   */
  void plain(String topic, int packetId, byte[] payload) {
    Session session = connection.session;
    if (session == null) {
      return;
    }
    if (topic.isEmpty()) {
      connection.fail((byte) 0x82, NO_TOPIC);
      return;
    }
    int qos = packetId == 0 ? 0 : 1;
    Publication publication =
        new Publication(
            connection,
            session.device,
            qos,
            packetId,
            topic,
            ContentType.UNSPECIFIED,
            payload,
            connection.classOf(topic),
            false,
            null);
    if (qos == 1 && !session.unacknowledged.isEmpty()) {
      session.unacknowledged.remove(packetId); // this one takes its place
    }
    if (isOfBroker(topic)) {
      connection.gateway.sessions().seen(session.device, connection.peer);
      connection.window.acknowledge(publication);
    } else {
      connection.window.offer(publication);
    }
  }

  /** What brokers say of themselves, and a Mosquitto bridge of its connection. */
  static boolean isOfBroker(String topic) {
    return topic.startsWith(BROKERS_OWN);
  }

  /** An empty retained message takes a retained one away [MQTT-3.3.1-6]: here there is none. */
  private static boolean clearsTopic(MqttPublishMessage packet) {
    return packet.fixedHeader().isRetain() && !packet.payload().isReadable();
  }

  /**
   * True where the former connection of the session has stored this very message and could not say
   * so [MQTT-4.4.0-1]. A message of the same packet id that is no repetition takes its place.
   */
  private static boolean isStored(Session session, Publication publication, boolean isDup) {
    Long stored =
        session.unacknowledged.isEmpty()
            ? null
            : session.unacknowledged.remove(publication.packetId);
    return isDup && stored != null && stored == publication.digest();
  }

  private static @Nullable Rejection rejection(
      @Nullable ContentType contentType, MqttPublishMessage packet) {
    if (contentType == null) {
      return UNKNOWN_CONTENT_TYPE;
    }
    return validText(packet) ? null : NO_TEXT;
  }

  /** True where this QoS 2 message was seen before and must not be stored again [MQTT-4.3.3-10]. */
  private boolean duplicate(Session session, int packetId) {
    if (session.unreleased.contains(packetId)) {
      connection.reply(MqttMessageType.PUBREC, packetId, 0, null);
      return true;
    }
    if (session.unreleased.size() >= connection.settings.receiveMaximum()) {
      connection.fail((byte) 0x93, "receive maximum exceeded");
      return true;
    }
    return connection.window.isPending(packetId);
  }

  void release(int packetId) {
    Session session = connection.session;
    boolean known = session != null && session.unreleased.remove(packetId);
    connection.reply(MqttMessageType.PUBCOMP, packetId, known ? 0 : 0x92, null);
  }

  private @Nullable String topic(MqttPublishMessage packet) {
    String topic = packet.variableHeader().topicName();
    MqttProperties.MqttProperty<?> property =
        connection.v5
            ? packet.variableHeader().properties().getProperty(MqttProperties.TOPIC_ALIAS)
            : null;
    int alias = property == null ? -1 : ((Number) property.value()).intValue();
    if (alias == 0 || alias > TOPIC_ALIAS_MAXIMUM) {
      connection.fail((byte) 0x94, "topic alias invalid"); // [MQTT-3.3.2-8], [MQTT-3.3.2-9]
      return null;
    }
    if (topic.isEmpty()) {
      String known = alias > 0 && aliases != null ? aliases[alias] : null;
      if (known == null) {
        connection.fail((byte) 0x82, NO_TOPIC);
      }
      return known;
    }
    if (alias > 0) {
      if (aliases == null) {
        aliases = new String[TOPIC_ALIAS_MAXIMUM + 1];
      }
      aliases[alias] = topic;
    }
    return topic;
  }

  /** The content type that the properties name, null where it is none of ours. */
  static @Nullable ContentType contentType(MqttProperties properties) {
    MqttProperties.MqttProperty<?> property = properties.getProperty(MqttProperties.CONTENT_TYPE);
    if (property == null) {
      return ContentType.UNSPECIFIED;
    }
    String mediaType = (String) property.value();
    ContentType type = ContentType.ofMediaType(mediaType);
    return type == null || mediaType.indexOf(';') < 0 || isUtf8(mediaType) ? type : null;
  }

  private static boolean isUtf8(String mediaType) {
    String charset = ContentType.charsetOf(mediaType);
    return charset == null || charset.equals("utf-8") || charset.equals("us-ascii");
  }

  private static boolean validText(MqttPublishMessage packet) {
    MqttProperties.MqttProperty<?> indicator =
        packet.variableHeader().properties().getProperty(MqttProperties.PAYLOAD_FORMAT_INDICATOR);
    return indicator == null
        || ((Number) indicator.value()).intValue() != 1
        || ByteBufUtil.isText(packet.payload(), StandardCharsets.UTF_8);
  }

  /** Whether the message is done with: it is acknowledged, and need not come again. */
  boolean isPositive(Publication publication) {
    return publication.receipt instanceof Receipt.Stored
        || (!connection.v5
            && publication.receipt instanceof Receipt.Rejected rejected
            && rejected.reason() != RejectReason.NOT_AUTHORIZED);
  }

  /** Notes a verdict; true where the answer is a plain four-byte acknowledgement. */
  boolean decided(Publication publication) {
    boolean positive = isPositive(publication);
    Session session = connection.session;
    if (positive && publication.qos == 2 && session != null) {
      session.unreleased.add(publication.packetId);
    }
    return positive && publication.qos > 0 && notice(publication) == null;
  }

  /** What the sender is told of fields of a stored message, where its protocol has a place. */
  private @Nullable String notice(Publication publication) {
    return connection.v5
            && connection.problemInformation
            && publication.receipt instanceof Receipt.Stored stored
        ? stored.notice()
        : null;
  }

  /** The PUBACK of a message could not be sent: the next connection's may not store it again. */
  void unanswered(Publication publication) {
    Session session = connection.session;
    if (session != null && publication.qos == 1 && isPositive(publication)) {
      session.unacknowledged(publication);
    }
  }

  /** Answers what {@link #decided} left: refusals, notices, and QoS 0, which has no answer. */
  void refuse(Publication publication) {
    if (connection.failed()) {
      return;
    }
    if (publication.receipt instanceof Receipt.Limited limited) {
      connection.reply(answer(publication.qos), publication.packetId, 0x97, limited.detail());
      return;
    }
    if (!(publication.receipt instanceof Receipt.Rejected rejected)) {
      if (publication.qos > 0) {
        connection.reply(answer(publication.qos), publication.packetId, 0, notice(publication));
      }
      return;
    }
    if (connection.v5 && publication.qos > 0) {
      int reason = reason(rejected.reason());
      connection.reply(answer(publication.qos), publication.packetId, reason, rejected.detail());
    } else if (rejected.reason() == RejectReason.NOT_AUTHORIZED) {
      connection.fail((byte) 0x87, rejected.detail());
    }
  }

  private static MqttMessageType answer(int qos) {
    return qos == 1 ? MqttMessageType.PUBACK : MqttMessageType.PUBREC;
  }

  private static int reason(RejectReason reason) {
    return switch (reason) {
      case NOT_AUTHENTICATED, NOT_AUTHORIZED, UNKNOWN_CHILD -> 0x87;
      case UNMAPPED_TOPIC -> 0x90;
      case QUOTA, OVERLOAD, TOO_LARGE, UPSTREAM_REFUSED -> 0x97;
      case PAYLOAD_INVALID, UNSUPPORTED_CONTENT_TYPE -> 0x99;
      case PROTOCOL_ERROR, INTERNAL -> 0x83;
    };
  }
}
