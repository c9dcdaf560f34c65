package io.sluice.adapter.mqtt.session;

import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessageIdAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttSubAckPayload;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubAckMessage;
import io.netty.handler.codec.mqtt.MqttUnsubAckPayload;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.sluice.api.Limit;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Awaited;
import java.util.List;

/** SUBSCRIBE, UNSUBSCRIBE, and the acknowledgements of commands. */
// a write that fails closes the channel: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
final class SubscribeHandler {
  private static final int REFUSED_311 = 0x80;

  private SubscribeHandler() {}

  private static MqttFixedHeader header(MqttMessageType type) {
    return new MqttFixedHeader(type, false, MqttQoS.AT_MOST_ONCE, false, 0);
  }

  static void subscribe(Connection connection, MqttSubscribeMessage packet) {
    Subscriber subscriber = connection.subscriber();
    if (subscriber == null) {
      return;
    }
    MqttProperties asked = packet.idAndPropertiesVariableHeader().properties();
    if (asked.getProperty(MqttProperties.SUBSCRIPTION_IDENTIFIER) != null) {
      // section 3.2.2.3.12
      connection.fail((byte) 0xA1, "SUBSCRIBE: subscription identifiers are not supported");
      return;
    }
    List<MqttTopicSubscription> wishes = packet.payload().topicSubscriptions();
    int[] answers = new int[wishes.size()];
    boolean isRefused = false;
    boolean isTooMany = false;
    try {
      for (int i = 0; i < answers.length; i++) {
        answers[i] = answer(connection, subscriber, wishes.get(i));
        isRefused |= answers[i] >= REFUSED_311;
        isTooMany |= isRefused && isFull(connection, subscriber);
      }
    } catch (Awaited dialects) {
      connection.await(dialects.ready(), packet); // those granted are granted once more
      return;
    }
    if (isTooMany) {
      connection.gateway.meters().limited(connection.peer, Limit.SUBSCRIPTIONS);
    }
    if (isRefused) {
      connection
          .gateway
          .meters()
          .refused(connection.peer, isTooMany ? RejectReason.QUOTA : RejectReason.NOT_AUTHORIZED);
    }
    MqttProperties properties =
        connection.v5 && isRefused
            ? connection.reasonString(
                isTooMany
                    ? "at most " + connection.settings.maxSubscriptions() + " subscriptions"
                    : subscriber.rule())
            : MqttProperties.NO_PROPERTIES;
    connection.send(
        new MqttSubAckMessage(
            header(MqttMessageType.SUBACK),
            new MqttMessageIdAndPropertiesVariableHeader(
                packet.variableHeader().messageId(), properties),
            new MqttSubAckPayload(answers)));
    subscriber.subscribed();
    for (int i = 0; i < answers.length; i++) {
      if (answers[i] < REFUSED_311) {
        subscriber.granted(wishes.get(i).topicFilter()); // [MQTT-3.3.1-6], [MQTT-3.8.4-3]
      }
    }
  }

  /** The granted QoS, or why not (MQTT 5 section 3.9.3). */
  private static int answer(
      Connection connection, Subscriber subscriber, MqttTopicSubscription wish) {
    String filter = wish.topicFilter();
    boolean room =
        subscriber.subscriptions().containsKey(filter) || !isFull(connection, subscriber);
    if (room && subscriber.maySubscribe(filter)) {
      int qos = Math.min(subscriber.maxQos(), wish.qualityOfService().value());
      subscriber.subscriptions().put(filter, qos);
      return qos;
    }
    if (!connection.v5) {
      return REFUSED_311;
    }
    if (filter.startsWith("$share/")) {
      return 0x9E;
    }
    return room ? 0x87 : 0x97;
  }

  private static boolean isFull(Connection connection, Subscriber subscriber) {
    return subscriber.subscriptions().size() >= connection.settings.maxSubscriptions();
  }

  static void unsubscribe(Connection connection, MqttUnsubscribeMessage packet) {
    Subscriber subscriber = connection.subscriber();
    if (subscriber == null) {
      return;
    }
    short[] reasons = new short[packet.payload().topics().size()];
    for (int i = 0; i < reasons.length; i++) {
      boolean had = subscriber.subscriptions().remove(packet.payload().topics().get(i)) != null;
      reasons[i] = had ? (short) 0 : (short) 0x11;
    }
    subscriber.subscribed();
    MqttUnsubAckPayload payload = connection.v5 ? new MqttUnsubAckPayload(reasons) : null;
    connection.send(
        new MqttUnsubAckMessage(
            header(MqttMessageType.UNSUBACK),
            new MqttMessageIdAndPropertiesVariableHeader(
                packet.variableHeader().messageId(), MqttProperties.NO_PROPERTIES),
            payload));
  }

  /**
   * @param reason of the PUBACK; 0x80 and more are refusals (MQTT 5 section 3.4.2.1)
   */
  static void commandAnswered(Connection connection, int packetId, int reason) {
    if (connection.commands != null) {
      connection.commands.answered(packetId, reason);
    }
  }
}
