package io.sluice.sim.reference;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;

/**
 * The least that a server of HTTP/1.1 can do with Netty's own codec: takes each request whole,
 * answers 200, drops it. Its figures are the machine's and Netty's share of anybody else's.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the connection
public final class BareHttpServer implements AutoCloseable {
  private static final int MAX_BODY_BYTES = 1 << 20;

  private final BareServer server;

  private BareHttpServer(BareServer server) {
    this.server = server;
  }

  /**
   * Starts on the loopback interface.
   *
   * @param port 0 takes a free one
   * @param threads event loops; 0 for one a processor
   * @throws IOException if the port is taken
   */
  public static BareHttpServer start(int port, int threads) throws IOException {
    return new BareHttpServer(
        BareServer.start(
            "bare-http",
            port,
            threads,
            pipeline ->
                pipeline.addLast(
                    new HttpServerCodec(),
                    new HttpObjectAggregator(MAX_BODY_BYTES),
                    new Acknowledger())));
  }

  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.close();
  }

  /** Answers to one read batch go out in one flush. */
  private static final class Acknowledger extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
      FullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.EMPTY_BUFFER);
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
      ctx.write(response, ctx.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      // a reset connection is all that is expected here
      ctx.close();
    }
  }
}
