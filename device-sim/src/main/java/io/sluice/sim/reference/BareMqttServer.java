package io.sluice.sim.reference;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The least that an MQTT server can do: admits everybody, acknowledges every publish, drops it. Its
 * figures are the machine's and Netty's share of anybody else's.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails ends in channelInactive
public final class BareMqttServer implements AutoCloseable {
  private final BareServer server;

  private BareMqttServer(BareServer server) {
    this.server = server;
  }

  /**
   * Starts on the loopback interface.
   *
   * @param port 0 takes a free one
   * @param threads event loops; 0 for one a processor
   * @throws IOException if the port is taken
   */
  public static BareMqttServer start(int port, int threads) throws IOException {
    return new BareMqttServer(
        BareServer.start(
            "bare-mqtt", port, threads, pipeline -> pipeline.addLast(new Acknowledger())));
  }

  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.close();
  }

  /** Reads packets by hand; all answers to one read batch go out in one write. */
  private static final class Acknowledger extends ChannelInboundHandlerAdapter {
    private @Nullable ByteBuf carry;
    private @Nullable ByteBuf answers;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf in = (ByteBuf) message;
      if (carry != null) {
        in = carry.writeBytes(in);
        ((ByteBuf) message).release();
        carry = null;
      }
      while (packet(ctx, in)) {
        // until what is left is not a whole packet
      }
      if (in.isReadable()) {
        carry = ctx.alloc().buffer(in.readableBytes() + 2048).writeBytes(in);
      }
      in.release();
    }

    private boolean packet(ChannelHandlerContext ctx, ByteBuf in) {
      int start = in.readerIndex();
      int readable = in.readableBytes();
      int length = 0;
      for (int i = 1; i < readable && i <= 4; i++) {
        byte digit = in.getByte(start + i);
        length |= (digit & 0x7F) << (7 * (i - 1));
        if (digit >= 0) {
          if (readable < i + 1 + length) {
            return false;
          }
          answer(ctx, in, start, start + i + 1);
          in.readerIndex(start + i + 1 + length);
          return true;
        }
      }
      return false;
    }

    private void answer(ChannelHandlerContext ctx, ByteBuf in, int start, int body) {
      int first = in.getUnsignedByte(start);
      switch (first >>> 4) {
        case 1 -> connack(ctx, in.getByte(body + 6) == 5);
        case 3 -> {
          int qos = (first >>> 1) & 3;
          if (qos > 0) {
            int id = in.getUnsignedShort(body + 2 + in.getUnsignedShort(body));
            out(ctx).writeInt((qos == 1 ? 0x40020000 : 0x50020000) | id);
          }
        }
        case 6 -> out(ctx).writeInt(0x70020000 | in.getUnsignedShort(body));
        case 8 -> out(ctx).writeShort(0x9003).writeShort(in.getUnsignedShort(body)).writeByte(0);
        case 12 -> out(ctx).writeShort(0xD000);
        case 14 -> ctx.close();
        default -> {
          // nothing else wants an answer
        }
      }
    }

    private void connack(ChannelHandlerContext ctx, boolean five) {
      if (five) {
        out(ctx).writeInt(0x20030000).writeByte(0);
      } else {
        out(ctx).writeInt(0x20020000);
      }
    }

    private ByteBuf out(ChannelHandlerContext ctx) {
      ByteBuf out = answers;
      if (out == null) {
        out = ctx.alloc().directBuffer(1024);
        answers = out;
      }
      return out;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      if (answers != null) {
        ctx.writeAndFlush(answers, ctx.voidPromise());
        answers = null;
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      if (carry != null) {
        carry.release();
        carry = null;
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      // a reset connection is all that is expected here
      ctx.close();
    }
  }
}
