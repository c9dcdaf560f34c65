package io.sluice.cli.config;

import io.sluice.api.config.Bytes;
import io.sluice.api.operator.AdminSettings;
import io.sluice.engine.config.GatewayConfig;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a configured listener wants of the system, by the names that the settings of all listeners
 * have in common.
 *
 * @param kind the name of the listener, or {@code admin}
 * @param port 0: any that is free
 * @param maxConnections 0 where it has none: UDP
 * @param receiveBytes of the socket's buffer; 0 where the system's own is taken
 */
public record PortRequirement(
    String kind, String host, int port, boolean isUdp, int maxConnections, long receiveBytes) {
  /**
   * All of a configuration, the admin listener last.
   *
   * @param datagrams types of listeners whose port is one of UDP
   */
  public static List<PortRequirement> of(GatewayConfig config, Set<String> datagrams) {
    List<PortRequirement> ports = new ArrayList<>();
    config
        .listeners()
        .values()
        .forEach(
            each -> ports.add(of(each.name(), datagrams.contains(each.type()), each.settings())));
    AdminSettings admin = config.admin();
    if (admin != null) {
      ports.add(of("admin", false, admin));
    }
    return List.copyOf(ports);
  }

  private static PortRequirement of(String name, boolean isUdp, Record settings) {
    return new PortRequirement(
        name,
        value(settings, "host") instanceof String host ? host : "0.0.0.0",
        value(settings, "port") instanceof Integer port ? port : 0,
        isUdp,
        value(settings, "maxConnections") instanceof Integer most ? most : 0,
        value(settings, "receiveBuffer") instanceof Bytes bytes ? bytes.value() : 0);
  }

  /** Of the record or of one in it: what listeners have in common may be a record of its own. */
  private static @Nullable Object value(Record settings, String name) {
    for (RecordComponent component : settings.getClass().getRecordComponents()) {
      Object value = SettingsTree.value(settings, component);
      if (component.getName().equals(name)) {
        return value;
      }
      Object inner = value instanceof Record record ? value(record, name) : null;
      if (inner != null) {
        return inner;
      }
    }
    return null;
  }

  /** Whether both want the same port of the same address. */
  public boolean clashes(PortRequirement other) {
    return port != 0
        && port == other.port
        && isUdp == other.isUdp
        && (host.equals(other.host) || isWildcard(host) || isWildcard(other.host));
  }

  /** Bound to all addresses of the machine. */
  public boolean isForAll() {
    return isWildcard(host);
  }

  private static boolean isWildcard(String host) {
    return host.equals("0.0.0.0") || host.equals("::") || host.equals("[::]");
  }

  public String address() {
    return host + ":" + port + (isUdp ? "/udp" : "/tcp");
  }
}
