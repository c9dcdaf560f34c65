package io.sluice.adapter.mqtt;

import io.sluice.api.tls.TlsSettings;
import org.jspecify.annotations.Nullable;

/**
 * How clients come in: the parts in which the kinds of listener differ.
 *
 * @param kind the key below {@code listeners}
 * @param tls null for plain connections
 * @param path of the WebSocket, null for plain MQTT
 */
record Door(
    String kind,
    String host,
    int port,
    @Nullable TlsSettings tls,
    int maxHandshakes,
    @Nullable String path,
    MqttOptions options) {
  static Door of(MqttSettings settings) {
    return new Door("mqtt", settings.host(), settings.port(), null, 0, null, settings.options());
  }

  static Door of(MqttsSettings settings) {
    return new Door(
        "mqtts",
        settings.host(),
        settings.port(),
        settings.tls(),
        settings.maxHandshakes(),
        null,
        settings.options());
  }

  static Door of(WebSocketSettings settings) {
    return new Door(
        "ws",
        settings.host(),
        settings.port(),
        settings.tls(),
        settings.maxHandshakes(),
        settings.path(),
        settings.options());
  }
}
