package io.sluice.adapter.mqtt.session;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.sluice.adapter.mqtt.packet.TopicFilter;
import io.sluice.api.Command;
import io.sluice.api.Downlink;
import io.sluice.api.adapter.Dialogue;
import io.sluice.api.adapter.Exchange;
import io.sluice.api.adapter.Receipt;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is sent to one connected device in the form of its vendor. Confined to the event loop,
 * except {@link #isImplicit}.
 */
// a write that fails closes the channel: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
final class VendorTalk {
  /** Without a subscription clouds send at QoS 0. */
  private static final int IMPLICIT_QOS = 0;

  /** Topics whose QoS is known; a device gets replies on a few. */
  private static final int MAX_KNOWN = 32;

  private static final int OVERHEAD_BYTES = 16;

  private final Connection connection;
  private final Session session;
  private final Dialogue dialogue;
  private final Map<String, Integer> knownQos = new HashMap<>(2);

  VendorTalk(Connection connection, Session session, Dialogue dialogue) {
    this.connection = connection;
    this.session = session;
    this.dialogue = dialogue;
  }

  boolean mayContain(String filter) {
    return dialogue.maySubscribe(filter);
  }

  boolean isImplicit() {
    return dialogue.isImplicit();
  }

  /** Whether the device awaits more than {@code command/}. */
  boolean isListenedTo() {
    return dialogue.isImplicit()
        || session.subscriptions.keySet().stream().anyMatch(each -> !Session.mayContain(each));
  }

  void subscribed() {
    knownQos.clear();
    dialogue.subscribed(session.subscriptions.keySet());
  }

  /** A command in the vendor's form; null where none reaches the device. */
  @Nullable Downlink write(Command command) {
    return dialogue.write(
        command, session.numberOf(command.id()), topic -> subscribedQos(topic) >= 0);
  }

  /** The QoS at which a topic is sent to the device; -1 where it is not. */
  int qosOf(String topic) {
    int qos = subscribedQos(topic);
    return qos < 0 && dialogue.isImplicit() ? IMPLICIT_QOS : qos;
  }

  private int subscribedQos(String topic) {
    Integer known = knownQos.get(topic);
    if (known != null) {
      return known;
    }
    List<String> levels = TopicFilter.levels(topic);
    int qos = -1;
    for (Map.Entry<String, Integer> each : session.subscriptions.entrySet()) {
      if (new TopicFilter(each.getKey()).matches(levels)) {
        qos = Math.max(qos, each.getValue());
      }
    }
    if (knownQos.size() < MAX_KNOWN) {
      knownQos.put(topic, qos);
    }
    return qos;
  }

  /** What a new subscription gets at once. */
  List<Downlink> retained(String filter) {
    return dialogue.retained(filter);
  }

  /**
   * Sends a message to which nothing is answered; without a subscription to its topic nothing.
   *
   * @param packetId of one that is sent at QoS 1
   */
  void tell(Downlink message, int packetId) {
    int granted = qosOf(message.topic());
    boolean fits =
        message.payload().length + message.topic().length() + OVERHEAD_BYTES
            <= connection.maxPacketBytes;
    if (granted < 0 || !fits || connection.failed()) {
      return;
    }
    MqttQoS qos = MqttQoS.valueOf(Math.min(granted, message.maxQos()));
    connection.send(
        new MqttPublishMessage(
            new MqttFixedHeader(MqttMessageType.PUBLISH, false, qos, message.retained(), 0),
            new MqttPublishVariableHeader(
                message.topic(),
                qos == MqttQoS.AT_MOST_ONCE ? 0 : packetId,
                MqttProperties.NO_PROPERTIES),
            Unpooled.wrappedBuffer(message.payload())));
  }

  /** Publishes what is replied to a message, behind its acknowledgement. */
  Exchange.Outcome follow(Publication publication) {
    Exchange exchange = publication.exchange;
    Receipt receipt = publication.receipt;
    if (exchange == null || receipt == null || connection.failed()) {
      return Exchange.Outcome.NOTHING;
    }
    Exchange.Outcome outcome =
        exchange.after(publication, receipt, connection.gateway.clock().millis());
    for (Downlink reply : outcome.replies()) {
      boolean fits =
          reply.payload().length + reply.topic().length() + OVERHEAD_BYTES
              <= connection.maxPacketBytes;
      if (fits && qosOf(reply.topic()) >= 0) {
        connection.channel.write(
            new MqttPublishMessage(
                new MqttFixedHeader(MqttMessageType.PUBLISH, false, MqttQoS.AT_MOST_ONCE, false, 0),
                new MqttPublishVariableHeader(reply.topic(), 0, MqttProperties.NO_PROPERTIES),
                Unpooled.wrappedBuffer(reply.payload())),
            connection.channel.voidPromise());
      }
    }
    return outcome;
  }
}
