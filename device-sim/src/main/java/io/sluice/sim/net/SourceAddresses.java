package io.sluice.sim.net;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * From where devices connect. Towards 127.0.0.0/8 they can have many addresses, each with ports of
 * its own; towards anywhere else the system decides.
 */
public final class SourceAddresses {
  /** Most addresses that devices are spread over. */
  public static final int MOST = 10_000;

  /** The ephemeral ports of one address, with some room (28,232 by default on Linux). */
  private static final int CONNECTIONS_AN_ADDRESS = 20_000;

  private static final int HOSTS_A_NET = 250;

  /** Addresses among which a device that moves picks its next one. */
  private static final int LEAST_TO_MOVE = 100;

  private final boolean isLoopback;
  private final int spread;

  /**
   * @param wanted how many addresses; 0: as many as so many connections need
   */
  public SourceAddresses(InetSocketAddress server, int wanted, int connections) {
    InetAddress address = server.getAddress();
    isLoopback = address.isLoopbackAddress() && address.getAddress().length == 4;
    spread =
        wanted > 0 ? wanted : (connections + CONNECTIONS_AN_ADDRESS - 1) / CONNECTIONS_AN_ADDRESS;
  }

  /**
   * The address of a device or socket, with port 0; null: as the system likes.
   *
   * @param moves how often it has moved until now
   */
  public @Nullable InetSocketAddress of(int index, int moves) {
    if (!isLoopback || (spread <= 1 && moves == 0)) {
      return null;
    }
    int place = Math.floorMod(index + moves, Math.max(spread, moves == 0 ? 1 : LEAST_TO_MOVE));
    byte[] bytes = {127, 1, (byte) (1 + place / HOSTS_A_NET), (byte) (1 + place % HOSTS_A_NET)};
    try {
      return new InetSocketAddress(InetAddress.getByAddress(bytes), 0);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // four bytes are always an address
    }
  }
}
