package io.sluice.adapter.coap;

import io.sluice.api.Gateway;
import io.sluice.api.Limit;
import io.sluice.api.Peer;
import io.sluice.api.RejectReason;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DtlsDatagramFilter;
import org.eclipse.californium.scandium.dtls.Connection;
import org.eclipse.californium.scandium.dtls.DTLSContext;
import org.eclipse.californium.scandium.dtls.HandshakeException;
import org.eclipse.californium.scandium.dtls.Handshaker;
import org.eclipse.californium.scandium.dtls.Record;
import org.eclipse.californium.scandium.dtls.SessionListener;

/**
 * Bounds the handshakes under way. A cookie keeps forged addresses out; who owns its address could
 * still begin handshakes and never end them, and each holds keys and messages for a minute. Beyond
 * the bound a ClientHello is dropped before anything is computed: an honest device sends it again
 * (RFC 6347 section 4.2.4). Thread-safe.
 */
final class HandshakeBound extends DtlsDatagramFilter implements SessionListener {
  /** Record header (13 bytes), then the type of the handshake message. */
  private static final int MESSAGE_TYPE_OFFSET = 13;

  private static final byte HANDSHAKE_RECORD = 22;
  private static final byte CLIENT_HELLO = 1;

  private final Gateway gateway;
  private final int maxHandshakes;

  /** Whether each has been counted as refused. */
  private final ConcurrentHashMap<Handshaker, Boolean> underWay = new ConcurrentHashMap<>();

  HandshakeBound(Configuration configuration, Gateway gateway, int maxHandshakes) {
    super(configuration);
    this.gateway = gateway;
    this.maxHandshakes = maxHandshakes;
  }

  @Override
  public boolean onReceiving(DatagramPacket packet) {
    if (underWay.size() >= maxHandshakes && isClientHello(packet)) {
      gateway.limited(peer((InetSocketAddress) packet.getSocketAddress()), Limit.HANDSHAKES);
      return false;
    }
    return super.onReceiving(packet);
  }

  /**
   * A Finished that cannot be read is what a wrong pre-shared key comes to. It is dropped, as
   * anyone could have sent it (RFC 6347 section 4.1.2.7), and counted once a handshake.
   */
  @Override
  public boolean onMacError(Record record, Connection connection) {
    Handshaker handshaker = connection.getOngoingHandshake();
    if (handshaker != null && underWay.replace(handshaker, false, true)) {
      gateway.refused(peer(handshaker.getPeerAddress()), RejectReason.NOT_AUTHENTICATED);
    }
    return super.onMacError(record, connection);
  }

  /** In the clear: a ClientHello of an open session is encrypted, and goes on. */
  private static boolean isClientHello(DatagramPacket packet) {
    byte[] bytes = packet.getData();
    int start = packet.getOffset();
    return packet.getLength() > MESSAGE_TYPE_OFFSET
        && bytes[start] == HANDSHAKE_RECORD
        && bytes[start + MESSAGE_TYPE_OFFSET] == CLIENT_HELLO
        && bytes[start + 3] == 0 // epoch 0
        && bytes[start + 4] == 0;
  }

  void begun(Handshaker handshaker) {
    underWay.put(handshaker, false);
    handshaker.addSessionListener(this);
  }

  int underWay() {
    return underWay.size();
  }

  /** Forgets handshakes whose end nobody was told of; called every few seconds. */
  void sweep() {
    underWay.keySet().removeIf(Handshaker::isDestroyed);
  }

  private static Peer peer(InetSocketAddress address) {
    return new Peer(CoapAdapter.PROTOCOL, address, true);
  }

  @Override
  public void handshakeStarted(Handshaker handshaker) {}

  @Override
  public void contextEstablished(Handshaker handshaker, DTLSContext context) {}

  @Override
  public void handshakeCompleted(Handshaker handshaker) {
    underWay.remove(handshaker);
  }

  @Override
  public void handshakeFailed(Handshaker handshaker, Throwable error) {
    boolean isCounted = Boolean.TRUE.equals(underWay.remove(handshaker));
    if (!isCounted && error instanceof HandshakeException) {
      gateway.refused(peer(handshaker.getPeerAddress()), RejectReason.NOT_AUTHENTICATED);
    }
  }

  @Override
  public void handshakeFlightRetransmitted(Handshaker handshaker, int flight) {}
}
