package io.sluice.adapter.mqtt;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslProvider;
import io.sluice.api.Gateway;
import io.sluice.api.Limit;
import io.sluice.api.Peer;
import io.sluice.api.health.Guarded;
import io.sluice.api.tls.FileWatch;
import io.sluice.api.tls.TlsFiles;
import io.sluice.api.tls.TlsSettings;
import io.sluice.api.tls.TlsSettings.TlsProvider;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS in front of the MQTT pipeline. The files are read again when they change: new connections
 * take what is new, those that are open go on. A connection costs no TLS engine before its whole
 * ClientHello is there, and only so many handshakes are under way at once.
 */
// a close or handshake that fails closes the channel: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
final class TlsDoor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TlsDoor.class);
  private static final SparseLog REFUSALS = new SparseLog(LOG);

  /** Record size limit of a ClientHello that is read: RFC 8446 section 5.1. */
  private static final int MAX_CLIENT_HELLO_BYTES = 16 << 10;

  private record Current(TlsFiles files, SslContext context) {}

  private final Door door;
  private final TlsSettings settings;
  private final Gateway gateway;
  private final FileWatch watch;
  private final AtomicInteger handshakes = new AtomicInteger();
  private final ScheduledExecutorService reloads =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("mqtt-tls-reload").factory());
  private volatile Current current;

  /**
   * @throws IOException where a file cannot be used; the message names it and the remedy
   */
  TlsDoor(Door door, TlsSettings settings, Gateway gateway) throws IOException {
    this.door = door;
    this.settings = settings;
    this.gateway = gateway;
    this.watch = new FileWatch(settings.files());
    this.current = load();
    long interval = settings.reloadInterval().toMillis();
    reloads.scheduleWithFixedDelay(
        Guarded.task("mqtt-tls-reload", this::reload), interval, interval, TimeUnit.MILLISECONDS);
    LOG.info(
        "listeners.{}: TLS by {}", door.kind(), provider() == SslProvider.JDK ? "jdk" : "openssl");
  }

  private SslProvider provider() throws IOException {
    boolean isNativeThere = OpenSsl.isAvailable();
    if (settings.provider() == TlsProvider.OPENSSL && !isNativeThere) {
      throw new IOException(
          "listeners.%s.tls.provider: no native TLS library for this machine; write auto or jdk"
              .formatted(door.kind()));
    }
    boolean isNative = settings.provider() != TlsProvider.JDK && isNativeThere;
    return isNative ? SslProvider.OPENSSL : SslProvider.JDK;
  }

  private Current load() throws IOException {
    TlsFiles files = TlsFiles.read(settings);
    if (files.ocspResponse() != null && provider() == SslProvider.JDK) {
      throw new IOException(
          "listeners.%s.tls.ocsp-response: wants the native TLS library, which is not there"
              .formatted(door.kind()));
    }
    try {
      SslContextBuilder builder =
          SslContextBuilder.forServer(files.key(), files.chain().toArray(X509Certificate[]::new))
              .sslProvider(provider())
              .protocols(settings.protocols())
              .trustManager(files.trustManager())
              .enableOcsp(files.ocspResponse() != null);
      if (provider() == SslProvider.OPENSSL) {
        // client certificates are checked by our own trust manager, on the event loop: microseconds
        builder.option(OpenSslContextOption.USE_TASKS, false);
      }
      if (!files.clientAuthorities().isEmpty()) {
        builder.clientAuth(
            settings.clientAuth() == TlsSettings.ClientAuth.REQUIRED
                ? ClientAuth.REQUIRE
                : ClientAuth.OPTIONAL);
      }
      return new Current(files, builder.build());
    } catch (GeneralSecurityException e) {
      throw new IOException("listeners.%s.tls: %s".formatted(door.kind(), e.getMessage()), e);
    }
  }

  private void reload() {
    try {
      if (watch.changed()) {
        current = load();
        LOG.info("listeners.{}: certificate files were read again", door.kind());
      }
    } catch (IOException | RuntimeException e) {
      // the thread's top: what was loaded before stays in use
      LOG.warn(
          "listeners.{}: the changed certificate files are not used: {}",
          door.kind(),
          e.getMessage());
    }
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
          door.options().connectTimeout().toMillis());
      this.peer = peer;
    }

    @Override
    protected void replaceHandler(
        ChannelHandlerContext context, String hostname, SslContext sslContext) throws Exception {
      if (refused) {
        return; // what was read already comes here once more as the channel closes
      }
      if (handshakes.get() >= door.maxHandshakes()) {
        refused = true;
        gateway.limited(peer, Limit.HANDSHAKES);
        REFUSALS.warn(
            String.valueOf(peer.address()),
            "closed: %d TLS handshakes are under way; raise listeners.%s.max-handshakes"
                .formatted(door.maxHandshakes(), door.kind()));
        context.close();
        return;
      }
      context.pipeline().get(Handshakes.class).begin();
      super.replaceHandler(context, hostname, sslContext);
    }

    @Override
    protected SslHandler newSslHandler(SslContext sslContext, ByteBufAllocator allocator) {
      SslHandler handler = super.newSslHandler(sslContext, allocator);
      handler.setHandshakeTimeoutMillis(door.options().connectTimeout().toMillis());
      handler.setCloseNotifyFlushTimeoutMillis(1000);
      byte[] staple = current.files().ocspResponse();
      if (staple != null && handler.engine() instanceof ReferenceCountedOpenSslEngine engine) {
        engine.setOcspResponse(staple);
      }
      return handler;
    }
  }

  /** Counts the handshakes under way; leaves the pipeline when this connection's is done. */
  private final class Handshakes extends ChannelInboundHandlerAdapter {
    private boolean underWay;

    void begin() {
      underWay = true;
      handshakes.incrementAndGet();
    }

    private void end() {
      if (underWay) {
        underWay = false;
        handshakes.decrementAndGet();
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof SslHandshakeCompletionEvent) {
        end();
        context.pipeline().remove(this);
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
  static List<X509Certificate> clientChain(ChannelPipeline pipeline) {
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

  /** The innermost cause that says something: the outer ones of OpenSSL say "general problem". */
  static String reason(Throwable fault) {
    String reason = String.valueOf(fault.getMessage());
    Throwable cause = fault.getCause();
    for (int depth = 0; cause != null && depth < 8; depth++) {
      if (cause.getMessage() != null) {
        reason = cause.getMessage();
      }
      cause = cause.getCause();
    }
    return reason;
  }
}
