package io.sluice.sim.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One UDP socket and the endpoints that send from it; a token is an endpoint's place in the list.
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // an acknowledgement that is not sent is asked for again
final class CoapLoadSocket extends SimpleChannelInboundHandler<DatagramPacket> {
  private static final int EMPTY_ACK = 0x60000000;
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
    ByteBuf in = packet.content();
    if (in.readableBytes() < 4) {
      return;
    }
    int first = in.readUnsignedByte();
    int code = in.readUnsignedByte();
    int messageId = in.readUnsignedShort();
    int type = (first >>> 4) & 3;
    int tokenLength = first & 0xF;
    if (code == 0 || tokenLength != 4 || in.readableBytes() < 4) {
      return; // an empty acknowledgement: the response comes separately
    }
    if (type == 0) {
      ctx.writeAndFlush(
          ctx.alloc().directBuffer(4).writeInt(EMPTY_ACK | messageId), ctx.voidPromise());
    }
    int token = in.readInt();
    if (token >= 0 && token < peers.size()) {
      String diagnostic = code >>> 5 == 2 ? "" : diagnostic(in);
      peers.get(token).answered(code, diagnostic, System.nanoTime(), nextMessageId());
    }
  }

  private static String diagnostic(ByteBuf in) {
    int marker = in.indexOf(in.readerIndex(), in.writerIndex(), (byte) 0xFF);
    return marker < 0
        ? ""
        : in.toString(marker + 1, in.writerIndex() - marker - 1, StandardCharsets.UTF_8);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // ICMP "port unreachable" comes this way; the endpoints' retransmission is the reaction
    ctx.fireUserEventTriggered(cause);
  }
}
