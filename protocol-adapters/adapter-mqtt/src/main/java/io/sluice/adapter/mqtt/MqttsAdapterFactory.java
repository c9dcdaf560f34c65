package io.sluice.adapter.mqtt;

import io.sluice.adapter.mqtt.server.MqttAdapter;
import io.sluice.adapter.mqtt.session.Connection;
import io.sluice.adapter.mqtt.session.MqttOptions;
import io.sluice.api.adapter.AdapterFactory;

/** MQTT 3.1.1 and 5.0 over TLS. */
public final class MqttsAdapterFactory implements AdapterFactory<MqttsSettings> {
  @Override
  public String type() {
    return "mqtts";
  }

  @Override
  public String protocol() {
    return Connection.PROTOCOL;
  }

  @Override
  public Class<MqttsSettings> settings() {
    return MqttsSettings.class;
  }

  @Override
  public MqttAdapter create(String name, MqttsSettings settings) {
    MqttOptions options = settings.options();
    return new MqttAdapter(
        options.listener(
            name, settings.host(), settings.port(), settings.tls(), settings.maxHandshakes()),
        null,
        options);
  }
}
