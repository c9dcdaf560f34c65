package io.sluice.engine.forward.format;

import io.sluice.api.upstream.ForwardSettings.Attributes;
import io.sluice.api.upstream.ForwardSettings.BadValues;
import io.sluice.api.upstream.RecordEncoder;
import io.sluice.api.upstream.RecordEncoderFactory;

/** Telemetry of many devices, as ThingsBoard takes it of a gateway. */
public final class ThingsBoardGatewayFormatFactory implements RecordEncoderFactory {
  @Override
  public String format() {
    return "thingsboard-gateway";
  }

  @Override
  public String contentType() {
    return "application/json";
  }

  @Override
  public RecordEncoder create(BadValues badValues, Attributes attributes) {
    return new ThingsBoardFormat(true, new RecordAttributes(badValues, attributes));
  }
}
