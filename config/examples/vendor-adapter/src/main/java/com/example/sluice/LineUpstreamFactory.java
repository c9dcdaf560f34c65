package com.example.sluice;

import io.sluice.api.upstream.Upstream;
import io.sluice.api.upstream.UpstreamFactory;

/** {@code type: tcp-lines}. */
public final class LineUpstreamFactory implements UpstreamFactory<LineSettings> {
  @Override
  public String type() {
    return "tcp-lines";
  }

  @Override
  public Class<LineSettings> settings() {
    return LineSettings.class;
  }

  @Override
  public Upstream create(String gateway, String name, LineSettings settings) {
    return new LineUpstream(settings);
  }
}
