package io.sluice.adapter.coap.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.DtlsEndpointContext;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.MapBasedEndpointContext;
import org.eclipse.californium.elements.RawData;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.jspecify.annotations.Nullable;

/** Bare CoAP messages in a DTLS session of its own. */
final class RawSession implements AutoCloseable {
  private final DTLSConnector connector;
  private final InetSocketAddress server;
  private final LinkedBlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
  private @Nullable String handshakeMode;

  RawSession(DtlsConnectorConfig.Builder config, InetSocketAddress server) throws IOException {
    this.server = server;
    this.connector = new DTLSConnector(config.build());
    connector.setRawDataReceiver(data -> received.add(data.getBytes()));
    connector.start();
  }

  /** The next message resumes the session by an abbreviated handshake. */
  void resume() {
    handshakeMode = DtlsEndpointContext.HANDSHAKE_MODE_FORCE;
  }

  void send(byte[] message) {
    EndpointContext to = new AddressEndpointContext(server);
    if (handshakeMode != null) {
      to =
          MapBasedEndpointContext.addEntries(
              to,
              new MapBasedEndpointContext.Attributes()
                  .add(DtlsEndpointContext.KEY_HANDSHAKE_MODE, handshakeMode));
      handshakeMode = null;
    }
    connector.send(RawData.outbound(message, to, null, false));
  }

  byte[] receive() throws Exception {
    byte[] answer = received.poll(45, TimeUnit.SECONDS);
    if (answer == null) {
      throw new IOException("no answer within 45 s");
    }
    return answer;
  }

  byte @Nullable [] receive(int timeoutMillis) throws InterruptedException {
    return received.poll(timeoutMillis, TimeUnit.MILLISECONDS);
  }

  InetSocketAddress address() {
    return connector.getAddress();
  }

  @Override
  public void close() {
    connector.destroy();
  }
}
