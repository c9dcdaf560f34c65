package io.sluice.sim.link;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.sluice.sim.net.FileLimit;
import io.sluice.sim.net.SourceAddresses;
import io.sluice.sim.net.Transports;
import io.sluice.sim.scenario.DeviceSpec;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections to one server over TCP; nothing is kept for a device that has none. Safe for
 * use by any thread.
 */
final class TcpConnector {
  private final InetSocketAddress server;
  private final SourceAddresses sources;
  private final FileLimit files;
  private final @Nullable DeviceTls tls;

  /**
   * @param tls null: without
   */
  TcpConnector(
      InetSocketAddress server, SourceAddresses sources, FileLimit files, @Nullable DeviceTls tls) {
    this.server = server;
    this.sources = sources;
    this.files = files;
    this.tls = tls;
  }

  InetSocketAddress server() {
    return server;
  }

  /** From where a device connects that has moved so often; null: as the system likes. */
  @Nullable InetSocketAddress source(DeviceSpec spec, int moves) {
    return sources.of((int) (spec.seed() & 0xFFFF), moves);
  }

  /**
   * Connects; null where the limit of open files leaves no room, see {@link #remedy}.
   *
   * @param handlers of the protocol, the last of which takes what comes
   */
  @Nullable ChannelFuture connect(
      EventLoop loop, DeviceSpec spec, int moves, boolean isLying, ChannelHandler... handlers) {
    if (!files.take()) {
      return null;
    }
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(Transports.socket())
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel made) throws Exception {
                    if (tls != null) {
                      made.pipeline().addLast(tls.handler(made.alloc(), spec, isLying, server));
                    }
                    made.pipeline().addLast(handlers);
                  }
                });
    InetSocketAddress source = source(spec, moves);
    if (source != null && Epoll.isAvailable()) {
      // the port is chosen by the connection, not by the address alone
      bootstrap.option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
    }
    ChannelFuture made =
        source == null ? bootstrap.connect(server) : bootstrap.connect(server, source);
    made.channel().closeFuture().addListener(closed -> files.give());
    return made;
  }

  String remedy() {
    return files.remedy();
  }
}
