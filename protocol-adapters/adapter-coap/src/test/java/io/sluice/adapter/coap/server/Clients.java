package io.sluice.adapter.coap.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;

/** Californium clients, each with a socket of its own. */
final class Clients {
  private Clients() {}

  static CoapClient client(InetSocketAddress server) {
    CoapConfig.register();
    UdpConfig.register();
    Configuration configuration = Configuration.createStandardWithoutFile();
    configuration.set(CoapConfig.MAX_RESOURCE_BODY_SIZE, 4 << 20);
    CoapEndpoint endpoint =
        CoapEndpoint.builder()
            .setConfiguration(configuration)
            .setInetSocketAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .build();
    CoapClient client = new CoapClient(uri(server, "telemetry"));
    client.setEndpoint(endpoint);
    client.setTimeout(30_000L);
    return client;
  }

  static String uri(InetSocketAddress server, String path) {
    return "coap://127.0.0.1:" + server.getPort() + "/" + path;
  }

  static void close(CoapClient client) {
    client.getEndpoint().destroy();
    client.shutdown();
  }
}
