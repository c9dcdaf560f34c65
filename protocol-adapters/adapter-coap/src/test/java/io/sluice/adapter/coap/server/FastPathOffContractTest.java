package io.sluice.adapter.coap.server;

import io.sluice.adapter.coap.settings.CoapSettings;
import io.sluice.adapter.coap.settings.FastPath;
import io.sluice.api.adapter.Adapter;

/** The same contract and the same requests, with the fast path off: Californium reads them. */
class FastPathOffContractTest extends CoapContractTest {
  @Override
  public Adapter adapter(int port) {
    return new CoapAdapter(CoapSettings.onLoopback(port, FastPath.OFF));
  }
}
