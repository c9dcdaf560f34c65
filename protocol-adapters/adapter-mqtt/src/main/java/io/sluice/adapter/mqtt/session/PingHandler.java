package io.sluice.adapter.mqtt.session;

import io.netty.handler.codec.mqtt.MqttMessage;

/** PINGREQ: the device is alive, though it has nothing to say. */
final class PingHandler {
  private PingHandler() {}

  static void pinged(Connection connection) {
    Session session = connection.session;
    if (session != null) {
      connection.gateway.sessions().seen(session.device, connection.peer);
    }
    connection.send(MqttMessage.PINGRESP);
  }
}
