package io.sluice.adapter.mqtt;

import io.sluice.adapter.mqtt.server.MqttAdapter;
import io.sluice.adapter.mqtt.session.Connection;
import io.sluice.adapter.mqtt.session.MqttOptions;
import io.sluice.api.adapter.AdapterFactory;

/** MQTT 3.1.1 and 5.0 over WebSocket (MQTT 5 section 6), with TLS where that is configured. */
public final class WebSocketAdapterFactory implements AdapterFactory<WebSocketSettings> {
  @Override
  public String type() {
    return "ws";
  }

  @Override
  public String protocol() {
    return Connection.PROTOCOL;
  }

  @Override
  public Class<WebSocketSettings> settings() {
    return WebSocketSettings.class;
  }

  @Override
  public MqttAdapter create(String name, WebSocketSettings settings) {
    MqttOptions options = settings.options();
    return new MqttAdapter(
        options.listener(
            name, settings.host(), settings.port(), settings.tls(), settings.maxHandshakes()),
        settings.path(),
        options);
  }
}
