package io.sluice.adapter.http;

import io.sluice.adapter.http.server.HttpAdapter;
import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.AdapterFactory;

/** HTTP/1.1 over TCP. */
public final class HttpAdapterFactory implements AdapterFactory<HttpSettings> {
  @Override
  public String type() {
    return "http";
  }

  @Override
  public String protocol() {
    return "http";
  }

  @Override
  public Class<HttpSettings> settings() {
    return HttpSettings.class;
  }

  @Override
  public Adapter create(String name, HttpSettings settings) {
    return new HttpAdapter(
        settings.options().listener(name, settings.host(), settings.port(), null, 0),
        settings.options());
  }
}
