package io.sluice.adapter.netty;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.sluice.api.adapter.Peer;

/**
 * What an adapter says of its protocol to its listener.
 *
 * @param <L> what the adapter keeps for each event loop
 */
public interface SocketProtocol<L extends ConnectionLoop> {
  /** Makes what the adapter keeps for an event loop. Once each, on that loop. */
  L loop(EventLoop loop);

  /**
   * Adds the protocol's handlers to a connection that has a place. {@link BeforeAdmission}, and TLS
   * where it is configured, are in the pipeline already; the last handler is the {@link
   * SocketConnection}. On the channel's event loop.
   *
   * @param before to be told when a device is admitted
   */
  void addHandlers(Channel channel, L loop, Peer peer, BeforeAdmission before);
}
