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
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Presence;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.SignIn;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What one device writes, and what the answers to it say. */
final class MqttPackets {
  static final int KEEP_ALIVE_SECONDS = 60;

  private final DeviceSpec spec;
  private final @Nullable Firmware firmware;
  private final boolean five;

  MqttPackets(DeviceSpec spec) {
    this.spec = spec;
    this.firmware = spec.group().firmware();
    this.five = spec.group().transport() == Transport.MQTT_5;
  }

  /**
   * @param will null: as the firmware has it
   */
  MqttMessage connect(boolean lying, @Nullable Publication will) {
    SignIn signIn = firmware == null ? signIn() : firmware.signIn(spec, Instant.now());
    MqttMessageBuilders.ConnectBuilder connect =
        MqttMessageBuilders.connect()
            .clientId(signIn.clientId())
            .protocolVersion(five ? MqttVersion.MQTT_5 : MqttVersion.MQTT_3_1_1)
            .cleanSession(true)
            .keepAlive(KEEP_ALIVE_SECONDS);
    String user = signIn.user();
    String password = signIn.password();
    if (user != null) {
      connect.hasUser(true).username(lying && password == null ? user + "-wrong" : user);
    }
    if (password != null) {
      connect
          .hasPassword(true)
          .password((lying ? password + "-wrong" : password).getBytes(StandardCharsets.UTF_8));
    }
    Presence presence = firmware == null ? null : firmware.presence(spec);
    if (will != null) {
      connect
          .willFlag(true)
          .willQoS(MqttQoS.AT_LEAST_ONCE)
          .willRetain(will.isRetained())
          .willTopic(will.topic())
          .willMessage(will.payload());
    } else if (presence != null) {
      connect
          .willFlag(true)
          .willQoS(MqttQoS.valueOf(spec.group().qos()))
          .willRetain(presence.birth().isRetained())
          .willTopic(presence.birth().topic())
          .willMessage(presence.death().getBytes(StandardCharsets.UTF_8));
    }
    return connect.build();
  }

  private SignIn signIn() {
    String password = spec.password();
    return password == null
        ? new SignIn(spec.id(), spec.token(), null)
        : new SignIn(spec.id(), spec.id(), password);
  }

  MqttMessage subscribe() {
    MqttMessageBuilders.SubscribeBuilder subscribe =
        MqttMessageBuilders.subscribe().messageId(MqttLink.SUBSCRIBE_ID);
    if (firmware == null) {
      subscribe.addSubscription(MqttQoS.AT_LEAST_ONCE, "command/#");
    } else {
      firmware
          .filters(spec)
          .forEach(filter -> subscribe.addSubscription(MqttQoS.AT_LEAST_ONCE, filter));
    }
    return subscribe.build();
  }

  /**
   * @param packetId where the device's QoS has one
   */
  MqttMessage publish(Message message, int packetId) {
    Publication vendors = message.publication();
    return vendors == null
        ? publish(MqttTopics.of(spec, message.kind()), message.payload(), false, packetId)
        : publish(vendors.topic(), message.payload(), vendors.isRetained(), packetId);
  }

  MqttMessage publish(Publication publication, int packetId) {
    return publish(publication.topic(), publication.payload(), publication.isRetained(), packetId);
  }

  private MqttMessage publish(String topic, byte[] payload, boolean isRetained, int packetId) {
    int qos = spec.group().qos();
    MqttMessageBuilders.PublishBuilder publish =
        MqttMessageBuilders.publish()
            .topicName(topic)
            .retained(isRetained)
            .qos(MqttQoS.valueOf(qos))
            .payload(Unpooled.wrappedBuffer(payload));
    if (qos > 0) {
      publish.messageId(packetId);
    }
    if (five && firmware == null) {
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
