package io.sluice.adapter.coap;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.EndpointContextMatcher;
import org.eclipse.californium.elements.RawData;
import org.eclipse.californium.elements.UDPConnector;
import org.eclipse.californium.elements.UdpEndpointContext;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.exception.EndpointMismatchException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends each datagram on the thread that made it: a queue and a sending thread of its own cost more
 * than the call. A datagram is small and the send buffer large, so that the call does not wait.
 */
final class DirectUdpConnector extends UDPConnector {
  private static final Logger log = LoggerFactory.getLogger(DirectUdpConnector.class);

  private final int wantedReceiveBytes;
  private volatile @Nullable DatagramSocket socket;
  private volatile @Nullable EndpointContextMatcher matcher;

  DirectUdpConnector(
      InetSocketAddress address, Configuration configuration, int wantedReceiveBytes) {
    super(address, configuration);
    this.wantedReceiveBytes = wantedReceiveBytes;
  }

  @Override
  protected void init(DatagramSocket opened) throws IOException {
    super.init(opened);
    socket = opened;
    if (opened.getReceiveBufferSize() < wantedReceiveBytes) {
      log.warn(
          "coap: the system grants a receive buffer of {} bytes instead of {};"
              + " bursts may lose datagrams; raise net.core.rmem_max",
          opened.getReceiveBufferSize(),
          wantedReceiveBytes);
    }
  }

  @Override
  public synchronized void setEndpointContextMatcher(EndpointContextMatcher matcher) {
    super.setEndpointContextMatcher(matcher);
    this.matcher = matcher;
  }

  @Override
  public void send(RawData message) {
    InetSocketAddress destination = message.getInetSocketAddress();
    EndpointContext connection = new UdpEndpointContext(destination);
    EndpointContextMatcher current = matcher;
    DatagramSocket open = socket;
    if (current != null && !current.isToBeSent(message.getEndpointContext(), connection)) {
      message.onError(new EndpointMismatchException("UDP sending"));
    } else if (open == null || destination.getPort() == 0) {
      message.onError(new IOException("no socket, or no port to send to"));
    } else {
      send(open, message, connection);
    }
  }

  private static void send(DatagramSocket open, RawData message, EndpointContext connection) {
    byte[] bytes = message.getBytes();
    try {
      message.onContextEstablished(connection);
      open.send(new DatagramPacket(bytes, bytes.length, message.getInetSocketAddress()));
      message.onSent();
    } catch (IOException failed) {
      message.onError(failed);
    }
  }
}
