package io.sluice.adapter.netty;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.sluice.api.Limit;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Peer;
import io.sluice.api.health.Guarded;
import io.sluice.api.tls.FileWatch;
import io.sluice.api.tls.OcspResponse;
import io.sluice.api.tls.RevocationLists;
import io.sluice.api.tls.TlsFiles;
import io.sluice.api.tls.TlsSettings;
import java.io.IOException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS in front of a protocol's pipeline. The files are read again when they change: new connections
 * take what is new, those that are open go on, but for clients that the new revocation lists name.
 * A connection costs no TLS engine before its whole ClientHello is there, and only so many
 * handshakes are under way at once.
 */
// a close or handshake that fails closes the channel: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
public final class TlsHandlers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TlsHandlers.class);

  /** Record size limit of a ClientHello that is read: RFC 8446 section 5.1. */
  private static final int MAX_CLIENT_HELLO_BYTES = 16 << 10;

  /** So many sessions are looked at in one turn of an event loop. */
  private static final int SESSIONS_A_TURN = 200;

  private record Current(TlsFiles files, SslContext context, String provider) {}

  private final ListenerSpec spec;
  private final TlsSettings settings;
  private final Collection<? extends ConnectionLoop> loops;
  private final AdapterContext gateway;
  private final SparseLog refusals;
  private final FileWatch watch;
  private final AtomicInteger handshakes = new AtomicInteger();
  private final ScheduledExecutorService reloads;
  private volatile Current current;

  /**
   * @param loops of the listener, which know its connections; any thread reads it
   * @throws IOException where a file cannot be used; the message names it and the remedy
   */
  TlsHandlers(
      ListenerSpec spec,
      TlsSettings settings,
      AdapterContext gateway,
      ListenerGroup group,
      Collection<? extends ConnectionLoop> loops)
      throws IOException {
    this.spec = spec;
    this.loops = loops;
    this.settings = settings;
    this.gateway = gateway;
    this.refusals = group.refusedTls();
    this.watch = new FileWatch(settings.files());
    this.current = load();
    long interval = settings.reloadInterval().toMillis();
    String task = spec.protocol() + "-tls-reload";
    this.reloads =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name(task).factory());
    reloads.scheduleWithFixedDelay(
        Guarded.task(task, this::reload), interval, interval, TimeUnit.MILLISECONDS);
    LOG.info("listeners.{}: TLS by {}", spec.name(), current.provider());
  }

  private Current load() throws IOException {
    try {
      TlsFiles files = TlsFiles.read(settings);
      TlsContexts.Tried tried = TlsContexts.make(settings, files, spec.applicationProtocols());
      if (tried.fallback() != null) {
        LOG.warn(
            "listeners.{}: TLS by jdk, which is slower: {}; give a P-256 key, or write provider: jdk",
            spec.name(),
            tried.fallback());
      }
      return new Current(files, tried.context(), tried.providerName());
    } catch (IOException e) {
      throw new IOException("listeners.%s.tls: %s".formatted(spec.name(), e.getMessage()), e);
    }
  }

  private void reload() {
    try {
      if (watch.changed()) {
        current = load();
        LOG.info(
            "listeners.{}: certificate files were read again; TLS by {}",
            spec.name(),
            current.provider());
        loops.forEach(loop -> loop.loop().execute(() -> endRevoked(loop)));
      }
    } catch (IOException | RuntimeException e) {
      // the thread's top: what was loaded before stays in use
      LOG.warn(
          "listeners.{}: the changed certificate files are not used: {}",
          spec.name(),
          e.getMessage());
    }
  }

  /** Whom the lists name by now loses the session that began before. On that loop. */
  private void endRevoked(ConnectionLoop loop) {
    endRevoked(loop.loop(), loop.connections(), 0);
  }

  private void endRevoked(EventLoop loop, List<SocketConnection> open, int from) {
    int to = Math.min(open.size(), from + SESSIONS_A_TURN);
    for (SocketConnection connection : open.subList(from, to)) {
      endIfRevoked(connection);
    }
    if (to < open.size()) {
      loop.execute(() -> endRevoked(loop, open, to));
    }
  }

  private boolean endIfRevoked(SocketConnection connection) {
    RevocationLists revocations = current.files().revocations();
    if (revocations.isEmpty()) {
      return false;
    }
    List<X509Certificate> chain = clientChain(connection.channel().pipeline());
    X509Certificate revoked = revocations.revoked(chain);
    if (revoked == null) {
      return false;
    }
    String name = revoked.getSubjectX500Principal().getName();
    refusals.warn(
        String.valueOf(connection.peer().address()),
        "session ended: the certificate %s has been revoked".formatted(name));
    connection.revoked("the certificate " + name + " has been revoked");
    return true;
  }

  /** Puts TLS at the head of a pipeline. */
  void addTo(ChannelPipeline pipeline, Peer peer) {
    pipeline.addLast(new Hello(peer)).addLast(new Handshakes());
  }

  /** Waits for the ClientHello, then makes the engine; its server name is not looked at. */
  private final class Hello extends SniHandler {
    private final Peer peer;
    private boolean refused;

    private Hello(Peer peer) {
      super(
          (_, promise) -> promise.setSuccess(current.context()),
          MAX_CLIENT_HELLO_BYTES,
          spec.signInTimeout().toMillis());
      this.peer = peer;
    }

    @Override
    protected void replaceHandler(
        ChannelHandlerContext context, String hostname, SslContext sslContext) throws Exception {
      if (refused) {
        return; // what was read already comes here once more as the channel closes
      }
      if (handshakes.get() >= spec.maxHandshakes()) {
        refused = true;
        gateway.meters().limited(peer, Limit.HANDSHAKES);
        refusals.warn(
            String.valueOf(peer.address()),
            "closed: %d TLS handshakes are under way; raise listeners.%s.max-handshakes"
                .formatted(spec.maxHandshakes(), spec.name()));
        context.close();
        return;
      }
      context.pipeline().get(Handshakes.class).begin();
      super.replaceHandler(context, hostname, sslContext);
    }

    @Override
    protected SslHandler newSslHandler(SslContext sslContext, ByteBufAllocator allocator) {
      SslHandler handler = super.newSslHandler(sslContext, allocator);
      handler.setHandshakeTimeoutMillis(spec.signInTimeout().toMillis());
      handler.setCloseNotifyFlushTimeoutMillis(1000);
      OcspResponse response = current.files().ocspResponse();
      byte[] staple = response == null ? null : response.staple(gateway.clock().instant());
      if (staple != null && handler.engine() instanceof ReferenceCountedOpenSslEngine engine) {
        engine.setOcspResponse(staple);
      }
      return handler;
    }
  }

  /** Counts the handshakes under way; leaves the pipeline when this connection's is done. */
  private final class Handshakes extends ChannelInboundHandlerAdapter {
    private boolean underWay;
    private @Nullable Current began;

    void begin() {
      underWay = true;
      began = current;
      handshakes.incrementAndGet();
    }

    private void end() {
      if (underWay) {
        underWay = false;
        handshakes.decrementAndGet();
      }
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // it is about the same files read, not equal ones
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof SslHandshakeCompletionEvent) {
        end();
        context.pipeline().remove(this);
        if (began != current) { // the files have changed since: it was judged by the older lists
          SocketConnection connection = context.pipeline().get(SocketConnection.class);
          if (connection != null && endIfRevoked(connection)) {
            return;
          }
        }
      }
      context.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      end();
      context.fireChannelInactive();
    }
  }

  /** The verified chain of the client, its own first; empty where it has shown none. */
  public static List<X509Certificate> clientChain(ChannelPipeline pipeline) {
    SslHandler tls = pipeline.get(SslHandler.class);
    if (tls == null) {
      return List.of();
    }
    SSLEngine engine = tls.engine();
    try {
      List<X509Certificate> chain = new ArrayList<>();
      for (Certificate certificate : engine.getSession().getPeerCertificates()) {
        chain.add((X509Certificate) certificate);
      }
      return chain;
    } catch (SSLPeerUnverifiedException e) {
      return List.of(); // it has shown none, which client-auth: optional allows
    }
  }

  @Override
  public void close() {
    reloads.shutdownNow();
  }
}
