package io.sluice.store.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A line to a PostgreSQL that is cut once at the commit of a change: as the server answers it, so
 * that it is kept and nobody hears of it, or before the server has it. Thread-safe.
 */
final class AnswerThief implements AutoCloseable {
  /** What the server says of a commit. */
  private static final String COMMITTED = "COMMIT\0";

  /** What a change of the registry begins with. */
  private static final String CHANGE = "UPDATE sluice.registry";

  final int port;
  private final int to;
  private final ServerSocket listening;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean stealsAnswer = new AtomicBoolean();
  private final AtomicBoolean stealsCommit = new AtomicBoolean();

  AnswerThief(int to) throws IOException {
    this.to = to;
    listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    port = listening.getLocalPort();
    Thread.ofVirtual().start(this::accept);
  }

  /** The next commit is kept, and its answer lost. */
  void stealAnswer() {
    stealsAnswer.set(true);
  }

  /** The next commit does not come. */
  void stealCommit() {
    stealsCommit.set(true);
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket near = listening.accept();
        Socket far = new Socket(InetAddress.getLoopbackAddress(), to);
        sockets.add(near);
        sockets.add(far);
        AtomicBoolean changes = new AtomicBoolean();
        Thread.ofVirtual().start(() -> copy(near, far, changes, true));
        Thread.ofVirtual().start(() -> copy(far, near, changes, false));
      } catch (IOException e) {
        // it is closed, or the far end is not there: the next one is tried anew
      }
    }
  }

  private void copy(Socket from, Socket into, AtomicBoolean changes, boolean isUp) {
    byte[] buffer = new byte[1 << 16];
    try (from;
        into) {
      InputStream in = from.getInputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        if (isUp && has(buffer, count, CHANGE)) {
          changes.set(true);
          if (stealsCommit.compareAndSet(true, false)) {
            into.getOutputStream().write(buffer, 0, count);
            return;
          }
        } else if (!isUp
            && has(buffer, count, COMMITTED)
            && changes.getAndSet(false)
            && stealsAnswer.compareAndSet(true, false)) {
          return;
        }
        into.getOutputStream().write(buffer, 0, count);
      }
    } catch (IOException e) {
      // cut: both ends are closed by now
    } finally {
      sockets.remove(from);
      sockets.remove(into);
    }
  }

  private static boolean has(byte[] buffer, int count, String words) {
    return new String(buffer, 0, count, StandardCharsets.ISO_8859_1).contains(words);
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
