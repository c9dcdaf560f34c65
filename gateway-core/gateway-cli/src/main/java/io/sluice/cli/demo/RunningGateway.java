package io.sluice.cli.demo;

import io.sluice.api.GatewayTime;
import io.sluice.api.operator.Operations;
import io.sluice.cli.config.GatewayFiles;
import java.io.IOException;

/** A gateway in this process, as the demo sees it. Closing it stops it. */
public interface RunningGateway extends AutoCloseable {
  /** Starts a gateway; whoever makes the command line knows how. */
  interface Start {
    /**
     * Starts the gateway wholly, or not at all.
     *
     * @throws IOException where a file, database or address cannot be had; the message names it
     */
    RunningGateway start(GatewayFiles files, GatewayTime time)
        throws IOException, InterruptedException;
  }

  /** Every listener's address: {@code mqtt=127.0.0.1:1883 admin=...}. */
  String addresses();

  /**
   * The address of a listener, {@code host:port}.
   *
   * @param kind as configured, or {@code admin}
   */
  String address(String kind);

  Operations operations();

  @Override
  void close();
}
