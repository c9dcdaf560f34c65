package io.sluice.engine.forward.format;

import io.sluice.api.upstream.ForwardSettings.Attributes;
import io.sluice.api.upstream.ForwardSettings.BadValues;
import io.sluice.api.upstream.RecordEncoder;
import io.sluice.api.upstream.RecordEncoderFactory;

/** SenML as CBOR (RFC 8428 section 6). */
public final class SenmlCborFormatFactory implements RecordEncoderFactory {
  @Override
  public String format() {
    return "senml-cbor";
  }

  @Override
  public String contentType() {
    return "application/senml+cbor";
  }

  @Override
  public boolean isBinary() {
    return true;
  }

  @Override
  public RecordEncoder create(BadValues badValues, Attributes attributes) {
    return new SenmlCborFormat(new RecordAttributes(badValues, attributes));
  }
}
