package io.sluice.adapter.mqtt;

import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.AdapterFactory;

/** MQTT 3.1.1 and 5.0 over TCP. */
public final class MqttAdapterFactory implements AdapterFactory<MqttSettings> {
  @Override
  public String type() {
    return "mqtt";
  }

  @Override
  public String protocol() {
    return MqttAdapter.PROTOCOL;
  }

  @Override
  public Class<MqttSettings> settings() {
    return MqttSettings.class;
  }

  @Override
  public Adapter create(String name, MqttSettings settings) {
    return new MqttAdapter(Door.of(name, settings));
  }
}
