package io.sluice.sim.link;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import io.sluice.sim.link.Link.Message;
import io.sluice.sim.scenario.DeviceGroup.Transport;
import io.sluice.sim.scenario.DeviceSpec;
import java.nio.charset.StandardCharsets;

/** What one device writes, and what the answers to it say. */
final class MqttPackets {
  static final int KEEP_ALIVE_SECONDS = 60;

  private final DeviceSpec spec;
  private final boolean five;

  MqttPackets(DeviceSpec spec) {
    this.spec = spec;
    this.five = spec.group().transport() == Transport.MQTT_5;
  }

  MqttMessage connect(boolean lying) {
    MqttMessageBuilders.ConnectBuilder connect =
        MqttMessageBuilders.connect()
            .clientId(spec.id())
            .protocolVersion(five ? MqttVersion.MQTT_5 : MqttVersion.MQTT_3_1_1)
            .cleanSession(true)
            .keepAlive(KEEP_ALIVE_SECONDS);
    String password = spec.password();
    String token = spec.token();
    if (password != null) {
      connect
          .hasUser(true)
          .username(spec.id())
          .hasPassword(true)
          .password((lying ? password + "-wrong" : password).getBytes(StandardCharsets.UTF_8));
    } else if (token != null) {
      connect.hasUser(true).username(lying ? token + "-wrong" : token);
    }
    return connect.build();
  }

  static MqttMessage subscribe() {
    return MqttMessageBuilders.subscribe()
        .messageId(0xFFFF)
        .addSubscription(MqttQoS.AT_LEAST_ONCE, "command/#")
        .build();
  }

  /**
   * @param packetId where the device's QoS has one
   */
  MqttMessage publish(Message message, int packetId) {
    int qos = spec.group().qos();
    MqttMessageBuilders.PublishBuilder publish =
        MqttMessageBuilders.publish()
            .topicName(MqttTopics.of(spec, message.kind()))
            .qos(MqttQoS.valueOf(qos))
            .payload(Unpooled.wrappedBuffer(message.payload()));
    if (qos > 0) {
      publish.messageId(packetId);
    }
    if (five) {
      publish.properties(contentType());
    }
    return publish.build();
  }

  private MqttProperties contentType() {
    MqttProperties properties = new MqttProperties();
    properties.add(
        new MqttProperties.StringProperty(
            MqttProperties.CONTENT_TYPE, spec.group().form().contentType()));
    return properties;
  }

  static MqttMessage pubRel(int packetId) {
    MqttFixedHeader header =
        new MqttFixedHeader(MqttMessageType.PUBREL, false, MqttQoS.AT_LEAST_ONCE, false, 0);
    return new MqttMessage(header, MqttMessageIdVariableHeader.from(packetId));
  }

  static int id(MqttMessage answer) {
    return ((MqttMessageIdVariableHeader) answer.variableHeader()).messageId();
  }

  static boolean isRefusal(MqttMessage answer) {
    return answer.variableHeader() instanceof MqttPubReplyMessageVariableHeader reply
        && (reply.reasonCode() & 0xFF) >= 0x80;
  }

  /** Code and text in brackets after a space, or nothing. */
  static String reason(MqttMessage answer) {
    if (answer.variableHeader() instanceof MqttPubReplyMessageVariableHeader reply) {
      MqttProperties.MqttProperty<?> text =
          reply.properties().getProperty(MqttProperties.REASON_STRING);
      return " (0x%02x%s)"
          .formatted(reply.reasonCode() & 0xFF, text == null ? "" : ", " + text.value());
    }
    return "";
  }
}
