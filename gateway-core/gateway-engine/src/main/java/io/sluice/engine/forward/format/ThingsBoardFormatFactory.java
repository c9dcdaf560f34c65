package io.sluice.engine.forward.format;

import io.sluice.api.upstream.ForwardSettings.Attributes;
import io.sluice.api.upstream.ForwardSettings.BadValues;
import io.sluice.api.upstream.RecordEncoder;
import io.sluice.api.upstream.RecordEncoderFactory;

/** Telemetry of one device, as ThingsBoard and Telegraf take it. */
public final class ThingsBoardFormatFactory implements RecordEncoderFactory {
  @Override
  public String format() {
    return "thingsboard";
  }

  @Override
  public String contentType() {
    return "application/json";
  }

  @Override
  public RecordEncoder create(BadValues badValues, Attributes attributes) {
    return new ThingsBoardFormat(false, new RecordAttributes(badValues, attributes));
  }
}
