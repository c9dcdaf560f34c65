package io.sluice.fleet.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Where the other instances reach this one. */
public final class Advertised {
  private Advertised() {}

  /**
   * What the configuration says, else where the admin listener is: a listener at every address of
   * the machine by the one that the machine's name has.
   *
   * @param given {@code host:port}, or null
   * @param bound where the admin listener is
   * @throws UnknownHostException where the machine's name has no address
   */
  public static String of(@Nullable String given, InetSocketAddress bound)
      throws UnknownHostException {
    if (given != null) {
      return given;
    }
    InetAddress address = bound.getAddress();
    boolean isEverywhere = address != null && address.isAnyLocalAddress();
    String host = isEverywhere ? ownAddress() : bound.getHostString();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + bound.getPort();
  }

  private static String ownAddress() throws UnknownHostException {
    try {
      return InetAddress.getLocalHost().getHostAddress();
    } catch (UnknownHostException e) {
      UnknownHostException said =
          new UnknownHostException(
              "this machine's name has no address ("
                  + e.getMessage()
                  + "), so that the other instances cannot be told one; write fleet: { advertise:"
                  + " host:port }");
      said.initCause(e);
      throw said;
    }
  }
}
