package io.sluice.adapter.coap.server;

/** The adapter contract by requests that Californium reads, since they have an option more. */
class OrdinaryContractTest extends CoapContractTest {
  @Override
  int accept() {
    return 60;
  }
}
