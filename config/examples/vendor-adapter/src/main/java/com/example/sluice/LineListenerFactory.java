package com.example.sluice;

import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.AdapterFactory;

/** {@code listeners: { hall-2: { type: lines, port: 9200 } }}. */
public final class LineListenerFactory implements AdapterFactory<LineListenerSettings> {
  @Override
  public String type() {
    return "lines";
  }

  @Override
  public String protocol() {
    return "lines";
  }

  @Override
  public Class<LineListenerSettings> settings() {
    return LineListenerSettings.class;
  }

  @Override
  public Adapter create(String name, LineListenerSettings settings) {
    return new LineListener(name, settings);
  }
}
