package com.example.sluice;

import io.sluice.api.Limit;
import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.BindFault;
import io.sluice.api.adapter.Endpoint;
import io.sluice.api.adapter.Peer;
import io.sluice.api.health.Guarded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Devices connect by TCP and talk in lines; each connection has a virtual thread of its own. */
final class LineListener implements Adapter {
  private static final long CLOSE_SECONDS = 2;

  private final String name;
  private final LineListenerSettings settings;
  private final Semaphore places;
  private final Set<LineSession> sessions = ConcurrentHashMap.newKeySet();
  private volatile @Nullable ServerSocket listening;

  LineListener(String name, LineListenerSettings settings) {
    this.name = name;
    this.settings = settings;
    this.places = new Semaphore(settings.maxConnections());
  }

  @Override
  public void start(AdapterContext context) throws IOException {
    ServerSocket server = new ServerSocket();
    try {
      server.bind(new InetSocketAddress(settings.host(), settings.port()));
    } catch (IOException refused) {
      throw BindFault.of(settings.host() + ":" + settings.port(), "listeners." + name, refused);
    }
    listening = server;
    Runnable accepting =
        Guarded.loop("lines-accept", () -> accept(context, server), server::isClosed);
    Thread.ofVirtual().name("lines-accept-" + name).start(accepting);
  }

  private void accept(AdapterContext context, ServerSocket server) {
    while (!server.isClosed()) {
      try {
        admit(context, server.accept());
      } catch (IOException fault) {
        if (!server.isClosed()) {
          throw new UncheckedIOException(fault); // logged; accepted again a second later
        }
      }
    }
  }

  private void admit(AdapterContext context, Socket socket) throws IOException {
    Peer peer = new Peer("lines", (InetSocketAddress) socket.getRemoteSocketAddress(), false);
    if (!places.tryAcquire()) {
      context.meters().limited(peer, Limit.CONNECTIONS);
      socket.close();
      return;
    }
    LineSession session = new LineSession(context, peer, new Lines(socket), settings.idle());
    sessions.add(session);
    Runnable serving =
        Guarded.task(
            "lines",
            () -> {
              try {
                session.serve();
              } finally {
                sessions.remove(session);
                places.release();
              }
            });
    Thread.ofVirtual().name("lines-" + name).start(serving);
  }

  @Override
  public List<Endpoint> endpoints() {
    ServerSocket server = Objects.requireNonNull(listening, "not started");
    InetSocketAddress bound = (InetSocketAddress) server.getLocalSocketAddress();
    return List.of(Endpoint.listening(bound, sessions.size()));
  }

  @Override
  public void close() {
    ServerSocket server = listening;
    if (server == null) {
      return;
    }
    try {
      server.close();
      sessions.forEach(LineSession::takeNoMore);
      var _ = places.tryAcquire(settings.maxConnections(), CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      sessions.forEach(LineSession::end);
    }
  }
}
