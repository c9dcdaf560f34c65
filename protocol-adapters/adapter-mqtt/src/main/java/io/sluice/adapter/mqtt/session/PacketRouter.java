package io.sluice.adapter.mqtt.session;

import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;

/** Gives each packet to the handler of its type. Confined to the event loop. */
final class PacketRouter {
  private PacketRouter() {}

  static void dispatch(Connection connection, MqttMessage packet) {
    switch (packet.fixedHeader().messageType()) {
      case CONNECT -> connection.connect((MqttConnectMessage) packet);
      case PUBLISH -> connection.publishing.publish((MqttPublishMessage) packet);
      case PUBREL -> connection.publishing.release(id(packet));
      case PUBACK -> SubscribeHandler.commandAnswered(connection, id(packet), reason(packet));
      case PUBREC -> unknownReceived(connection, packet);
      case PUBCOMP -> {
        // answers nothing: this side sends no message of QoS 2
      }
      case SUBSCRIBE -> SubscribeHandler.subscribe(connection, (MqttSubscribeMessage) packet);
      case UNSUBSCRIBE -> SubscribeHandler.unsubscribe(connection, (MqttUnsubscribeMessage) packet);
      case PINGREQ -> PingHandler.pinged(connection);
      case DISCONNECT -> DisconnectHandler.disconnected(connection, packet);
      case AUTH -> connection.fail((byte) 0x8C, "extended authentication is not offered");
      default -> connection.fail((byte) 0x82, "unexpected packet");
    }
  }

  /** PUBREC that answers nothing, as this side sends no message of QoS 2: section 4.3.3. */
  private static void unknownReceived(Connection connection, MqttMessage packet) {
    boolean isRefusal =
        packet.variableHeader() instanceof MqttPubReplyMessageVariableHeader header
            && header.reasonCode() < 0; // 0x80 and above
    if (!isRefusal) {
      connection.reply(MqttMessageType.PUBREL, id(packet), 0x92, null);
    }
  }

  private static int id(MqttMessage packet) {
    return ((MqttMessageIdVariableHeader) packet.variableHeader()).messageId();
  }

  /** The reason code of an answer; 0 where it has none (MQTT 3.1.1, and 5 where all is well). */
  private static int reason(MqttMessage packet) {
    return packet.variableHeader() instanceof MqttPubReplyMessageVariableHeader reply
        ? reply.reasonCode() & 0xFF
        : 0;
  }
}
