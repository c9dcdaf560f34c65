package io.sluice.sim.reference;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.sluice.sim.net.Transports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A listening TCP socket on the loopback interface, with its event loops. */
@SuppressWarnings("FutureReturnValueIgnored") // what is closed needs no answer
final class BareServer implements AutoCloseable {
  private final EventLoopGroup group;
  private final Channel channel;

  private BareServer(EventLoopGroup group, Channel channel) {
    this.group = group;
    this.channel = channel;
  }

  /**
   * @param name of its threads
   * @param port 0 takes a free one
   * @param threads event loops; 0 for one a processor
   * @param handlers adds those of a connection
   * @throws IOException if the port is taken
   */
  static BareServer start(String name, int port, int threads, Consumer<ChannelPipeline> handlers)
      throws IOException {
    int loops = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    EventLoopGroup group = Transports.group(loops, name);
    var bound =
        new ServerBootstrap()
            .group(group)
            .channel(Transports.serverSocket())
            .option(ChannelOption.SO_BACKLOG, 4096)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel made) {
                    handlers.accept(made.pipeline());
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      group.shutdownGracefully();
      throw new IOException("port " + port + ": " + bound.cause().getMessage());
    }
    return new BareServer(group, bound.channel());
  }

  int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
