package io.sluice.adapter.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.sluice.api.adapter.Peer;

/**
 * One connection as its listener sees it: the last handler of its channel's pipeline. Confined to
 * the event loop.
 */
public interface SocketConnection extends ChannelHandler {
  /** Its socket. */
  Channel channel();

  /** The far end. */
  Peer peer();

  /**
   * Ends the connection where its peer has been silent, or slow, for too long. Twice a second.
   *
   * @param nowNanos by {@link System#nanoTime}
   */
  void checkTimes(long nowNanos);

  /**
   * The listener stops: takes nothing more. Called again and again.
   *
   * @return true once all that came is answered
   */
  boolean quiesce();

  /** Ends the connection, as the gateway is shutting down; what is not answered never will be. */
  void shutDown();

  /**
   * Ends the connection, as the certificate by which its device was admitted is good no more.
   *
   * @param detail a sentence for the device and for the log
   */
  void revoked(String detail);
}
