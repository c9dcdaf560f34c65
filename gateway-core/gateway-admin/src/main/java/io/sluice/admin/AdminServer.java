package io.sluice.admin;

import io.sluice.admin.http.ConnectionBound;
import io.sluice.admin.http.ProxiedTransport;
import io.sluice.admin.http.RequestForm;
import io.sluice.admin.resource.Updates;
import io.sluice.admin.security.AdminTls;
import io.sluice.admin.security.Authentication;
import io.sluice.api.adapter.BindFault;
import io.sluice.api.adapter.TrustedProxies;
import io.sluice.api.audit.AuditTrail;
import io.sluice.api.operator.AdminSettings;
import io.sluice.api.operator.Operations;
import io.sluice.api.tls.TlsSettings;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin listener: HTTP API, event stream, metrics and the page at {@code /}.
 *
 * <p>One event loop and a few workers: requests that read the database or the disk run on a worker.
 */
public final class AdminServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
  private static final int WORKERS = 4;
  private static final int IDLE_SECONDS = 120;
  private static final int MAX_HEADER_BYTES = 16 << 10;

  /** Of gzip: three quarters of the work of the default level, a tenth more bytes. */
  private static final int COMPRESSION_LEVEL = 4;

  private static final long START_TIMEOUT_SECONDS = 20;

  private final Vertx vertx;
  private final Updates updates;
  private final HttpServer server;
  private final InetSocketAddress address;
  private final AtomicBoolean closed = new AtomicBoolean();

  private AdminServer(Vertx vertx, Updates updates, HttpServer server, InetSocketAddress address) {
    this.vertx = vertx;
    this.updates = updates;
    this.server = server;
    this.address = address;
  }

  /**
   * Opens the listener.
   *
   * @param audit is told of each change and refusal
   * @throws IOException where the address cannot be bound; the message names it and the remedy
   */
  public static AdminServer start(AdminSettings settings, Operations operations, AuditTrail audit)
      throws IOException, InterruptedException {
    return start(settings, new GatewaySurface(operations), audit);
  }

  /**
   * Opens the listener of a program that is not a gateway.
   *
   * @param audit is told of each change and refusal
   * @throws IOException where the address cannot be bound; the message names it and the remedy
   */
  public static AdminServer start(AdminSettings settings, AdminSurface surface, AuditTrail audit)
      throws IOException, InterruptedException {
    return start(settings, surface, audit, System::nanoTime);
  }

  /**
   * The same, where who has shown wrong tokens waits by another clock.
   *
   * @param nanoTime as {@link System#nanoTime}
   */
  static AdminServer start(
      AdminSettings settings, AdminSurface surface, AuditTrail audit, LongSupplier nanoTime)
      throws IOException, InterruptedException {
    String host = settings.host();
    int port = settings.port();
    TlsSettings tls = settings.tls();
    AdminTls secured = tls == null ? null : new AdminTls(tls);
    if (!settings.isLoopback()) {
      warn(settings);
    }
    TrustedProxies proxies = TrustedProxies.of(settings.proxyProtocolFrom());
    VertxBuilder builder =
        Vertx.builder().with(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(WORKERS));
    if (!proxies.isEmpty()) {
      builder.withTransport(ProxiedTransport.of(proxies));
    }
    Vertx vertx = builder.build();
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(host)
            .setPort(port)
            .setIdleTimeout(IDLE_SECONDS)
            .setUseProxyProtocol(!proxies.isEmpty())
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setCompressionSupported(true)
            .setCompressionLevel(COMPRESSION_LEVEL)
            .setHttp2ClearTextEnabled(false); // else a connection without a byte is not counted
    if (secured != null) {
      secured.applyTo(options);
    }
    Updates updates = surface.updates(vertx);
    ConnectionBound connections = new ConnectionBound(System::nanoTime);
    Authentication authentication = new Authentication(settings, audit, secured, nanoTime);
    Router router =
        AdminRoutes.router(
            vertx, surface, updates, settings, connections::handle, authentication, audit);
    HttpServer server = vertx.createHttpServer(options).requestHandler(new RequestForm(router));
    connections.applyTo(vertx, server);
    try {
      HttpServer bound = await(server.listen().toCompletionStage().toCompletableFuture());
      if (secured != null) {
        secured.watch(
            vertx,
            bound,
            () -> connections.endIf(connection -> secured.isRevoked(connection.sslSession())));
      }
      return new AdminServer(
          vertx, updates, bound, new InetSocketAddress(host, bound.actualPort()));
    } catch (ExecutionException | TimeoutException e) {
      vertx.close();
      Throwable cause = e.getCause() != null ? e.getCause() : e;
      throw BindFault.of(host + ":" + port, "admin", cause);
    }
  }

  private static void warn(AdminSettings settings) {
    if (settings.tls() == null) {
      LOG.warn(
          "admin: listens on {} without TLS (allow-plaintext-beyond-loopback): tokens cross the"
              + " network in the clear",
          settings.host());
    }
    if (!settings.isAuthenticated()) {
      LOG.warn(
          "admin: listens on {} without authentication (allow-anonymous-beyond-loopback): everyone"
              + " who reaches it is an administrator",
          settings.host());
    }
  }

  private static <T> T await(CompletableFuture<T> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.get(START_TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }

  /** The bound address, with the real port where 0 was asked for. */
  public InetSocketAddress address() {
    return address;
  }

  /** Closes the listener and ends the event streams, within 2 s. A second call does nothing. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    updates.end();
    server.close();
    vertx.close();
  }
}
