package io.sluice.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * Ports of the loopback interface for processes that take no port 0. They are below those that the
 * system gives to outgoing connections and to listeners at port 0 (from 32768 on, Linux's
 * ip_local_port_range): another test takes none of them before the process has it, nor while the
 * process is away and comes back.
 */
public final class FreePort {
  private static final int FIRST = 20_000;
  private static final int LAST = 32_000;
  private static final int ATTEMPTS = 100;
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private FreePort() {}

  /**
   * One that nobody has, and that this process is not given twice. Thread-safe.
   *
   * @throws IOException where none is found
   */
  public static int next() throws IOException {
    RandomGenerator random = RandomGenerator.getDefault();
    IOException last = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = random.nextInt(FIRST, LAST);
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        if (GIVEN.add(port)) {
          return free.getLocalPort();
        }
      } catch (IOException e) {
        last = e;
      }
    }
    throw new IOException("no free port from " + FIRST + " to " + LAST, last);
  }
}
