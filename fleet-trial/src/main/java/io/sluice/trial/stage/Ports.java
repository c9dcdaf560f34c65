package io.sluice.trial.stage;

import io.sluice.testkit.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.jspecify.annotations.Nullable;

/**
 * Ports of the loopback interface, for parts that take them later, and again where they were away.
 */
final class Ports {
  /** Who listens there may give the wanted ports out: one stage of this machine at a time. */
  static final int RIGHT = 19_999;

  private static @Nullable ServerSocket right;

  private Ports() {}

  /**
   * The wanted port where it is free, and no other stage of this machine may take it, otherwise
   * any. Thread-safe.
   */
  static synchronized int free(int wanted) throws IOException {
    return hasRight() && FreePort.isFree(wanted) ? wanted : FreePort.next();
  }

  private static boolean hasRight() {
    if (right == null) {
      try {
        right = new ServerSocket(RIGHT, 1, InetAddress.getLoopbackAddress());
      } catch (IOException e) {
        return false; // another stage has it
      }
    }
    return true;
  }
}
