package io.sluice.adapter.netty;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A client of {@link LineProtocol}. */
final class LineClient implements Closeable {
  private final Socket socket;
  private final BufferedReader lines;

  LineClient(InetSocketAddress address) throws IOException {
    this(new Socket(address.getAddress(), address.getPort()));
  }

  LineClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(30_000);
    lines =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  LineClient send(String line) throws IOException {
    socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** The next line; null where the peer has closed in good order. */
  @Nullable String next() throws IOException {
    return lines.readLine();
  }

  /** Whether the peer has closed, in good order or not. */
  boolean isClosed() throws IOException {
    try {
      return lines.readLine() == null;
    } catch (SocketException reset) {
      return true;
    }
  }

  void hangUp() throws IOException {
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
