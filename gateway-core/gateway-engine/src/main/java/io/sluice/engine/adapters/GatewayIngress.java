package io.sluice.engine.adapters;

import io.sluice.api.adapter.Ingress;
import io.sluice.api.adapter.Uplink;
import io.sluice.engine.dialect.Topics;
import io.sluice.engine.ingest.IngestPipeline;

/**
 * The way in at one adapter. Thread-safe.
 *
 * @param topics what topics mean there
 */
public record GatewayIngress(IngestPipeline pipeline, Topics topics) implements Ingress {
  @Override
  public void accept(Uplink uplink) {
    pipeline.accept(uplink, topics);
  }

  @Override
  public boolean maps(String topic) {
    return topics.maps(topic);
  }
}
