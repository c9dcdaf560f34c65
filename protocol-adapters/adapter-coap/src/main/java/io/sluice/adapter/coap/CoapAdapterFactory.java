package io.sluice.adapter.coap;

import io.sluice.adapter.coap.server.CoapAdapter;
import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.adapter.coap.settings.CoapSettings;
import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.AdapterFactory;

/** CoAP over UDP (RFC 7252, 7641, 7959). */
public final class CoapAdapterFactory implements AdapterFactory<CoapSettings> {
  @Override
  public String type() {
    return "coap";
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
  public Class<CoapSettings> settings() {
    return CoapSettings.class;
  }

  @Override
  public Adapter create(String name, CoapSettings settings) {
    return new CoapAdapter(name, settings);
  }
}
