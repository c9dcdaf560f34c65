package io.sluice.adapter.http;

import io.sluice.adapter.http.server.HttpAdapter;
import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.AdapterFactory;

/** HTTP/2 and HTTP/1.1 over TLS; the client chooses by ALPN. */
public final class HttpsAdapterFactory implements AdapterFactory<HttpsSettings> {
  @Override
  public String type() {
    return "https";
  }

  @Override
  public String protocol() {
    return "http";
  }

  @Override
  public Class<HttpsSettings> settings() {
    return HttpsSettings.class;
  }

  @Override
  public Adapter create(String name, HttpsSettings settings) {
    return new HttpAdapter(
        settings
            .options()
            .listener(
                name, settings.host(), settings.port(), settings.tls(), settings.maxHandshakes()),
        settings.options());
  }
}
