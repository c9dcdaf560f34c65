package io.sluice.engine.forward.format;

import io.sluice.api.upstream.ForwardSettings.Attributes;
import io.sluice.api.upstream.ForwardSettings.BadValues;
import io.sluice.api.upstream.RecordEncoder;
import io.sluice.api.upstream.RecordEncoderFactory;

/** Protocol Buffers, which carry all of a record. */
public final class ProtobufFormatFactory implements RecordEncoderFactory {
  @Override
  public String format() {
    return "protobuf";
  }

  @Override
  public String contentType() {
    return "application/protobuf";
  }

  @Override
  public boolean isBinary() {
    return true;
  }

  @Override
  public boolean carriesQualities() {
    return true;
  }

  @Override
  public RecordEncoder create(BadValues badValues, Attributes attributes) {
    return new ProtobufFormat();
  }
}
