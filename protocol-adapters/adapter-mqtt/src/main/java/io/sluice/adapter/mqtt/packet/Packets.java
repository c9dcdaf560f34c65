package io.sluice.adapter.mqtt.packet;

import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Packets that Netty has no builder for. */
public final class Packets {
  /** Fixed header, packet id, reason, property length and the reason string's own header. */
  private static final int REPLY_OVERHEAD = 16;

  /** Identifier and length of one more property that is a text. */
  private static final int STRING_OVERHEAD = 3;

  /**
   * CONNACK in the form of MQTT 3.1.1: unacceptable protocol version. A client of an unknown
   * version gets it too, as the form of its own is unknown [MQTT-3.1.2-2 of 3.1.1].
   */
  public static final MqttMessage CONNACK_WRONG_PROTOCOL =
      MqttMessageBuilders.connAck()
          .returnCode(MqttConnectReturnCode.CONNECTION_REFUSED_UNACCEPTABLE_PROTOCOL_VERSION)
          .build();

  private Packets() {}

  /** CONNACK of MQTT 5 that refuses. */
  public static MqttConnAckMessage connAck(byte reason, MqttProperties properties) {
    return MqttMessageBuilders.connAck()
        .returnCode(MqttConnectReturnCode.valueOf(reason))
        .properties(properties)
        .build();
  }

  /** The bytes of a CONNACK of MQTT 5, at most. */
  public static int bytes(MqttConnAckMessage packet) {
    int bytes = 0;
    for (MqttProperties.MqttProperty<?> property : packet.variableHeader().properties().listAll()) {
      bytes +=
          1
              + switch (property.value()) {
                case String text -> 2 + text.getBytes(StandardCharsets.UTF_8).length;
                default ->
                    switch (property.propertyId()) {
                      case MqttProperties.RECEIVE_MAXIMUM,
                          MqttProperties.TOPIC_ALIAS_MAXIMUM,
                          MqttProperties.SERVER_KEEP_ALIVE ->
                          2;
                      case MqttProperties.MAXIMUM_PACKET_SIZE,
                          MqttProperties.SESSION_EXPIRY_INTERVAL ->
                          4;
                      default -> 1;
                    };
              };
    }
    int lengths = bytes < 120 ? 2 : 4; // of the packet and of its properties
    return 1 + lengths + 2 + bytes;
  }

  /** PUBACK, PUBREC, PUBREL or PUBCOMP of MQTT 5. */
  public static MqttMessage reply(
      MqttMessageType type, int packetId, int reason, MqttProperties properties) {
    return new MqttMessage(
        header(type), new MqttPubReplyMessageVariableHeader(packetId, (byte) reason, properties));
  }

  /** The same of MQTT 3.1.1. */
  public static MqttMessage reply(MqttMessageType type, int packetId) {
    return new MqttMessage(header(type), MqttMessageIdVariableHeader.from(packetId));
  }

  /** DISCONNECT of MQTT 5. */
  public static MqttMessage disconnect(byte reason, MqttProperties properties) {
    return new MqttMessage(
        header(MqttMessageType.DISCONNECT),
        new MqttReasonCodeAndPropertiesVariableHeader(reason, properties));
  }

  /** A reason string, unless the packet grew beyond what the client takes [MQTT-3.4.2-2]. */
  public static MqttProperties reasonString(@Nullable String detail, long maxPacketBytes) {
    MqttProperties properties = new MqttProperties();
    if (detail != null
        && detail.getBytes(StandardCharsets.UTF_8).length + REPLY_OVERHEAD <= maxPacketBytes) {
      properties.add(new MqttProperties.StringProperty(MqttProperties.REASON_STRING, detail));
    }
    return properties;
  }

  /**
   * Where the client may go instead, and why: each unless the packet grew beyond what it takes.
   *
   * @param reference where it may go; null where it is not told
   * @param detail why; null where it is not told
   */
  public static MqttProperties redirection(
      @Nullable String reference, @Nullable String detail, long maxPacketBytes) {
    MqttProperties properties = new MqttProperties();
    long room = maxPacketBytes - REPLY_OVERHEAD;
    if (reference != null) {
      int bytes = reference.getBytes(StandardCharsets.UTF_8).length + STRING_OVERHEAD;
      if (bytes <= room) {
        properties.add(
            new MqttProperties.StringProperty(MqttProperties.SERVER_REFERENCE, reference));
        room -= bytes;
      }
    }
    if (detail != null && detail.getBytes(StandardCharsets.UTF_8).length <= room) {
      properties.add(new MqttProperties.StringProperty(MqttProperties.REASON_STRING, detail));
    }
    return properties;
  }

  public static long number(MqttProperties properties, int id, long otherwise) {
    MqttProperties.MqttProperty<?> property = properties.getProperty(id);
    return property == null ? otherwise : ((Number) property.value()).longValue();
  }

  private static MqttFixedHeader header(MqttMessageType type) {
    MqttQoS flags = type == MqttMessageType.PUBREL ? MqttQoS.AT_LEAST_ONCE : MqttQoS.AT_MOST_ONCE;
    return new MqttFixedHeader(type, false, flags, false, 0);
  }

  /** Whether a DISCONNECT with this reason is to be counted against the peer. */
  public static boolean isPeersFault(byte reason) {
    return switch (reason & 0xFF) {
      case 0x87, 0x8B, 0x8D, 0x8E, 0x98 -> false; // counted by the pipeline, or nobody's fault
      default -> true;
    };
  }
}
