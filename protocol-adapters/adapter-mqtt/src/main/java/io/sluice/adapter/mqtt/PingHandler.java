package io.sluice.adapter.mqtt;

import io.netty.handler.codec.mqtt.MqttMessage;

/** PINGREQ: the device is alive, though it has nothing to say. */
// a write that fails closes the channel: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
final class PingHandler {
  private PingHandler() {}

  static void pinged(Connection connection) {
    Session session = connection.session;
    if (session != null) {
      connection.gateway.seen(session.device, connection.peer);
    }
    connection.channel.writeAndFlush(MqttMessage.PINGRESP, connection.channel.voidPromise());
  }
}
