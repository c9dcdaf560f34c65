package io.sluice.admin;

import io.sluice.api.admin.Operations;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The admin listener: HTTP API, event stream, metrics and the page at {@code /}.
 *
 * <p>One event loop and a few workers: requests that read the database or the disk run on a worker.
 */
public final class AdminServer implements AutoCloseable {
  private static final int WORKERS = 4;
  private static final long START_TIMEOUT_SECONDS = 20;

  private final Vertx vertx;
  private final HttpServer server;
  private final InetSocketAddress address;

  private AdminServer(Vertx vertx, HttpServer server, InetSocketAddress address) {
    this.vertx = vertx;
    this.server = server;
    this.address = address;
  }

  /**
   * Opens the listener.
   *
   * @param token the bearer token that all but health wants, or null: none
   * @throws IOException where the address cannot be bound; the message names it and the remedy
   */
  public static AdminServer start(
      String host, int port, @Nullable String token, Operations operations)
      throws IOException, InterruptedException {
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(WORKERS));
    HttpServer server =
        vertx
            .createHttpServer(
                new HttpServerOptions().setHost(host).setPort(port).setIdleTimeout(120))
            .requestHandler(AdminRoutes.router(vertx, operations, token));
    try {
      HttpServer bound = await(server.listen().toCompletionStage().toCompletableFuture());
      return new AdminServer(vertx, bound, new InetSocketAddress(host, bound.actualPort()));
    } catch (ExecutionException | TimeoutException e) {
      vertx.close();
      Throwable cause = e.getCause() != null ? e.getCause() : e;
      throw new IOException(
          "admin: cannot listen on %s:%d (%s); choose another admin.port or stop what uses it"
              .formatted(host, port, cause.getMessage()),
          cause);
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

  /** Closes the listener and ends the event streams, within 2 s. */
  @Override
  public void close() {
    server.close();
    vertx.close();
  }
}
