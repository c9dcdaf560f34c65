package com.example.sluice;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A socket, line by line. Read by one thread; closed by any. */
final class Lines {
  private static final int MOST_BYTES = 65_536;

  private final Socket socket;
  private @Nullable InputStream in;

  Lines(Socket socket) {
    this.socket = socket;
  }

  InetSocketAddress remote() {
    return (InetSocketAddress) socket.getRemoteSocketAddress();
  }

  /**
   * The next line.
   *
   * @param patience for the whole of it, so that a byte now and then holds no place
   * @throws IOException where the far end is gone, too slow or sends too much
   */
  String read(Duration patience) throws IOException {
    long end = System.nanoTime() + patience.toNanos();
    InputStream from = in == null ? new BufferedInputStream(socket.getInputStream()) : in;
    in = from;
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = next(from, end); next != '\n'; next = next(from, end)) {
      if (next < 0) {
        throw new IOException("the far end closed the connection");
      }
      if (line.size() == MOST_BYTES) {
        throw new IOException("a line has more than " + MOST_BYTES + " bytes; send shorter ones");
      }
      line.write(next);
    }
    return line.toString(UTF_8).stripTrailing();
  }

  private int next(InputStream from, long end) throws IOException {
    if (from.available() == 0) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new SocketTimeoutException("no line came in time");
      }
      socket.setSoTimeout(Math.toIntExact(left));
    }
    return from.read();
  }

  void write(String line) throws IOException {
    socket.getOutputStream().write((line + "\n").getBytes(UTF_8));
  }

  /** Reads no more; what is in hand can still be answered. */
  void endOfInput() throws IOException {
    socket.shutdownInput();
  }

  void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
