package io.sluice.sim.fleet;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;

/** A few UDP sockets that all CoAP devices share; the server tells devices apart by their query. */
final class CoapSockets implements AutoCloseable {
  // RFC 7252 section 4.4: a message id comes back after 65536, and not within 247 s
  private static final int DEVICES_A_SOCKET = 500;
  private static final int MOST_SOCKETS = 64;
  private final List<CoapEndpoint> endpoints = new ArrayList<>();
  private final ScheduledExecutorService executor =
      Executors.newScheduledThreadPool(1, Thread.ofPlatform().name("sim-coap").daemon().factory());

  CoapSockets(int devices) throws IOException {
    CoapConfig.register();
    UdpConfig.register();
    Configuration configuration = Configuration.createStandardWithoutFile();
    configuration.set(CoapConfig.DEDUPLICATOR, CoapConfig.DEDUPLICATOR_PEERS_MARK_AND_SWEEP);
    configuration.set(CoapConfig.MAX_ACTIVE_PEERS, 1000);
    configuration.set(UdpConfig.UDP_RECEIVER_THREAD_COUNT, 1);
    configuration.set(UdpConfig.UDP_SENDER_THREAD_COUNT, 1);
    int sockets = Math.clamp(devices / DEVICES_A_SOCKET, 1, MOST_SOCKETS);
    for (int i = 0; i < sockets; i++) {
      CoapEndpoint endpoint =
          CoapEndpoint.builder()
              .setConfiguration(configuration)
              .setInetSocketAddress(new InetSocketAddress(0))
              .build();
      endpoint.setExecutors(executor, executor);
      endpoint.start();
      endpoints.add(endpoint);
    }
  }

  CoapEndpoint of(int index) {
    return endpoints.get(index % endpoints.size());
  }

  @Override
  public void close() {
    endpoints.forEach(CoapEndpoint::destroy);
    executor.shutdownNow();
  }
}
