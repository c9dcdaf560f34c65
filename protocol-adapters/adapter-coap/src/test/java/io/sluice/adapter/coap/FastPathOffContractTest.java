package io.sluice.adapter.coap;

import io.sluice.api.adapter.Adapter;

/** The same contract and the same requests, with the fast path off: Californium reads them. */
class FastPathOffContractTest extends CoapContractTest {
  @Override
  public Adapter adapter(int port) {
    return new CoapAdapter(CoapSettings.onLoopback(port, FastPath.OFF));
  }
}
