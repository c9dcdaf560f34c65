package io.sluice.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Ports of the loopback interface for processes that take no port 0. They are below those that the
 * system gives to outgoing connections and to listeners at port 0 (from 32768 on, Linux's
 * ip_local_port_range), and of a block that this process alone gives out as long as it lives:
 * another test, of this process or of one beside it, takes none of them before the process has it,
 * nor while the process is away and comes back.
 */
public final class FreePort {
  private static final int FIRST = 20_000;
  private static final int LAST = 32_000;
  private static final int BLOCK = 100;

  /** At the first port of each block that this process has: who cannot listen there has it not. */
  private static final List<ServerSocket> HELD = new ArrayList<>();

  private static int next;
  private static int end;

  private FreePort() {}

  /**
   * One that nobody has, and that nobody else is given. Thread-safe.
   *
   * @throws IOException where none is found
   */
  public static synchronized int next() throws IOException {
    while (true) {
      if (next == end) {
        holdBlock();
      }
      int port = next++;
      if (isFree(port)) {
        return port;
      }
    }
  }

  private static void holdBlock() throws IOException {
    int blocks = (LAST - FIRST) / BLOCK;
    int from = RandomGenerator.getDefault().nextInt(blocks);
    IOException last = null;
    for (int i = 0; i < blocks; i++) {
      int first = FIRST + (from + i) % blocks * BLOCK;
      try {
        HELD.add(listen(first));
        next = first + 1;
        end = first + BLOCK;
        return;
      } catch (IOException e) {
        last = e; // another process has the block
      }
    }
    throw new IOException("no free ports from " + FIRST + " to " + LAST, last);
  }

  /** Whether nobody listens there now. */
  public static boolean isFree(int port) {
    try (ServerSocket free = listen(port)) {
      return free.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static ServerSocket listen(int port) throws IOException {
    return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
  }
}
