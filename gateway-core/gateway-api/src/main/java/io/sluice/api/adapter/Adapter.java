package io.sluice.api.adapter;

import java.net.InetSocketAddress;

/** A running protocol adapter: one listener. */
public interface Adapter extends AutoCloseable {
  /**
   * Opens the listener. Starts wholly or fails.
   *
   * @throws java.io.IOException where the address cannot be bound; the message names the address
   *     and the remedy
   */
  void start(Gateway gateway) throws java.io.IOException;

  /** The bound address, with the real port where 0 was configured. Only after start. */
  InetSocketAddress address();

  /** Live connections (or, for sessionless protocols, known endpoints). */
  int connections();

  /** Stops taking new work, answers what is in hand as far as 2 s allow, closes the sockets. */
  @Override
  void close();
}
