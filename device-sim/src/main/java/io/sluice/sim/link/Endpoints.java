package io.sluice.sim.link;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the fleet connects; each may be null when no device speaks it.
 *
 * @param mqtt {@code mqtt://host:port} or {@code tcp://host:port}
 * @param coap {@code coap://host:port}
 * @param mqtts {@code mqtts://host:port}, for devices with a certificate
 * @param coaps {@code coaps://host:port}, for devices with a pre-shared key
 * @param http {@code http://host:port} or {@code https://host:port}
 * @param tls what devices with a certificate show, and whom they trust; of HTTP all, over TLS
 */
public record Endpoints(
    @Nullable URI mqtt,
    @Nullable URI coap,
    @Nullable URI mqtts,
    @Nullable URI coaps,
    @Nullable URI http,
    @Nullable DeviceTls tls) {
  private static final List<String> SCHEMES =
      List.of("mqtt", "tcp", "coap", "mqtts", "coaps", "http", "https");

  /** Without TLS and DTLS. */
  public Endpoints(@Nullable URI mqtt, @Nullable URI coap) {
    this(mqtt, coap, null, null, null, null);
  }

  /** Without HTTP. */
  public Endpoints(
      @Nullable URI mqtt,
      @Nullable URI coap,
      @Nullable URI mqtts,
      @Nullable URI coaps,
      @Nullable DeviceTls tls) {
    this(mqtt, coap, mqtts, coaps, null, tls);
  }

  /** The same, and there for HTTP. */
  public Endpoints withHttp(@Nullable URI uri) {
    return new Endpoints(mqtt, coap, mqtts, coaps, uri, tls);
  }

  /** Whether HTTP goes over TLS. */
  boolean isHttps() {
    return http != null && "https".equals(http.getScheme());
  }

  /**
   * The address that an option has to name.
   *
   * @throws IllegalArgumentException names the option, or says what is wrong with what it says
   */
  static InetSocketAddress need(@Nullable URI uri, int defaultPort, String option) {
    String scheme = option.substring(2);
    if (uri == null) {
      throw new IllegalArgumentException(
          "the scenario has devices that speak %s; say where with %s %s://HOST:%d"
              .formatted(scheme, option, scheme, defaultPort));
    }
    String named = uri.getScheme() == null ? "" : uri.getScheme();
    boolean isOther =
        (named.equals("tcp") && scheme.equals("mqtt"))
            || (named.equals("https") && scheme.equals("http"));
    if (!named.equals(scheme) && !isOther) {
      throw new IllegalArgumentException(
          "`%s`: %s wants %s://".formatted(uri, option, scheme)
              + switch (scheme) {
                case "mqtt" -> " (or tcp://)";
                case "http" -> " (or https://)";
                default -> "";
              });
    }
    return address(uri, defaultPort);
  }

  /**
   * The address that a URI names.
   *
   * @throws IllegalArgumentException says what is wrong with it
   */
  public static InetSocketAddress address(URI uri, int defaultPort) {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme();
    if (!SCHEMES.contains(scheme)) {
      throw new IllegalArgumentException(
          "`"
              + uri
              + "`: write mqtt:// (or tcp://), mqtts://, coap://, coaps://, http:// or https://");
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
