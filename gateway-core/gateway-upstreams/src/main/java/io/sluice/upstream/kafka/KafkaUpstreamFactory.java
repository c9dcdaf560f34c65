package io.sluice.upstream.kafka;

import io.sluice.api.upstream.Upstream;
import io.sluice.api.upstream.UpstreamFactory;

/** Type {@code kafka}: one Kafka record a record, keyed by device. */
public final class KafkaUpstreamFactory implements UpstreamFactory<KafkaSettings> {
  @Override
  public String type() {
    return "kafka";
  }

  @Override
  public Class<KafkaSettings> settings() {
    return KafkaSettings.class;
  }

  @Override
  public Upstream create(String gateway, String name, KafkaSettings settings) {
    return new KafkaUpstream(gateway, name, settings);
  }
}
