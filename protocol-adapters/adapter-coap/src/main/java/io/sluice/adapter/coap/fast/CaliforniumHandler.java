package io.sluice.adapter.coap.fast;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;

/** Passes every datagram of one socket to Californium. Confined to the event loop. */
final class CaliforniumHandler extends ChannelInboundHandlerAdapter {
  private final NettyUdpConnector connector;

  CaliforniumHandler(NettyUdpConnector connector) {
    this.connector = connector;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    DatagramPacket packet = (DatagramPacket) message;
    try {
      connector.pass(ByteBufUtil.getBytes(packet.content()), packet.sender(), context.channel());
    } finally {
      packet.release();
    }
  }
}
