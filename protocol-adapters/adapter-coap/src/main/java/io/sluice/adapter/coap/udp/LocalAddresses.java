package io.sluice.adapter.coap.udp;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Unicast addresses of this machine's interfaces that are up. Thread-safe. */
final class LocalAddresses {
  /** Of a machine with more, the others keep what the system does by itself. */
  static final int MAX_ADDRESSES = 256;

  private static final Logger log = LoggerFactory.getLogger(LocalAddresses.class);

  private LocalAddresses() {}

  /** By {@link #key}. Blocks for about a millisecond. */
  static Map<String, InetAddress> present() {
    Map<String, InetAddress> found = new LinkedHashMap<>();
    try {
      NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .limit(MAX_ADDRESSES)
          .forEach(address -> found.put(key(address), address));
    } catch (SocketException unreadable) {
      log.debug("coap: the interfaces cannot be read", unreadable);
    }
    return found;
  }

  /** Whether an answer to one of them may leave from another, if the system chooses. */
  static boolean isMultihomed(Collection<InetAddress> addresses) {
    return addresses.stream().filter(address -> !address.isLoopbackAddress()).count() > 1;
  }

  /** Tells the same link-local address of two interfaces apart, which equals does not. */
  static String key(InetAddress address) {
    return address.getHostAddress();
  }
}
