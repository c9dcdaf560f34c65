package io.sluice.sim.broker;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.sluice.sim.net.Transports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One address for a broker that moves: each connection is carried to where the broker is when it
 * comes, and is closed where there is none. Reads no more than the other side takes. Safe for use
 * by any thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the connection
final class BrokerRelay implements AutoCloseable {
  private final EventLoopGroup loops = Transports.group(1, "sim-relay");
  private final Channel door;
  private volatile int target;

  /**
   * @param port where it listens on the loopback interface; 0 takes a free one
   * @throws IOException if the port is taken
   */
  BrokerRelay(int port) throws IOException {
    var bound =
        new ServerBootstrap()
            .group(loops)
            .channel(Transports.serverSocket())
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.AUTO_READ, false)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel made) {
                    carry(made);
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      loops.shutdownGracefully();
      throw new IOException("broker: port " + port + ": " + bound.cause().getMessage());
    }
    door = bound.channel();
  }

  int port() {
    return ((InetSocketAddress) door.localAddress()).getPort();
  }

  /** Where connections go from now on. */
  void target(int port) {
    target = port;
  }

  private void carry(Channel from) {
    Pipe there = new Pipe();
    Pipe back = new Pipe();
    from.pipeline().addLast(there);
    new Bootstrap()
        .group(from.eventLoop())
        .channel(Transports.socket())
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.AUTO_READ, false)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel made) {
                made.pipeline().addLast(back);
              }
            })
        .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target))
        .addListener(
            (ChannelFutureListener)
                made -> {
                  if (!made.isSuccess()) {
                    from.close();
                    return;
                  }
                  there.join(made.channel());
                  back.join(from);
                  from.config().setAutoRead(true);
                  made.channel().config().setAutoRead(true);
                });
  }

  @Override
  public void close() {
    door.close().awaitUninterruptibly();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /** One direction. */
  private static final class Pipe extends ChannelInboundHandlerAdapter {
    private @Nullable Channel other;

    void join(Channel other) {
      this.other = other;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) {
      Channel to = other;
      if (to == null) {
        throw new IllegalStateException("nothing is read before both sides are there");
      }
      to.writeAndFlush(bytes);
      if (!to.isWritable()) {
        ctx.channel().config().setAutoRead(false);
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      Channel to = other;
      if (to != null) {
        to.config().setAutoRead(ctx.channel().isWritable());
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      Channel to = other;
      if (to != null) {
        to.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close(); // a connection that broke is what its peer sees
    }
  }
}
