package io.sluice.adapter.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.sluice.api.adapter.Drain;
import io.sluice.api.adapter.Peer;
import java.util.concurrent.TimeUnit;

/**
 * One connection as its listener sees it: the last handler of its channel's pipeline. Confined to
 * the event loop.
 */
public interface SocketConnection extends ChannelHandler {
  /** What a connection has, at a drain, to answer what its device has sent. */
  long ANSWER_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

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

  /**
   * Ends the session, as the gateway is drained: behind what it has sent, which is answered first.
   * Called again and again. A connection that has no session yet is left to what its sign-in is
   * answered.
   *
   * @param waitedNanos since its turn came: what is not answered is waited for only so long, {@link
   *     #ANSWER_NANOS} where the connection's protocol says nothing else
   * @return true once there is nothing left to do
   */
  boolean drain(Drain drain, long waitedNanos);

  /**
   * The drain is called off while the session's end waits for an answer: it goes on as before. A
   * protocol whose peer has been told of the end already does nothing.
   */
  default void stay() {}

  /** Ends the connection, as the gateway is shutting down; what is not answered never will be. */
  void shutDown();

  /**
   * Ends the connection, as the certificate by which its device was admitted is good no more.
   *
   * @param detail a sentence for the device and for the log
   */
  void revoked(String detail);
}
