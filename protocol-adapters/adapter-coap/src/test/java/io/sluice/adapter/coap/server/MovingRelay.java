package io.sluice.adapter.coap.server;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A NAT between one client and a server, which takes another port whenever it is told. */
final class MovingRelay implements AutoCloseable {
  private static final int ALERT = 21;
  private static final int HANDSHAKE = 22;

  private final InetSocketAddress server;
  private final DatagramSocket inner;
  private final AtomicInteger handshakeRecords = new AtomicInteger();
  private final AtomicInteger alertRecords = new AtomicInteger();
  private final AtomicInteger datagrams = new AtomicInteger();
  private final AtomicInteger moves = new AtomicInteger(-1); // the first port is no move

  /** What the client has sent and is kept back; null while nothing is. */
  private final AtomicReference<@Nullable Queue<byte[]>> kept = new AtomicReference<>();

  private volatile DatagramSocket outer;
  private volatile InetSocketAddress client;

  MovingRelay(InetSocketAddress server) throws IOException {
    this.server = server;
    this.inner = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    move();
    Thread.ofPlatform().daemon().start(() -> relay(inner));
  }

  InetSocketAddress address() {
    return (InetSocketAddress) inner.getLocalSocketAddress();
  }

  /** Datagrams of the client that begin with a handshake record. */
  int handshakeRecords() {
    return handshakeRecords.get();
  }

  /** Datagrams of the server that begin with an alert. */
  int alertRecords() {
    return alertRecords.get();
  }

  int moves() {
    return moves.get();
  }

  /** Returns when so many further datagrams of the client have passed, or it is over. */
  void awaitClientDatagrams(int count, BooleanSupplier isOver) {
    int until = datagrams.get() + count;
    await()
        .pollInterval(Duration.ofMillis(2))
        .until(() -> datagrams.get() >= until || isOver.getAsBoolean());
  }

  /** From now on the server sees the client at another port, and reaches it there only. */
  void move() throws IOException {
    moves.incrementAndGet();
    DatagramSocket before = outer;
    DatagramSocket next = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    outer = next;
    Thread.ofPlatform().daemon().start(() -> relay(next));
    if (before != null) {
      before.close();
    }
  }

  /** From now on what the client sends is kept back. */
  void keepBack() {
    kept.set(new ConcurrentLinkedQueue<>());
  }

  /** What was kept back goes on to the server. */
  void letGo() throws IOException {
    Queue<byte[]> held = kept.getAndSet(null);
    if (held != null) {
      for (byte[] each : held) {
        toServer(new DatagramPacket(each, each.length, server));
      }
    }
  }

  private void relay(DatagramSocket from) {
    byte[] bytes = new byte[2048];
    while (true) {
      DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
      try {
        from.receive(packet);
        if (from.equals(inner)) {
          client = (InetSocketAddress) packet.getSocketAddress();
          datagrams.incrementAndGet();
          if (bytes[0] == HANDSHAKE) {
            handshakeRecords.incrementAndGet();
          }
          Queue<byte[]> keeping = kept.get();
          if (keeping == null) {
            packet.setSocketAddress(server);
            toServer(packet);
          } else {
            keeping.add(Arrays.copyOf(bytes, packet.getLength()));
          }
        } else {
          if (bytes[0] == ALERT) {
            alertRecords.incrementAndGet();
          }
          packet.setSocketAddress(client);
          inner.send(packet);
        }
      } catch (IOException closed) {
        return; // moved, or the test is over
      }
    }
  }

  /** A datagram that the move overtakes goes by the new port. */
  private void toServer(DatagramPacket packet) throws IOException {
    DatagramSocket from = outer;
    try {
      from.send(packet);
    } catch (IOException closed) {
      DatagramSocket next = outer;
      if (next.equals(from)) {
        throw closed;
      }
      next.send(packet);
    }
  }

  @Override
  public void close() {
    inner.close();
    outer.close();
  }
}
