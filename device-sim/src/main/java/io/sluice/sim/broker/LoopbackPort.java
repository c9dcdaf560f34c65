package io.sluice.sim.broker;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of the loopback interface for servers that go away and come back. They are below those that
 * systems give to outgoing connections and at port 0 (from 32768 on, Linux's ip_local_port_range):
 * nobody takes one while its server is away, and a client that tries again and again does not meet
 * itself there.
 */
public final class LoopbackPort {
  private static final int FIRST = 10_000;
  private static final int LAST = 20_000;
  private static final int ATTEMPTS = 100;

  private LoopbackPort() {}

  /**
   * One that is free for TCP and UDP. Thread-safe.
   *
   * @throws IOException where none is found
   */
  public static int next() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    BindException last = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
      try (ServerSocket _ = new ServerSocket(port, 1, loopback);
          DatagramSocket _ = new DatagramSocket(port, loopback)) {
        return port;
      } catch (BindException taken) {
        last = taken;
      }
    }
    throw new IOException("no free port from " + FIRST + " to " + LAST, last);
  }
}
