package io.sluice.adapter.http;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A client that sends any bytes, and reads answers by the letter. */
public final class RawHttp implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 45_000;

  private final Socket socket;
  private final InputStream in;

  public RawHttp(int port) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  public RawHttp(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  /** One answer. */
  public record Response(int status, List<String> lines, String body) {
    /** The value of the first field of that name, or null. */
    public @Nullable String field(String name) {
      for (String line : lines) {
        int colon = line.indexOf(':');
        if (line.substring(0, colon).toLowerCase(Locale.ROOT).equals(name)) {
          return line.substring(colon + 1).strip();
        }
      }
      return null;
    }
  }

  public RawHttp send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public RawHttp send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** The next answer. */
  public Response next() throws IOException {
    return next(true);
  }

  /**
   * The next answer.
   *
   * @param hasBody false where it is that of a HEAD
   */
  public Response next(boolean hasBody) throws IOException {
    String first = line();
    int status = Integer.parseInt(first.substring(9, 12));
    List<String> lines = new ArrayList<>();
    int length = 0;
    for (String line = line(); !line.isEmpty(); line = line()) {
      lines.add(line);
      if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(line.substring(15).strip());
      }
    }
    byte[] body = in.readNBytes(hasBody ? length : 0);
    return new Response(status, lines, new String(body, StandardCharsets.UTF_8));
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException("the connection has ended behind: " + line);
      }
      if (b == '\n') {
        return line.substring(0, line.length() - 1);
      }
      line.append((char) b);
    }
  }

  /** Whether the gateway has ended the connection; waits for it. */
  public boolean hasEnded() throws IOException {
    return in.read() < 0;
  }

  /** Sends nothing more. */
  public void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
