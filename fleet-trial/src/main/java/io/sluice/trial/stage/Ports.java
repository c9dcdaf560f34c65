package io.sluice.trial.stage;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Ports of the loopback interface. */
final class Ports {
  private Ports() {}

  /** The wanted port where it is free, otherwise any. */
  static int free(int wanted) throws IOException {
    try {
      return bound(wanted);
    } catch (IOException e) {
      return bound(0);
    }
  }

  private static int bound(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return socket.getLocalPort();
    }
  }
}
