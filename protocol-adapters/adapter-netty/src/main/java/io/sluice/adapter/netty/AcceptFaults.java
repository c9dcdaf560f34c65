package io.sluice.adapter.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Tells the operator why no connection is accepted: Netty stops accepting for a second after a
 * fault, then tries again. The last handler of a listening socket.
 */
final class AcceptFaults extends ChannelInboundHandlerAdapter {
  private final SparseLog log;

  /**
   * @param log of a minute: what is tried each second is read once
   */
  AcceptFaults(SparseLog log) {
    this.log = log;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    log.warn(
        String.valueOf(context.channel().localAddress()),
        "cannot accept connections: "
            + cause.getMessage()
            + "; raise the limit of open files (ulimit -n, LimitNOFILE=)");
  }
}
