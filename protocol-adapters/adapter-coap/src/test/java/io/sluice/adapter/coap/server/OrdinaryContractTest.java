package io.sluice.adapter.coap.server;

import io.sluice.adapter.coap.settings.CoapSettings;
import io.sluice.adapter.coap.settings.FastPath;
import io.sluice.adapter.testkit.AdapterContract;
import io.sluice.adapter.testkit.Sender;
import io.sluice.api.adapter.Adapter;

/** The adapter contract by requests that Californium reads, since they have an option more. */
class OrdinaryContractTest implements AdapterContract {
  @Override
  public Adapter adapter(int port) {
    return new CoapAdapter(CoapSettings.onLoopback(port, FastPath.ON));
  }

  @Override
  public Sender sender(Adapter adapter, String device, String password) {
    return new CoapContractTest.CaliforniumSender(
        adapter,
        "?d=" + device + "&k=" + password,
        Clients.client(((CoapAdapter) adapter).address()),
        60);
  }
}
