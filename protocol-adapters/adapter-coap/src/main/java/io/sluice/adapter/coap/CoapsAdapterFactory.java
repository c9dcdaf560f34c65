package io.sluice.adapter.coap;

import io.sluice.adapter.coap.server.CoapAdapter;
import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.adapter.coap.settings.CoapsSettings;
import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.AdapterFactory;

/** CoAP over DTLS 1.2 (RFC 7252 section 9, RFC 6347, RFC 9146). */
public final class CoapsAdapterFactory implements AdapterFactory<CoapsSettings> {
  @Override
  public String type() {
    return "coaps";
  }

  @Override
  public String protocol() {
    return CoapOptions.PROTOCOL;
  }

  @Override
  public Transport transport() {
    return Transport.UDP;
  }

  @Override
  public Class<CoapsSettings> settings() {
    return CoapsSettings.class;
  }

  @Override
  public Adapter create(String name, CoapsSettings settings) {
    return new CoapAdapter(name, settings);
  }
}
