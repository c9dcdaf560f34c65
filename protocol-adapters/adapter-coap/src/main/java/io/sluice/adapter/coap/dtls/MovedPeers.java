package io.sluice.adapter.coap.dtls;

import io.sluice.adapter.coap.message.AssociationMatcher;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.californium.elements.DtlsEndpointContext;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.MessageCallback;
import org.eclipse.californium.elements.RawData;

/**
 * Where the peers are that have changed their address within a session (RFC 9146). What is on its
 * way to the old address, a retransmission for example, goes to the new one: Scandium looks a
 * session up by the address alone, and would call it missing.
 *
 * <p>Bound: so many peers, the latest to move. Thread-safe.
 */
final class MovedPeers {
  private final Map<Object, EndpointContext> latest;

  MovedPeers(int maxPeers) {
    latest =
        Collections.synchronizedMap(
            new LinkedHashMap<>() {
              @Override
              protected boolean removeEldestEntry(Map.Entry<Object, EndpointContext> eldest) {
                return size() > maxPeers;
              }
            });
  }

  /** A record of this session came. */
  void heard(EndpointContext from) {
    if (from.get(DtlsEndpointContext.KEY_PREVIOUS_ADDRESS) != null) {
      Object peer = AssociationMatcher.identity(from);
      latest.remove(peer); // to the end
      latest.put(peer, from);
    }
  }

  /** The same message to where the peer is now. */
  RawData redirect(RawData message) {
    if (latest.isEmpty()) {
      return message;
    }
    EndpointContext now = latest.get(AssociationMatcher.identity(message.getEndpointContext()));
    return now == null || now.getPeerAddress().equals(message.getInetSocketAddress())
        ? message
        : RawData.outbound(message.getBytes(), now, callback(message), false);
  }

  private static MessageCallback callback(RawData message) {
    return new MessageCallback() {
      @Override
      public void onConnecting() {
        message.onConnecting();
      }

      @Override
      public void onDtlsRetransmission(int flight) {
        message.onDtlsRetransmission(flight);
      }

      @Override
      public void onContextEstablished(EndpointContext context) {
        message.onContextEstablished(context);
      }

      @Override
      public void onSent() {
        message.onSent();
      }

      @Override
      public void onError(Throwable error) {
        message.onError(error);
      }
    };
  }
}
