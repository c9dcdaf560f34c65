package io.sluice.admin.http;

import io.sluice.api.AddressKey;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what clients without credentials can hold of the admin listener. At the bound the
 * connection that has been idle longest makes room for the new one, so that idle ones lock nobody
 * out. One remote address has a share only, and loopback has some places of its own: the health
 * check of the same machine always gets in. Confined to the listener's event loop.
 */
public final class ConnectionBound {
  /** Connections in all. */
  static final int MOST = 256;

  /** Of one address that is not loopback. A proxy in front needs one for each open page. */
  static final int MOST_OF_ADDRESS = 128;

  /** Places that only loopback may take. */
  static final int FOR_LOOPBACK = 16;

  /** Until the first request's header is there. */
  static final long FIRST_REQUEST_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Between two requests, whatever bytes come meanwhile. */
  static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(120);

  private static final long SWEEP_MILLIS = 1000;

  /** A connection that is open. */
  private static final class Open {
    private final AddressKey address;
    private final boolean isLoopback;
    private final Runnable close;
    private long sinceNanos;
    private int inFlight;
    private boolean hasAsked;

    private Open(AddressKey address, boolean isLoopback, Runnable close, long now) {
      this.address = address;
      this.isLoopback = isLoopback;
      this.close = close;
      this.sinceNanos = now;
    }

    boolean isIdle() {
      return inFlight == 0;
    }

    boolean isOverdue(long now) {
      return isIdle() && now - sinceNanos > (hasAsked ? IDLE_NANOS : FIRST_REQUEST_NANOS);
    }
  }

  private final LongSupplier nanoTime;

  /** The one that has been idle longest first. */
  private final Map<Object, Open> open = new LinkedHashMap<>();

  private final Map<AddressKey, Integer> ofAddress = new HashMap<>();
  private int remote;

  public ConnectionBound(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  public void applyTo(Vertx vertx, HttpServer server) {
    server.connectionHandler(connection -> {
      connection.closeHandler(closed -> closed(connection));
      SocketAddress from = connection.remoteAddress();
      opened(connection, from == null ? null : from.hostAddress(), connection::close);
    });
    vertx.setPeriodic(SWEEP_MILLIS, tick -> sweep());
  }

  /** The router's first handler: a request is under way until its answer has ended. */
  public void handle(RoutingContext ctx) {
    HttpConnection connection = ctx.request().connection();
    began(connection);
    ctx.addEndHandler(ended -> ended(connection));
    ctx.next();
  }

  /** Takes a connection in, or closes it where no other can make room. */
  void opened(Object connection, @Nullable String host, Runnable close) {
    boolean isLoopback = host != null && isLoopback(host);
    AddressKey key = host == null ? AddressKey.UNKNOWN : AddressKey.of(host);
    if (isLoopback) {
      if (open.size() >= MOST && !makeRoom(any -> true)) {
        close.run();
        return;
      }
    } else if (ofAddress.getOrDefault(key, 0) >= MOST_OF_ADDRESS
        && !makeRoom(other -> other.address.equals(key))) {
      close.run();
      return;
    } else if ((remote >= MOST - FOR_LOOPBACK && !makeRoom(other -> !other.isLoopback))
        || (open.size() >= MOST && !makeRoom(any -> true))) {
      close.run();
      return;
    }
    open.put(connection, new Open(key, isLoopback, close, nanoTime.getAsLong()));
    ofAddress.merge(key, 1, Integer::sum);
    remote += isLoopback ? 0 : 1;
  }

  private static boolean isLoopback(String literal) {
    try {
      return InetAddress.ofLiteral(literal).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false; // an interface that this machine does not have
    }
  }

  private boolean makeRoom(Predicate<Open> among) {
    for (Map.Entry<Object, Open> each : open.entrySet()) {
      if (each.getValue().isIdle() && among.test(each.getValue())) {
        end(each.getKey());
        return true;
      }
    }
    return false;
  }

  private void end(Object connection) {
    Open gone = remove(connection);
    if (gone != null) {
      gone.close.run();
    }
  }

  void closed(Object connection) {
    remove(connection);
  }

  private @Nullable Open remove(Object connection) {
    Open gone = open.remove(connection);
    if (gone != null) {
      ofAddress.computeIfPresent(gone.address, (key, n) -> n == 1 ? null : n - 1);
      remote -= gone.isLoopback ? 0 : 1;
    }
    return gone;
  }

  void began(Object connection) {
    Open one = open.get(connection);
    if (one != null) {
      one.inFlight++;
      one.hasAsked = true;
    }
  }

  void ended(Object connection) {
    Open one = open.remove(connection);
    if (one != null) {
      one.inFlight--;
      one.sinceNanos = nanoTime.getAsLong();
      open.put(connection, one); // now the last to make room
    }
  }

  /** Ends those that have been idle too long. */
  void sweep() {
    long now = nanoTime.getAsLong();
    List<Object> overdue = new ArrayList<>();
    open.forEach((connection, one) -> {
      if (one.isOverdue(now)) {
        overdue.add(connection);
      }
    });
    overdue.forEach(this::end);
  }

  /** Ends those of which this holds. */
  public void endIf(Predicate<HttpConnection> condition) {
    for (Object connection : List.copyOf(open.keySet())) {
      if (connection instanceof HttpConnection http && condition.test(http)) {
        end(connection);
      }
    }
  }

  int size() {
    return open.size();
  }
}
