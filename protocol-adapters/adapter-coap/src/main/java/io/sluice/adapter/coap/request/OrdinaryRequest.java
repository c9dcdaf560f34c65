package io.sluice.adapter.coap.request;

import io.sluice.adapter.coap.message.Amplification;
import io.sluice.adapter.coap.message.Replies;
import java.net.InetSocketAddress;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;

/** A request that Californium has read. */
public record OrdinaryRequest(Exchange exchange) implements Answerable {
  @Override
  public InetSocketAddress address() {
    return exchange.getRequest().getSourceContext().getPeerAddress();
  }

  @Override
  public boolean bound(Response response) {
    return exchange.getRequest().getSourceContext().getPeerIdentity() == null
        && Amplification.bound(exchange.getRequest(), response);
  }

  @Override
  public void answer(Response response) {
    Replies.send(exchange, response);
  }
}
