package io.sluice.sim.reference;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;

/** Californium that answers 2.04 to every POST and PUT, and keeps nothing. */
public final class BareCoapServer implements AutoCloseable {
  private static final int SOCKET_BUFFER_BYTES = 4 << 20;
  private final CoapServer server;
  private final CoapEndpoint endpoint;

  private BareCoapServer(CoapServer server, CoapEndpoint endpoint) {
    this.server = server;
    this.endpoint = endpoint;
  }

  /**
   * Starts on the loopback interface.
   *
   * @param port 0 takes a free one
   * @param tuned whether with large socket buffers and the deduplicator that copes with load, or as
   *     Californium comes
   */
  public static BareCoapServer start(int port, boolean tuned) {
    CoapConfig.register();
    UdpConfig.register();
    Configuration configuration = Configuration.createStandardWithoutFile();
    if (tuned) {
      configuration.set(CoapConfig.DEDUPLICATOR, CoapConfig.DEDUPLICATOR_PEERS_MARK_AND_SWEEP);
      configuration.set(UdpConfig.UDP_RECEIVE_BUFFER_SIZE, SOCKET_BUFFER_BYTES);
      configuration.set(UdpConfig.UDP_SEND_BUFFER_SIZE, SOCKET_BUFFER_BYTES);
    }
    CoapServer server = new CoapServer(configuration);
    CoapEndpoint endpoint =
        CoapEndpoint.builder()
            .setConfiguration(configuration)
            .setInetSocketAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .build();
    server.addEndpoint(endpoint);
    List.of("telemetry", "event", "alarm", "state")
        .forEach(name -> server.add(new Acknowledging(name)));
    server.start();
    return new BareCoapServer(server, endpoint);
  }

  public int port() {
    return endpoint.getAddress().getPort();
  }

  @Override
  public void close() {
    server.destroy();
  }

  private static final class Acknowledging extends CoapResource {
    Acknowledging(String name) {
      super(name);
    }

    @Override
    public void handlePOST(CoapExchange exchange) {
      exchange.respond(ResponseCode.CHANGED);
    }

    @Override
    public void handlePUT(CoapExchange exchange) {
      exchange.respond(ResponseCode.CHANGED);
    }
  }
}
