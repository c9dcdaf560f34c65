package io.sluice.upstream.mqtt;

import io.netty.handler.codec.mqtt.MqttProperties;
import io.sluice.api.broker.BrokerWords;
import org.jspecify.annotations.Nullable;

/** What went wrong, in words for the operator: {@link BrokerWords} of Netty's packets. */
final class BrokerFaults {
  private BrokerFaults() {}

  /** The innermost cause says it best. */
  static String text(@Nullable Throwable fault) {
    return BrokerWords.text(fault);
  }

  /** Why CONNECT was refused. */
  static String connect(int code, MqttProperties properties) {
    return BrokerWords.connect(code, told(properties));
  }

  /** Why the broker ended the connection. */
  static String disconnect(int code, MqttProperties properties) {
    return BrokerWords.disconnect(code, told(properties));
  }

  /** How it refuses a publication. */
  static String publication(int code, MqttProperties properties) {
    return BrokerWords.publication(code, told(properties));
  }

  private static String told(MqttProperties properties) {
    return BrokerWords.told(
        text(properties, MqttProperties.SERVER_REFERENCE),
        text(properties, MqttProperties.REASON_STRING));
  }

  private static @Nullable String text(MqttProperties properties, int which) {
    MqttProperties.MqttProperty<?> property = properties.getProperty(which);
    return property != null && property.value() instanceof String text ? text : null;
  }

  /** A time limit as it is written: {@code 10s}, {@code 500ms}. */
  static String time(long millis) {
    return BrokerWords.time(millis);
  }
}
