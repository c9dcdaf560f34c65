package io.sluice.adapter.mqttclient;

import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.AdapterFactory;

/**
 * Type {@code mqtt} of a source: a broker that is there already, to which the gateway subscribes.
 */
public final class MqttSourceFactory implements AdapterFactory<MqttSourceSettings> {
  @Override
  public String type() {
    return "mqtt";
  }

  @Override
  public String protocol() {
    return SourceMessage.PROTOCOL;
  }

  @Override
  public Direction direction() {
    return Direction.SOURCE;
  }

  @Override
  public Class<MqttSourceSettings> settings() {
    return MqttSourceSettings.class;
  }

  @Override
  public Adapter create(String name, MqttSourceSettings settings) {
    return new MqttSource(name, settings, Approach.Names.OF_SYSTEM, Patience.USUAL);
  }
}
