package io.sluice.upstream.mqtt;

import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import io.sluice.api.config.Secret;
import java.nio.charset.StandardCharsets;

/** What is sent beside PUBLISH. */
final class Packets {
  private static final MqttFixedHeader RELEASE =
      new MqttFixedHeader(MqttMessageType.PUBREL, false, MqttQoS.AT_LEAST_ONCE, false, 2);

  private Packets() {}

  /**
   * With the password as it is now. Reads disk. With a clean session: what was under way before is
   * in the spool.
   */
  static MqttMessage connect(String clientId, MqttSettings settings) {
    MqttMessageBuilders.ConnectBuilder connect =
        MqttMessageBuilders.connect()
            .protocolVersion(
                settings.version().equals("5") ? MqttVersion.MQTT_5 : MqttVersion.MQTT_3_1_1)
            .clientId(clientId)
            .cleanSession(true)
            .keepAlive((int) settings.keepAlive().toSeconds());
    if (settings.username() != null) {
      connect.hasUser(true).username(settings.username());
    }
    Secret password = settings.password();
    if (password != null) {
      connect.hasPassword(true).password(password.current().getBytes(StandardCharsets.UTF_8));
    }
    return connect.build();
  }

  static MqttMessage release(int id) {
    return new MqttMessage(RELEASE, MqttMessageIdVariableHeader.from(id));
  }
}
