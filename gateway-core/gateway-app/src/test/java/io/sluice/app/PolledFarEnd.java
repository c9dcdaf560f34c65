package io.sluice.app;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A far end that is asked for its values: each line is answered by the next number. */
final class PolledFarEnd implements Closeable {
  private final ServerSocket server = new ServerSocket();
  private volatile @Nullable Socket open;

  PolledFarEnd(int port, AtomicInteger next) throws IOException {
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    Thread.ofVirtual().start(() -> serve(next));
  }

  int port() {
    return server.getLocalPort();
  }

  private void serve(AtomicInteger next) {
    while (!server.isClosed()) {
      try (Socket socket = server.accept();
          BufferedReader in =
              new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
        open = socket;
        while (in.readLine() != null) {
          String values = "{\"voltage\":" + next.incrementAndGet() + "}\n";
          socket.getOutputStream().write(values.getBytes(StandardCharsets.UTF_8));
        }
      } catch (IOException gone) {
        // the gateway's end, or ours: the next connection is waited for
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    Socket socket = open;
    if (socket != null) {
      socket.close();
    }
  }
}
