package io.sluice.engine.forward.format;

import io.sluice.api.upstream.ForwardSettings.Attributes;
import io.sluice.api.upstream.ForwardSettings.BadValues;
import io.sluice.api.upstream.RecordEncoder;
import io.sluice.api.upstream.RecordEncoderFactory;

/** The canonical JSON, which carries all of a record. */
public final class JsonFormatFactory implements RecordEncoderFactory {
  @Override
  public String format() {
    return "json";
  }

  @Override
  public String contentType() {
    return "application/json";
  }

  @Override
  public boolean carriesQualities() {
    return true;
  }

  @Override
  public RecordEncoder create(BadValues badValues, Attributes attributes) {
    return new JsonFormat();
  }
}
