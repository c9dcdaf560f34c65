package io.sluice.app;

import io.sluice.api.GatewayTime;
import io.sluice.api.operator.Operations;
import io.sluice.cli.config.GatewayFiles;
import io.sluice.cli.demo.RunningGateway;
import java.io.IOException;

/** The wiring as the demo sees it. Only the demo loads it. */
record WiredGateway(Wiring wiring) implements RunningGateway {
  static RunningGateway start(GatewayFiles files, GatewayTime time)
      throws IOException, InterruptedException {
    return new WiredGateway(Wiring.start(files, time));
  }

  @Override
  public String addresses() {
    return wiring.addresses();
  }

  @Override
  public String address(String kind) {
    return wiring.address(kind);
  }

  @Override
  public Operations operations() {
    return wiring.operations();
  }

  @Override
  public void close() {
    wiring.close();
  }
}
