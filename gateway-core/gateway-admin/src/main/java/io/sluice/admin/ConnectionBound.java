package io.sluice.admin;

import io.vertx.core.http.HttpServer;
import java.util.concurrent.atomic.AtomicInteger;

/** Closes connections beyond a number: what an anonymous client can hold is bounded by it. */
final class ConnectionBound {
  private final int most;
  private final AtomicInteger open = new AtomicInteger();

  ConnectionBound(int most) {
    this.most = most;
  }

  void applyTo(HttpServer server) {
    server.connectionHandler(connection -> {
      connection.closeHandler(closed -> open.decrementAndGet());
      if (open.incrementAndGet() > most) {
        connection.close();
      }
    });
  }
}
