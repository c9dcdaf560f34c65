package io.sluice.adapter.mqtt;

import io.sluice.api.tls.TlsSettings;
import org.jspecify.annotations.Nullable;

/**
 * How clients come in: the parts in which the kinds of listener differ.
 *
 * @param name the key below {@code listeners}
 * @param tls null for plain connections
 * @param path of the WebSocket, null for plain MQTT
 */
record Door(
    String name,
    String host,
    int port,
    @Nullable TlsSettings tls,
    int maxHandshakes,
    @Nullable String path,
    MqttOptions options) {
  static Door of(String name, MqttSettings settings) {
    return new Door(name, settings.host(), settings.port(), null, 0, null, settings.options());
  }

  static Door of(String name, MqttsSettings settings) {
    return new Door(
        name,
        settings.host(),
        settings.port(),
        settings.tls(),
        settings.maxHandshakes(),
        null,
        settings.options());
  }

  static Door of(String name, WebSocketSettings settings) {
    return new Door(
        name,
        settings.host(),
        settings.port(),
        settings.tls(),
        settings.maxHandshakes(),
        settings.path(),
        settings.options());
  }
}
