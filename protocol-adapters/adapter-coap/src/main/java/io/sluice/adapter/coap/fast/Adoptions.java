package io.sluice.adapter.coap.fast;

import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.network.Exchange;

/**
 * Plain uplinks whose answer is late, on their way to Californium: it has what a separate response
 * needs (RFC 7252 section 5.2.2), namely Message IDs of its own, retransmission and their end. No
 * more than there are requests in hand. Thread-safe.
 */
public final class Adoptions {
  private final ConcurrentHashMap<Key, PlainExchange> waiting = new ConcurrentHashMap<>();

  private record Key(InetSocketAddress address, int messageId) {}

  /** False where another with the same Message ID waits already. */
  boolean offer(PlainExchange plain) {
    return waiting.putIfAbsent(key(plain), plain) == null;
  }

  void withdraw(PlainExchange plain) {
    waiting.remove(key(plain), plain);
  }

  /** Whether the request stands for a plain uplink; that one learns of its exchange. */
  public boolean claimedBy(Exchange exchange) {
    if (waiting.isEmpty()) {
      return false;
    }
    Request request = exchange.getRequest();
    PlainExchange plain =
        waiting.remove(new Key(request.getSourceContext().getPeerAddress(), request.getMID()));
    if (plain == null) {
      return false;
    }
    plain.adopted(exchange);
    return true;
  }

  private static Key key(PlainExchange plain) {
    return new Key(plain.address(), plain.messageId());
  }
}
