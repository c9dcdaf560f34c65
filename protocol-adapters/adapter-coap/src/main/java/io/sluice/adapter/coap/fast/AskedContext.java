package io.sluice.adapter.coap.fast;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import org.eclipse.californium.elements.UdpEndpointContext;

/** A peer with the socket that it has sent to, by which the answer goes back. Immutable. */
final class AskedContext extends UdpEndpointContext {
  private final Channel channel;

  AskedContext(InetSocketAddress peer, Channel channel) {
    super(peer);
    this.channel = channel;
  }

  Channel channel() {
    return channel;
  }
}
