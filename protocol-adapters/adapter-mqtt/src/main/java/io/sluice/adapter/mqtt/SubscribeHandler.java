package io.sluice.adapter.mqtt;

import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;

/** SUBSCRIBE, UNSUBSCRIBE, and the acknowledgements of commands. */
// a write that fails closes the channel: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
final class SubscribeHandler {
  private SubscribeHandler() {}

  static void subscribe(Connection connection, MqttSubscribeMessage packet) {
    Session session = connection.session;
    CommandLink commands = connection.commands;
    if (session == null || commands == null) {
      return;
    }
    MqttMessageBuilders.SubAckBuilder answer =
        MqttMessageBuilders.subAck().packetId(packet.variableHeader().messageId());
    for (MqttTopicSubscription wish : packet.payload().topicSubscriptions()) {
      String filter = wish.topicFilter();
      boolean room =
          session.subscriptions.containsKey(filter)
              || session.subscriptions.size() < connection.settings.maxSubscriptions();
      if (Session.mayContain(filter) && room) {
        int qos = Math.min(1, wish.qualityOfService().value());
        session.subscriptions.put(filter, qos);
        answer.addGrantedQos(MqttQoS.valueOf(qos));
      } else {
        answer.addGrantedQos(MqttQoS.FAILURE); // 0x80: 3.1.1 and 5 alike
      }
    }
    connection.channel.writeAndFlush(answer.build(), connection.channel.voidPromise());
    commands.subscribed();
  }

  static void unsubscribe(Connection connection, MqttUnsubscribeMessage packet) {
    Session session = connection.session;
    if (session == null) {
      return;
    }
    Short[] reasons = new Short[packet.payload().topics().size()];
    for (int i = 0; i < reasons.length; i++) {
      boolean had = session.subscriptions.remove(packet.payload().topics().get(i)) != null;
      reasons[i] = had ? (short) 0 : (short) 0x11;
    }
    connection.channel.writeAndFlush(
        MqttMessageBuilders.unsubAck()
            .packetId(packet.variableHeader().messageId())
            .addReasonCodes(reasons)
            .build(),
        connection.channel.voidPromise());
  }

  static void commandAcknowledged(Connection connection, int packetId) {
    if (connection.commands != null) {
      connection.commands.acknowledged(packetId);
    }
  }
}
