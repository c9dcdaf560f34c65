package io.sluice.adapter.coap.dtls;

import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.api.Limit;
import io.sluice.api.adapter.Meters;
import io.sluice.api.adapter.Peer;
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
import org.jspecify.annotations.Nullable;

/**
 * Bounds the handshakes under way. A cookie keeps forged addresses out; who owns its address could
 * still begin handshakes and never end them, and each holds keys and messages for a minute. Beyond
 * the bound a ClientHello is dropped before anything is computed: an honest device sends it again
 * (RFC 6347 section 4.2.4). Thread-safe.
 */
final class HandshakeBound extends DtlsDatagramFilter implements SessionListener {
  private final Meters meters;
  private final int maxHandshakes;
  private final HandshakeFailures failures;
  private final ClientHelloBytes hellos = new ClientHelloBytes();

  /** Whether each has been counted as refused. */
  private final ConcurrentHashMap<Handshaker, Boolean> underWay = new ConcurrentHashMap<>();

  HandshakeBound(
      Configuration configuration, Meters meters, int maxHandshakes, HandshakeFailures failures) {
    super(configuration);
    this.failures = failures;
    this.meters = meters;
    this.maxHandshakes = maxHandshakes;
  }

  @Override
  public boolean onReceiving(DatagramPacket packet) {
    if (ClientHelloBytes.isClientHello(packet)) {
      InetSocketAddress sender = (InetSocketAddress) packet.getSocketAddress();
      if (underWay.size() >= maxHandshakes) {
        meters.limited(peer(sender), Limit.HANDSHAKES);
        return false;
      }
      if (!hellos.complete(packet)) {
        return false;
      }
      look(sender, ClientHelloBytes.offer(packet));
    }
    return super.onReceiving(packet);
  }

  private void look(InetSocketAddress sender, ClientHelloBytes.@Nullable Offer offer) {
    if (offer == null) {
      return; // malformed: dropped, and counted with the malformed
    }
    if (offer.namesAnAddress()) {
      failures.unreadable(
          sender,
          "the server name "
              + offer.serverName()
              + " is an address (RFC 6066 section 3 wants a host name); give the device a host name");
    } else {
      failures.offered(sender, offer);
    }
  }

  /**
   * A Finished that cannot be read is what a wrong pre-shared key comes to. It is dropped, as
   * anyone could have sent it (RFC 6347 section 4.1.2.7), and counted once a handshake.
   */
  @Override
  public boolean onMacError(Record record, Connection connection) {
    Handshaker handshaker = connection.getOngoingHandshake();
    if (handshaker != null && underWay.replace(handshaker, false, true)) {
      failures.unreadableFinished(handshaker);
    }
    return super.onMacError(record, connection);
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
    return new Peer(CoapOptions.PROTOCOL, address, true);
  }

  @Override
  public void handshakeStarted(Handshaker handshaker) {}

  @Override
  public void contextEstablished(Handshaker handshaker, DTLSContext context) {}

  @Override
  public void handshakeCompleted(Handshaker handshaker) {
    failures.completed(handshaker);
    underWay.remove(handshaker);
  }

  @Override
  public void handshakeFailed(Handshaker handshaker, Throwable error) {
    boolean isCounted = Boolean.TRUE.equals(underWay.remove(handshaker));
    if (!isCounted && error instanceof HandshakeException cause) {
      failures.failed(handshaker, cause);
    }
  }

  @Override
  public void handshakeFlightRetransmitted(Handshaker handshaker, int flight) {}
}
