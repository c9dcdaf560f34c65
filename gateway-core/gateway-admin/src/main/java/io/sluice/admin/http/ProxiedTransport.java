package io.sluice.admin.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.sluice.api.adapter.TrustedProxies;
import io.vertx.core.impl.transports.NioTransport;
import io.vertx.core.net.TcpConfig;
import io.vertx.core.transport.Transport;
import java.net.InetSocketAddress;
import java.util.HexFormat;

/**
 * Sockets of a listener to which some peers send a header of the PROXY protocol and others do not.
 * Vert.x asks every connection for one. For those that are no proxy's the gateway gives it itself:
 * a header of version 2 that names nobody (command LOCAL, section 2.2 of the PROXY protocol). A
 * header that such a peer sends is no HTTP, and is refused as that.
 */
public final class ProxiedTransport extends NioTransport {
  /** Signature, version 2 with LOCAL, unspecified family, and no bytes that follow. */
  private static final ByteBuf NOBODY =
      Unpooled.unreleasableBuffer(
          Unpooled.wrappedBuffer(HexFormat.of().parseHex("0d0a0d0a000d0a515549540a20000000"))
              .asReadOnly());

  private final TrustedProxies proxies;

  private ProxiedTransport(TrustedProxies proxies) {
    this.proxies = proxies;
  }

  /** The transport of a listener with these proxies before it. */
  public static Transport of(TrustedProxies proxies) {
    ProxiedTransport sockets = new ProxiedTransport(proxies);
    return new Transport() {
      @Override
      public String name() {
        return "nio";
      }

      @Override
      public boolean available() {
        return true;
      }

      @Override
      public Throwable unavailabilityCause() {
        return new IllegalStateException("it is available");
      }

      @Override
      public io.vertx.core.spi.transport.Transport implementation() {
        return sockets;
      }
    };
  }

  @Override
  public void configure(TcpConfig options, boolean domainSocket, ServerBootstrap bootstrap) {
    super.configure(options, domainSocket, bootstrap);
    bootstrap.handler(new Accepted());
  }

  /** In the listening socket's pipeline: connections pass before Vert.x sets them up. */
  @Sharable
  private final class Accepted extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof Channel connection
          && !(connection.remoteAddress() instanceof InetSocketAddress peer
              && proxies.trusts(peer))) {
        connection.pipeline().addFirst(new Introduction());
      }
      context.fireChannelRead(message);
    }
  }

  /** Before anything that the peer sends. */
  private static final class Introduction extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext context) {
      context.fireChannelActive();
      context.fireChannelRead(NOBODY.duplicate());
      context.pipeline().remove(this);
    }
  }
}
