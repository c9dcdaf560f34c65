package io.sluice.api.broker;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a broker is. Host names may have {@code _}, which Docker's have, though no URI's may (RFC
 * 3986 leaves the authority unparsed then).
 *
 * @param host name or address, without the brackets of IPv6
 */
public record BrokerAddress(String host, int port, boolean isSecure) {
  private static final Pattern AUTHORITY =
      Pattern.compile("(?:.*@)?(\\[[0-9A-Fa-f:.%]+]|[A-Za-z0-9._-]+):(\\d{1,5})");
  private static final int PORT_MAX = 65_535;

  /** What is wrong with the URI, and the remedy; null where nothing is. */
  public static @Nullable String problem(URI uri) {
    String scheme = String.valueOf(uri.getScheme());
    if (!isPlain(scheme) && !isSecure(scheme)) {
      return "must begin with tcp:// or ssl:// (or mqtt://, mqtts://), not " + scheme;
    }
    if (match(uri) == null) {
      return "names no host and port; write " + scheme + "://host:port";
    }
    String path = uri.getRawPath();
    if ((path != null && !path.isEmpty() && !path.equals("/"))
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      return "has a path or a query, which MQTT has no use for; write " + scheme + "://host:port";
    }
    return null;
  }

  /** Of a URI without problem. */
  public static BrokerAddress of(URI uri) {
    Matcher found = match(uri);
    if (found == null) {
      throw new IllegalArgumentException("not checked: " + problem(uri));
    }
    String host = found.group(1);
    return new BrokerAddress(
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        Integer.parseInt(found.group(2)),
        isSecure(uri.getScheme()));
  }

  private static @Nullable Matcher match(URI uri) {
    Matcher found = AUTHORITY.matcher(String.valueOf(uri.getRawAuthority()));
    if (!found.matches()) {
      return null;
    }
    int port = Integer.parseInt(found.group(2));
    return port >= 1 && port <= PORT_MAX ? found : null;
  }

  public static boolean isSecure(String scheme) {
    return switch (scheme.toLowerCase(Locale.ROOT)) {
      case "ssl", "mqtts", "tls" -> true;
      default -> false;
    };
  }

  private static boolean isPlain(String scheme) {
    return switch (scheme.toLowerCase(Locale.ROOT)) {
      case "tcp", "mqtt" -> true;
      default -> false;
    };
  }
}
