package io.sluice.adapter.mqtt;

import io.sluice.adapter.mqtt.server.MqttAdapter;
import io.sluice.adapter.mqtt.session.Connection;
import io.sluice.adapter.mqtt.session.MqttOptions;
import io.sluice.api.adapter.AdapterFactory;

/** MQTT 3.1.1 and 5.0 over TCP. */
public final class MqttAdapterFactory implements AdapterFactory<MqttSettings> {
  @Override
  public String type() {
    return "mqtt";
  }

  @Override
  public String protocol() {
    return Connection.PROTOCOL;
  }

  @Override
  public Class<MqttSettings> settings() {
    return MqttSettings.class;
  }

  @Override
  public MqttAdapter create(String name, MqttSettings settings) {
    MqttOptions options = settings.options();
    return new MqttAdapter(
        options.listener(name, settings.host(), settings.port(), null, 0), null, options);
  }
}
