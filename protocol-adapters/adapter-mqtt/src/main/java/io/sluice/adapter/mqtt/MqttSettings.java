package io.sluice.adapter.mqtt;

import io.sluice.adapter.mqtt.session.MqttOptions;
import io.sluice.api.config.Inline;
import io.sluice.api.config.Option;

/** The options below {@code listeners.mqtt}. */
public record MqttSettings(
    @Option(doc = "Local address to bind.", def = "0.0.0.0") String host,
    @Option(doc = "TCP port; 0 takes a free one.", def = "1883", min = 0, max = 65535) int port,
    @Inline MqttOptions options) {

  /** On the loopback address: for tests and tools. */
  public static MqttSettings onLoopback(int port) {
    return new MqttSettings("127.0.0.1", port, MqttOptions.FOR_TESTS);
  }
}
