package io.sluice.adapter.mqtt;

import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.AdapterFactory;

/** MQTT 3.1.1 and 5.0 over WebSocket (MQTT 5 section 6), with TLS where that is configured. */
public final class WebSocketAdapterFactory implements AdapterFactory<WebSocketSettings> {
  @Override
  public String type() {
    return "ws";
  }

  @Override
  public String protocol() {
    return MqttAdapter.PROTOCOL;
  }

  @Override
  public Class<WebSocketSettings> settings() {
    return WebSocketSettings.class;
  }

  @Override
  public Adapter create(String name, WebSocketSettings settings) {
    return new MqttAdapter(Door.of(name, settings));
  }
}
