package io.sluice.adapter.coap.server;

import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapResponse;

/** A handler for requests whose response the test reads from the request itself. */
final class Answer implements CoapHandler {
  @Override
  public void onLoad(CoapResponse response) {}

  @Override
  public void onError() {}
}
