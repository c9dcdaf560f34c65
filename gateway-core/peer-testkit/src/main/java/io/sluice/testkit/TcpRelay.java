package io.sluice.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A line to a far end on the loopback address that can be cut and joined again. While it is cut,
 * who connects is hung up on: the port stays its own. Thread-safe.
 */
public final class TcpRelay implements AutoCloseable {
  public final int port;
  private final int to;
  private final ServerSocket listening;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile boolean isCut;

  /**
   * @param to port of the far end
   */
  public TcpRelay(int to) throws IOException {
    this.to = to;
    listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    port = listening.getLocalPort();
    Thread.ofVirtual().start(this::accept);
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket near = listening.accept();
        sockets.add(near);
        Socket far = far(near);
        sockets.add(far);
        if (isCut) {
          hangUp();
        }
        Thread.ofVirtual().start(() -> copy(near, far));
        Thread.ofVirtual().start(() -> copy(far, near));
      } catch (IOException e) {
        // it is closed, or the far end is not there: the next one is tried anew
      }
    }
  }

  /** Who comes while the far end is not there is hung up on. */
  private Socket far(Socket near) throws IOException {
    try {
      return new Socket(InetAddress.getLoopbackAddress(), to);
    } catch (IOException e) {
      sockets.remove(near);
      near.close();
      throw e;
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
    } finally {
      sockets.remove(from);
      sockets.remove(into);
    }
  }

  /** Ends all connections, and those that are made from now on. */
  public void cut() throws IOException {
    isCut = true;
    hangUp();
  }

  private void hangUp() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  /** Lets connections through again. */
  public void join() {
    isCut = false;
  }

  @Override
  public void close() throws IOException {
    cut();
    listening.close();
  }
}
