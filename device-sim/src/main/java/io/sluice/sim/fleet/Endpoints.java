package io.sluice.sim.fleet;

import java.net.InetSocketAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where the fleet connects; either may be null when no device speaks it.
 *
 * @param mqtt {@code mqtt://host:port} or {@code tcp://host:port}
 * @param coap {@code coap://host:port}
 */
public record Endpoints(@Nullable URI mqtt, @Nullable URI coap) {

  /**
   * The address that a URI names.
   *
   * @throws IllegalArgumentException says what is wrong with it
   */
  public static InetSocketAddress address(URI uri, int defaultPort) {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme();
    if (!scheme.equals("mqtt") && !scheme.equals("tcp") && !scheme.equals("coap")) {
      throw new IllegalArgumentException(
          "`" + uri + "`: write mqtt:// (or tcp://) or coap://; mqtts:// is for `sim load` alone");
    }
    return address(uri, scheme, defaultPort);
  }

  /**
   * The address that a URI of a scheme which the caller has checked names.
   *
   * @throws IllegalArgumentException says what is wrong with it
   */
  public static InetSocketAddress address(URI uri, String scheme, int defaultPort) {
    if (uri.getHost() == null) {
      throw new IllegalArgumentException(
          "`" + uri + "` names no host; write " + scheme + "://127.0.0.1:" + defaultPort);
    }
    InetSocketAddress address =
        new InetSocketAddress(uri.getHost(), uri.getPort() < 0 ? defaultPort : uri.getPort());
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("`" + uri + "`: host " + uri.getHost() + " is not known");
    }
    return address;
  }
}
