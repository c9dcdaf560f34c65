package io.sluice.adapter.mqtt;

import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.AdapterFactory;

/** MQTT 3.1.1 and 5.0 over TLS. */
public final class MqttsAdapterFactory implements AdapterFactory<MqttsSettings> {
  @Override
  public String type() {
    return "mqtts";
  }

  @Override
  public String protocol() {
    return MqttAdapter.PROTOCOL;
  }

  @Override
  public Class<MqttsSettings> settings() {
    return MqttsSettings.class;
  }

  @Override
  public Adapter create(String name, MqttsSettings settings) {
    return new MqttAdapter(Door.of(name, settings));
  }
}
