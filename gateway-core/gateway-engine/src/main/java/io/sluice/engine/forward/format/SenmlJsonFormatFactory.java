package io.sluice.engine.forward.format;

import io.sluice.api.upstream.ForwardSettings.Attributes;
import io.sluice.api.upstream.ForwardSettings.BadValues;
import io.sluice.api.upstream.RecordEncoder;
import io.sluice.api.upstream.RecordEncoderFactory;

/** SenML as JSON (RFC 8428 section 5). */
public final class SenmlJsonFormatFactory implements RecordEncoderFactory {
  @Override
  public String format() {
    return "senml-json";
  }

  @Override
  public String contentType() {
    return "application/senml+json";
  }

  @Override
  public RecordEncoder create(BadValues badValues, Attributes attributes) {
    return new SenmlJsonFormat(new RecordAttributes(badValues, attributes));
  }
}
