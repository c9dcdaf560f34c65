package io.sluice.adapter.coap;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** A NAT between one client and a server, which takes another port whenever it is told. */
final class MovingRelay implements AutoCloseable {
  private static final int HANDSHAKE = 22;

  private final InetSocketAddress server;
  private final DatagramSocket inner;
  private final AtomicInteger handshakeRecords = new AtomicInteger();
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

  /** From now on the server sees the client at another port, and reaches it there only. */
  void move() throws IOException {
    DatagramSocket before = outer;
    DatagramSocket next = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    outer = next;
    Thread.ofPlatform().daemon().start(() -> relay(next));
    if (before != null) {
      before.close();
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
          if (bytes[0] == HANDSHAKE) {
            handshakeRecords.incrementAndGet();
          }
          packet.setSocketAddress(server);
          outer.send(packet);
        } else {
          packet.setSocketAddress(client);
          inner.send(packet);
        }
      } catch (IOException closed) {
        return; // moved, or the test is over
      }
    }
  }

  @Override
  public void close() {
    inner.close();
    outer.close();
  }
}
