package io.sluice.sim.load;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.sluice.sim.coap.CoapFrame;
import io.sluice.sim.coap.CoapMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One UDP socket and the endpoints that send from it; a token is an endpoint's place in the list.
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // an acknowledgement that is not sent is asked for again
final class CoapLoadSocket extends SimpleChannelInboundHandler<DatagramPacket> {
  private final List<CoapLoadPeer> peers = new ArrayList<>();
  private int nextMessageId = ThreadLocalRandom.current().nextInt();

  List<CoapLoadPeer> peers() {
    return peers;
  }

  int nextMessageId() {
    return nextMessageId++ & 0xFFFF;
  }

  void sweep(long nowNanos) {
    for (CoapLoadPeer peer : peers) {
      peer.sweep(nowNanos, nextMessageId());
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
    CoapMessage message = CoapMessage.read(packet.content());
    if (message == null || message.tokenLength() != CoapLoadPeer.TOKEN_BYTES) {
      return; // an empty acknowledgement: the response comes separately
    }
    if (message.type() == CoapMessage.CON) {
      byte[] acknowledgement = CoapFrame.empty(CoapMessage.ACK, message.messageId());
      ctx.writeAndFlush(ctx.alloc().directBuffer(4).writeBytes(acknowledgement), ctx.voidPromise());
    }
    if (message.token() >= 0 && message.token() < peers.size()) {
      peers.get((int) message.token()).answered(message, System.nanoTime(), nextMessageId());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // ICMP "port unreachable" comes this way; the endpoints' retransmission is the reaction
    ctx.fireUserEventTriggered(cause);
  }
}
