package io.sluice.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A line to a far end on the loopback address that can be cut and joined again. Thread-safe. */
public final class TcpRelay implements AutoCloseable {
  public final int port;
  private final int to;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private ServerSocket listening;

  /**
   * @param to port of the far end
   */
  public TcpRelay(int to) throws IOException {
    this.to = to;
    listening = listen(0);
    port = listening.getLocalPort();
  }

  private ServerSocket listen(int port) throws IOException {
    ServerSocket server = new ServerSocket();
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    Thread.ofVirtual().start(() -> accept(server));
    return server;
  }

  private void accept(ServerSocket server) {
    while (!server.isClosed()) {
      try {
        Socket near = server.accept();
        sockets.add(near);
        Socket far = new Socket(InetAddress.getLoopbackAddress(), to);
        sockets.add(far);
        if (server.isClosed()) {
          cutAll();
        }
        Thread.ofVirtual().start(() -> copy(near, far));
        Thread.ofVirtual().start(() -> copy(far, near));
      } catch (IOException e) {
        // the line is cut, or the far end is not there: the next one is tried anew
      }
    }
  }

  private void copy(Socket from, Socket into) {
    byte[] buffer = new byte[1 << 16];
    try (from;
        into) {
      InputStream in = from.getInputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        into.getOutputStream().write(buffer, 0, count);
      }
    } catch (IOException e) {
      // cut: both ends are closed by now
      return;
    } finally {
      sockets.remove(from);
      sockets.remove(into);
    }
  }

  /** Ends all connections and takes no further ones. */
  public synchronized void cut() throws IOException {
    listening.close();
    cutAll();
  }

  private void cutAll() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  /** Takes connections again, on the same port. */
  public synchronized void join() throws IOException {
    listening = listen(port);
  }

  @Override
  public void close() throws IOException {
    cut();
  }
}
