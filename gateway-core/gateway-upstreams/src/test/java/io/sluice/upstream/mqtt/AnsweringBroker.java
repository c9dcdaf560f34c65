package io.sluice.upstream.mqtt;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An MQTT broker (3.1.1 and 5) whose answer to each publication the test sets. */
final class AnsweringBroker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AnsweringBroker.class);

  /** Instead of a reason code: ends the connection, or says nothing. */
  static final int CLOSE = -1;

  static final int SILENCE = -2;

  /** A publication as it came. */
  record Published(String topic, String payload) {
    String id() {
      int at = payload.indexOf("\"id\":\"") + 6;
      return payload.substring(at, payload.indexOf('"', at));
    }
  }

  final List<Published> published = new CopyOnWriteArrayList<>();
  final List<String> acknowledged = new CopyOnWriteArrayList<>();
  final AtomicInteger connections = new AtomicInteger();

  /** Reason code of the answer, or one of the above. */
  volatile ToIntFunction<Published> answer = published -> 0;

  /** How many bytes a second are read; 0: as they come. */
  final AtomicLong bytesPerSecond = new AtomicLong();

  private final ServerSocket server;
  private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closing;

  AnsweringBroker() throws IOException {
    server = new ServerSocket();
    server.setReceiveBufferSize(4 << 10);
    server.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Thread.ofPlatform().daemon().name("broker").start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!closing) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        connections.incrementAndGet();
        Thread.ofPlatform().daemon().name("broker-connection").start(() -> serve(socket));
      } catch (IOException e) {
        LOG.debug("no connection taken: {}", e.getMessage());
      }
    }
  }

  /** Ends all connections there are. */
  void drop() {
    open.forEach(this::shut);
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in =
          new DataInputStream(new BufferedInputStream(new Slowed(socket), 1 << 10));
      OutputStream out = socket.getOutputStream();
      boolean isV5 = false;
      while (true) {
        int type = in.readUnsignedByte();
        byte[] body = new byte[length(in)];
        in.readFully(body);
        switch (type >> 4) {
          case 1 -> {
            isV5 = body[6] == 5;
            out.write(isV5 ? new byte[] {0x20, 3, 0, 0, 0} : new byte[] {0x20, 2, 0, 0});
          }
          case 3 -> {
            if (!published(type, body, isV5, out)) {
              return;
            }
          }
          case 12 -> out.write(new byte[] {(byte) 0xD0, 0});
          case 14 -> {
            return;
          }
          default -> throw new IOException("packet of type " + (type >> 4));
        }
      }
    } catch (IOException e) {
      LOG.debug("connection over: {}", e.getMessage());
    } finally {
      open.remove(socket);
    }
  }

  private static int length(DataInputStream in) throws IOException {
    int length = 0;
    for (int shift = 0; ; shift += 7) {
      int digit = in.readUnsignedByte();
      length |= (digit & 0x7F) << shift;
      if (digit < 0x80) {
        return length;
      }
    }
  }

  private boolean published(int type, byte[] body, boolean isV5, OutputStream out)
      throws IOException {
    int topicBytes = ((body[0] & 0xFF) << 8) | (body[1] & 0xFF);
    int at = 2 + topicBytes;
    boolean hasId = (type & 6) != 0;
    int idAt = at;
    at += hasId ? 2 : 0;
    at += isV5 ? 1 + body[at] : 0; // properties, shorter than 128 bytes
    Published publication =
        new Published(
            new String(body, 2, topicBytes, StandardCharsets.UTF_8),
            new String(body, at, body.length - at, StandardCharsets.UTF_8));
    published.add(publication);
    int code = answer.applyAsInt(publication);
    if (code == CLOSE) {
      return false;
    }
    if (code == 0) {
      acknowledged.add(publication.id());
    }
    if (hasId && code != SILENCE) {
      byte high = body[idAt];
      byte low = body[idAt + 1];
      out.write(
          isV5 ? new byte[] {0x40, 4, high, low, (byte) code, 0} : new byte[] {0x40, 2, high, low});
    }
    return true;
  }

  /** Reads no faster than the line carries. */
  private final class Slowed extends java.io.InputStream {
    private final java.io.InputStream in;
    private long freeNanos = System.nanoTime();

    Slowed(Socket socket) throws IOException {
      in = socket.getInputStream();
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      long rate = bytesPerSecond.get();
      int count = in.read(bytes, offset, rate == 0 ? length : Math.min(length, 512));
      if (rate > 0 && count > 0) {
        freeNanos = Math.max(freeNanos, System.nanoTime()) + count * 1_000_000_000L / rate;
        long left = freeNanos - System.nanoTime();
        if (left > 0) {
          LockSupport.parkNanos(left);
        }
      }
      return count;
    }
  }

  private void shut(Closeable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    closing = true;
    server.close();
    drop();
  }
}
