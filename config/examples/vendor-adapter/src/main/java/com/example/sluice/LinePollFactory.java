package com.example.sluice;

import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.AdapterFactory;

/** {@code sources: [ { name: hall-2, type: line-poll, port: 9100, device: meter-1 } ]}. */
public final class LinePollFactory implements AdapterFactory<LinePollSettings> {
  @Override
  public String type() {
    return "line-poll";
  }

  @Override
  public String protocol() {
    return "lines";
  }

  @Override
  public Direction direction() {
    return Direction.SOURCE;
  }

  @Override
  public Class<LinePollSettings> settings() {
    return LinePollSettings.class;
  }

  @Override
  public Adapter create(String name, LinePollSettings settings) {
    return new LinePollSource(name, settings);
  }
}
