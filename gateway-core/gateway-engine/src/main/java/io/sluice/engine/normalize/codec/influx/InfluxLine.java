package io.sluice.engine.normalize.codec.influx;

import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadCodecFactory;

/** Points in InfluxDB's line protocol. Nothing else of it is loaded before its first message. */
public final class InfluxLine implements PayloadCodecFactory {
  @Override
  public String name() {
    return "influx-line";
  }

  @Override
  public PayloadCodec create() {
    return new InfluxLineCodec();
  }
}
