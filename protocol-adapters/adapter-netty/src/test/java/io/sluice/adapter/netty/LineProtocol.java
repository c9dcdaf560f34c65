package io.sluice.adapter.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.sluice.api.adapter.Drain;
import io.sluice.api.adapter.Peer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A protocol of tests: the first line signs in, and each comes back. Lines that begin with {@code
 * hold} come back when the listener stops, or never.
 */
final class LineProtocol implements SocketProtocol<ConnectionLoop> {
  final List<Line> connections = new CopyOnWriteArrayList<>();
  volatile long silenceNanos = Long.MAX_VALUE;
  volatile boolean answersWhileItStops;

  @Override
  public ConnectionLoop loop(EventLoop loop) {
    return new ConnectionLoop(loop, "lines");
  }

  @Override
  public void addHandlers(Channel channel, ConnectionLoop loop, Peer peer, BeforeAdmission before) {
    Line connection = new Line(channel, loop, peer, before);
    connections.add(connection);
    channel.pipeline().addLast(new LineBasedFrameDecoder(1024)).addLast(connection);
  }

  /** One client. */
  @SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel
  final class Line extends ChannelInboundHandlerAdapter implements SocketConnection {
    private final Channel channel;
    private final ConnectionLoop loop;
    private final Peer peer;
    private final BeforeAdmission before;
    private final Queue<String> held = new ArrayDeque<>();
    private final long openedNanos = System.nanoTime();
    volatile int inHand;

    private Line(Channel channel, ConnectionLoop loop, Peer peer, BeforeAdmission before) {
      this.channel = channel;
      this.loop = loop;
      this.peer = peer;
      this.before = before;
    }

    @Override
    public Channel channel() {
      return channel;
    }

    @Override
    public Peer peer() {
      return peer;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      loop.opened(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      String line = bytes.toString(StandardCharsets.UTF_8);
      bytes.release();
      before.complete();
      before.admitted();
      held.add(line);
      inHand = held.size();
      if (!line.startsWith("hold")) {
        answerHeld();
      }
    }

    private void answerHeld() {
      while (!held.isEmpty()) {
        byte[] line = (held.remove() + "\n").getBytes(StandardCharsets.UTF_8);
        channel.writeAndFlush(Unpooled.wrappedBuffer(line));
      }
    }

    @Override
    public void checkTimes(long nowNanos) {
      if (nowNanos - openedNanos > silenceNanos) {
        channel.close();
      }
    }

    @Override
    public boolean quiesce() {
      boolean isIdle = held.isEmpty();
      if (answersWhileItStops) {
        answerHeld();
      }
      return isIdle;
    }

    @Override
    public boolean drain(Drain drain, long waitedNanos) {
      boolean isReady = quiesce() || waitedNanos >= ANSWER_NANOS;
      if (isReady) {
        shutDown();
      }
      return isReady;
    }

    @Override
    public void shutDown() {
      byte[] last = "bye\n".getBytes(StandardCharsets.UTF_8);
      channel
          .writeAndFlush(Unpooled.wrappedBuffer(last))
          .addListener(_ -> GracefulClose.of((DuplexChannel) channel));
    }

    @Override
    public void revoked(String detail) {
      channel.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      channel.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      loop.closed(this);
      before.admitted();
    }
  }
}
