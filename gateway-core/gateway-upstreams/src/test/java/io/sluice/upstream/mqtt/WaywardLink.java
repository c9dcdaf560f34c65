package io.sluice.upstream.mqtt;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A line to a broker that misbehaves in the middle of a batch: each connection by one fault, after
 * so many bytes of acknowledgements. Once it has had its faults it is a good one.
 */
final class WaywardLink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WaywardLink.class);
  private static final int CHUNK_BYTES = 4_096;
  private static final int ACKNOWLEDGEMENT_BYTES_MAX = 3_000;
  private static final int SLOW_BYTES_MAX = 10_000;
  private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** What a connection does. */
  enum Fault {
    /** The broker has the records; no acknowledgement ever comes. */
    FORGETS_ACKNOWLEDGEMENTS,
    /** Takes what comes, and nobody has it. */
    FORGETS_RECORDS,
    /** Takes nothing and says nothing, and stays open. */
    HANGS,
    RESETS,
    /** Goes on for a while, a few bytes at a time; then the connection ends. */
    SLOW
  }

  private final ServerSocket server;
  private final int brokerPort;
  private final SplittableRandom random;
  private final AtomicInteger faultsLeft;
  private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
  private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closing;

  WaywardLink(int brokerPort, SplittableRandom random, int faults) throws IOException {
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.brokerPort = brokerPort;
    this.random = random;
    this.faultsLeft = new AtomicInteger(faults);
    Thread.ofPlatform().name("wayward").daemon().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  int faultsLeft() {
    return faultsLeft.get();
  }

  Map<Fault, Integer> faults() {
    synchronized (faults) {
      return new EnumMap<>(faults);
    }
  }

  private void accept() {
    while (!closing) {
      try {
        connect(server.accept());
      } catch (IOException e) {
        LOG.debug("a connection is not taken: {}", e.getMessage());
      }
    }
  }

  private void connect(Socket client) throws IOException {
    open.add(client);
    Socket broker = new Socket(InetAddress.getLoopbackAddress(), brokerPort);
    open.add(broker);
    Fault[] all = Fault.values();
    Connection connection =
        new Connection(
            client,
            broker,
            faultsLeft.get() > 0 ? all[faultsLeft.get() % all.length] : null,
            random.nextInt(ACKNOWLEDGEMENT_BYTES_MAX));
    Thread.ofVirtual().start(connection::toBroker);
    Thread.ofVirtual().start(connection::toClient);
  }

  /** Two pumps, and a fault between them. */
  private final class Connection {
    private final Socket client;
    private final Socket broker;
    private final @Nullable Fault fault;
    private final int passing;
    private volatile boolean struck;

    Connection(Socket client, Socket broker, @Nullable Fault fault, int passing) {
      this.client = client;
      this.broker = broker;
      this.fault = fault;
      this.passing = passing;
    }

    void toBroker() {
      byte[] chunk = new byte[CHUNK_BYTES];
      try {
        InputStream in = client.getInputStream();
        OutputStream out = broker.getOutputStream();
        int count = in.read(chunk);
        while (count >= 0) {
          if (struck && fault == Fault.HANGS) {
            return; // reads no more: the sockets stay open
          }
          if (!struck || fault != Fault.FORGETS_RECORDS) {
            out.write(chunk, 0, count);
          }
          count = in.read(chunk);
        }
        end();
      } catch (IOException e) {
        end();
      }
    }

    void toClient() {
      byte[] chunk = new byte[CHUNK_BYTES];
      int passed = 0;
      try {
        InputStream in = broker.getInputStream();
        OutputStream out = client.getOutputStream();
        int count = in.read(chunk);
        while (count >= 0) {
          passed += count;
          // The first bytes are the answer to the connection.
          if (fault != null && !struck && passed > 4 + passing) {
            strike();
          }
          if (!struck || fault == Fault.SLOW) {
            pass(out, chunk, count);
          }
          if (struck && passed > SLOW_BYTES_MAX) {
            end();
          }
          count = in.read(chunk);
        }
        end();
      } catch (IOException e) {
        end();
      }
    }

    private void pass(OutputStream out, byte[] chunk, int count) throws IOException {
      int step = struck ? 64 : count;
      for (int at = 0; at < count; at += step) {
        out.write(chunk, at, Math.min(step, count - at));
        if (struck) {
          LockSupport.parkNanos(SLOW_NANOS);
        }
      }
    }

    private void strike() throws IOException {
      struck = true;
      faultsLeft.decrementAndGet();
      synchronized (faults) {
        faults.merge(Objects.requireNonNull(fault), 1, Integer::sum);
      }
      if (fault == Fault.RESETS) {
        client.setSoLinger(true, 0);
        end();
      }
    }

    private void end() {
      shut(client);
      shut(broker);
    }
  }

  private void shut(Closeable socket) {
    open.remove(socket);
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
    open.forEach(this::shut);
  }
}
