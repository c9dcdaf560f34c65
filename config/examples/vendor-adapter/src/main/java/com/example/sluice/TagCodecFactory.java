package com.example.sluice;

import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadCodecFactory;

/** {@code codec: tags} in a profile. */
public final class TagCodecFactory implements PayloadCodecFactory {
  @Override
  public String name() {
    return "tags";
  }

  @Override
  public PayloadCodec create() {
    return new TagCodec();
  }
}
