package io.sluice.adapter.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the header that a proxy sends before all else, and tells for whom the proxy speaks:
 * PROXY protocol versions 1 and 2 (sections 2.1 and 2.2 of its specification). Until then no other
 * handler is there. Confined to the event loop.
 */
// a close that fails leaves a channel that is closed: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
final class ProxyHeader extends ChannelInboundHandlerAdapter {
  /** Of what a version 2 header says beside addresses; the largest in use have about 300 bytes. */
  private static final int EXTENSIONS_MAX_BYTES = 2 << 10;

  private static final ByteBuf VERSION_1 = beginning("PROXY ");
  private static final ByteBuf VERSION_2 = beginning("\r\n\r\n\0\r\nQUIT\n");

  private final InetSocketAddress proxy;
  private final Duration patience;
  private final Consumer<InetSocketAddress> begin;
  private final Consumer<String> refuse;
  private @Nullable ScheduledFuture<?> timeout;
  private boolean hasBytes;
  private boolean isRefused;

  private ProxyHeader(
      InetSocketAddress proxy,
      Duration patience,
      Consumer<InetSocketAddress> begin,
      Consumer<String> refuse) {
    this.proxy = proxy;
    this.patience = patience;
    this.begin = begin;
    this.refuse = refuse;
  }

  private static ByteBuf beginning(String text) {
    return Unpooled.unreleasableBuffer(
        Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1)).asReadOnly());
  }

  /**
   * Asks for the header.
   *
   * @param begin adds the handlers of a connection from that address
   * @param refuse is told why none came; the connection is closed
   */
  static void ask(
      Channel channel,
      Duration patience,
      Consumer<InetSocketAddress> begin,
      Consumer<String> refuse) {
    InetSocketAddress proxy = (InetSocketAddress) channel.remoteAddress();
    ProxyHeader header = new ProxyHeader(proxy, patience, begin, refuse);
    channel
        .pipeline()
        .addLast(header.new Beginning())
        .addLast(new HAProxyMessageDecoder(EXTENSIONS_MAX_BYTES))
        .addLast(header);
  }

  /**
   * Looks at the first bytes: the decoder would wait for the end of a header that is none. Tells
   * also a client that stops in the middle from one that only looked whether the port is open.
   */
  private final class Beginning extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      hasBytes = true;
      if (isHeader((ByteBuf) message)) {
        context.pipeline().remove(this);
        context.fireChannelRead(message);
      } else {
        ReferenceCountUtil.release(message);
        close(context, "is not what came: a header begins otherwise");
      }
    }

    private static boolean isHeader(ByteBuf bytes) {
      return begins(bytes, VERSION_1) || begins(bytes, VERSION_2);
    }

    private static boolean begins(ByteBuf bytes, ByteBuf beginning) {
      int length = Math.min(bytes.readableBytes(), beginning.readableBytes());
      return ByteBufUtil.equals(bytes, bytes.readerIndex(), beginning, 0, length);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    timeout =
        context
            .executor()
            .schedule(
                () -> close(context, "did not come within " + patience.toMillis() + " ms"),
                patience.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof HAProxyMessage header)) {
      ReferenceCountUtil.release(message); // what stood behind a header that was refused
      return;
    }
    InetSocketAddress peer;
    try {
      peer = peer(header);
    } finally {
      header.release();
    }
    stopWaiting();
    begin.accept(peer);
    context.fireChannelActive();
    context.pipeline().remove(this);
  }

  /** The proxy itself where it checks the gateway's health (LOCAL), or does not say (UNKNOWN). */
  private InetSocketAddress peer(HAProxyMessage header) {
    String source = header.sourceAddress();
    return header.command() == HAProxyCommand.LOCAL || source == null || !isAddress(header)
        ? proxy
        : new InetSocketAddress(InetAddress.ofLiteral(source), header.sourcePort());
  }

  private static boolean isAddress(HAProxyMessage header) {
    return switch (header.proxiedProtocol().addressFamily()) {
      case AF_IPv4, AF_IPv6 -> true;
      case AF_UNIX, AF_UNSPEC -> false;
    };
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    Throwable innermost = cause;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    close(context, "is not what came: " + innermost.getMessage()); // the decoder has closed already
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (hasBytes) {
      close(context, "broke off");
    }
    stopWaiting();
  }

  private void close(ChannelHandlerContext context, String why) {
    if (!isRefused) {
      isRefused = true;
      stopWaiting();
      refuse.accept(why);
      context.close();
    }
  }

  private void stopWaiting() {
    ScheduledFuture<?> pending = timeout;
    if (pending != null) {
      pending.cancel(false);
      timeout = null;
    }
  }
}
