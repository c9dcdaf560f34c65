package io.sluice.adapter.netty;

import io.sluice.api.adapter.TrustedProxies;
import io.sluice.api.tls.TlsSettings;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How devices come in by one TCP listener: what every kind of listener has, whatever is spoken.
 *
 * @param name the key below {@code listeners}
 * @param protocol the label of the metrics, and the first word of log lines and task names
 * @param port 0 takes a free one
 * @param tls null for plain connections
 * @param maxHandshakes TLS handshakes under way at once; of no meaning without TLS
 * @param maxConnections connections at once; the process's limit of open files may allow fewer
 * @param signInTimeout within it a TLS handshake must be complete
 * @param maxUnadmittedBytes what connections that are not admitted may hold together, over all
 *     listeners of the protocol
 * @param eventLoops threads that serve the connections
 * @param applicationProtocols what a client of TLS may choose from by ALPN (RFC 7301), the first
 *     that both speak; empty: nothing is said of it
 * @param proxies whose connections begin with a header of the PROXY protocol
 */
public record ListenerSpec(
    String name,
    String protocol,
    String host,
    int port,
    @Nullable TlsSettings tls,
    int maxHandshakes,
    int maxConnections,
    Duration signInTimeout,
    long maxUnadmittedBytes,
    Transport transport,
    int eventLoops,
    List<String> applicationProtocols,
    TrustedProxies proxies) {
  public ListenerSpec {
    applicationProtocols = List.copyOf(applicationProtocols);
  }

  /** Of a protocol that is not chosen within TLS, with no proxy in front. */
  public ListenerSpec(
      String name,
      String protocol,
      String host,
      int port,
      @Nullable TlsSettings tls,
      int maxHandshakes,
      int maxConnections,
      Duration signInTimeout,
      long maxUnadmittedBytes,
      Transport transport,
      int eventLoops) {
    this(
        name,
        protocol,
        host,
        port,
        tls,
        maxHandshakes,
        maxConnections,
        signInTimeout,
        maxUnadmittedBytes,
        transport,
        eventLoops,
        List.of(),
        TrustedProxies.NONE);
  }

  /** Where it stands in the configuration: {@code listeners.mqtt}. */
  public String key() {
    return "listeners." + name;
  }
}
