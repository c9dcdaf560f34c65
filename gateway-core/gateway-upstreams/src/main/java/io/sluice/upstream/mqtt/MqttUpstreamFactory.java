package io.sluice.upstream.mqtt;

import io.sluice.api.upstream.Upstream;
import io.sluice.api.upstream.UpstreamFactory;

/** Type {@code mqtt}: one publication a record, to an MQTT broker. */
public final class MqttUpstreamFactory implements UpstreamFactory<MqttSettings> {
  @Override
  public String type() {
    return "mqtt";
  }

  @Override
  public Class<MqttSettings> settings() {
    return MqttSettings.class;
  }

  @Override
  public Upstream create(String gateway, String name, MqttSettings settings) {
    String configured = settings.clientId();
    String clientId = configured == null ? "sluice-" + gateway + '-' + name : configured;
    return new MqttUpstream(gateway, name, clientId, settings);
  }
}
