package io.sluice.adapter.http.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.sluice.adapter.http.request.HttpLoop;
import io.sluice.adapter.http.request.HttpOptions;
import io.sluice.adapter.http.request.Origin;
import io.sluice.adapter.http.request.RequestService;
import io.sluice.adapter.netty.BeforeAdmission;
import io.sluice.adapter.netty.SocketConnection;
import io.sluice.adapter.netty.SparseLog;
import io.sluice.adapter.netty.TlsContexts;
import io.sluice.adapter.netty.TlsHandlers;
import io.sluice.api.Limit;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Drain;
import io.sluice.api.adapter.Peer;
import java.io.IOException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * One client's connection. Which version of HTTP is spoken on it is known at once without TLS, and
 * by ALPN with it. Confined to the event loop.
 */
// a write or close that fails leaves a channel that is closed: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
public final class HttpConnection extends ChannelInboundHandlerAdapter implements SocketConnection {
  /** Sparse over all connections. */
  private static final SparseLog FAULTS =
      new SparseLog(LoggerFactory.getLogger(HttpConnection.class), HttpOptions.PROTOCOL);

  final Channel channel;
  final HttpLoop loop;
  final RequestService service;
  final HttpOptions options;
  final Origin origin;
  private final Peer peer;
  private final @Nullable Limit refusedBy;
  private @Nullable Talk talk;
  private boolean hasEnded;

  /**
   * @param loop of the channel's event loop
   * @param refusedBy the limit that it ran into, null where none
   */
  public HttpConnection(
      Channel channel,
      HttpLoop loop,
      RequestService service,
      HttpOptions options,
      Peer peer,
      BeforeAdmission before,
      @Nullable Limit refusedBy) {
    this.channel = channel;
    this.loop = loop;
    this.service = service;
    this.options = options;
    this.peer = peer;
    this.refusedBy = refusedBy;
    this.origin =
        new Origin(
            service,
            loop,
            peer,
            refusedBy,
            () -> TlsHandlers.clientChain(channel.pipeline()),
            before);
    before.onRefusal(this::ended);
  }

  @Override
  public Channel channel() {
    return channel;
  }

  @Override
  public Peer peer() {
    return peer;
  }

  /** Logs what this peer has done. */
  void warn(String what) {
    FAULTS.warn(String.valueOf(peer.address()), what);
  }

  /** Counts a request that the connection itself refuses. */
  void refused(RejectReason reason) {
    service.gateway().meters().refused(peer, reason);
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    loop.opened(this);
    if (!peer.secure()) {
      talk = new Http1Talk(this);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
      SslHandler tls = context.pipeline().get(SslHandler.class);
      boolean isSecond = tls != null && "h2".equals(tls.applicationProtocol());
      talk = isSecond ? Http2Talk.begin(this, context) : new Http1Talk(this);
    }
    Talk own = talk;
    if (own instanceof Http2Talk second) {
      loop.run(() -> second.event(event));
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    Talk own = talk;
    if (own == null || hasEnded) {
      ReferenceCountUtil.release(message);
    } else {
      loop.run(() -> own.read(message));
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    Talk own = talk;
    if (own != null) {
      loop.run(own::readComplete);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    Talk own = talk;
    if (own != null) {
      loop.run(() -> own.writable(channel.isWritable()));
    }
  }

  @Override
  public void checkTimes(long nowNanos) {
    Talk own = talk;
    if (own != null) {
      loop.run(() -> own.checkTimes(nowNanos));
    }
  }

  @Override
  public boolean quiesce() {
    Talk own = talk;
    return own == null || own.quiesce();
  }

  @Override
  public boolean drain(Drain drain, long waitedNanos) {
    Talk own = talk;
    if (own == null) {
      return true; // within its TLS handshake: its first request is answered by 503
    }
    boolean isReady = own.quiesce() || waitedNanos >= ANSWER_NANOS;
    if (isReady) {
      loop.run(own::finish);
    }
    return isReady;
  }

  @Override
  public void shutDown() {
    Talk own = talk;
    if (own == null) {
      channel.close();
    } else {
      loop.run(own::finish);
    }
  }

  @Override
  public void revoked(String detail) {
    warn(detail + "; closed");
    channel.close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    Throwable root =
        cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
    Talk own = talk;
    switch (root) {
      case SSLException tls -> {
        refused(RejectReason.NOT_AUTHENTICATED);
        warn("TLS: " + TlsContexts.reason(tls) + "; closed");
        channel.close();
      }
      case OutOfMemoryError memory -> {
        refused(RejectReason.OVERLOAD); // of direct memory: no fault of the peer's
        warn(memory.getMessage() + "; closed");
        channel.close();
      }
      case IOException _ -> channel.close();
      default -> {
        if (own == null) {
          warn(root + "; closed");
          channel.close();
        } else {
          loop.run(() -> own.caught(root));
        }
      }
    }
  }

  /** A fault of our own, met while this connection was served. */
  void broken(Throwable fault) {
    FAULTS.error(String.valueOf(peer.address()), "the adapter failed; closed", fault);
    channel.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (refusedBy == null) {
      service.gateway().access().leave(peer);
    }
    ended();
  }

  private void ended() {
    if (!hasEnded) {
      hasEnded = true;
      loop.closed(this);
      if (talk != null) {
        talk.gone();
      }
    }
  }
}
