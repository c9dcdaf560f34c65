package io.sluice.adapter.mqtt.session;

import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.sluice.adapter.mqtt.packet.Packets;

/** DISCONNECT: the client goes, with its will or without. */
// a close that fails leaves a channel that is closed: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
final class DisconnectHandler {
  /** Disconnect with Will Message: section 3.14.2.1. */
  private static final int WITH_WILL = 4;

  private DisconnectHandler() {}

  static void disconnected(Connection connection, MqttMessage packet) {
    int reason = 0;
    if (packet.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header) {
      reason = header.reasonCode();
      if (!expiry(connection, header.properties())) {
        return;
      }
    }
    if (reason != WITH_WILL) {
      connection.will = null; // [MQTT-3.14.4-3]
    }
    connection.halt();
    connection.channel.close();
  }

  /** DISCONNECT may change the session expiry, but not from zero [MQTT-3.14.2-2]. */
  private static boolean expiry(Connection connection, MqttProperties properties) {
    long asked = Packets.number(properties, MqttProperties.SESSION_EXPIRY_INTERVAL, -1);
    Session own = connection.session;
    if (own == null || properties.getProperty(MqttProperties.SESSION_EXPIRY_INTERVAL) == null) {
      return true;
    }
    if (own.expirySeconds == 0 && asked != 0) {
      return connection.fail((byte) 0x82, "session expiry was 0 in CONNECT");
    }
    own.expirySeconds =
        Math.min(asked & 0xFFFFFFFFL, connection.settings.sessionExpiryMax().toSeconds());
    return true;
  }
}
