package io.sluice.adapter.netty;

import io.sluice.api.adapter.AdapterContext;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the listeners of one protocol share: the room for what is not admitted, and the logs that
 * peers can provoke, which are sparse over all of them. Thread-safe.
 */
public final class ListenerGroup {
  /** One group each protocol of a gateway. */
  private static final class Groups {
    private final ConcurrentHashMap<String, ListenerGroup> byProtocol = new ConcurrentHashMap<>();
  }

  private final Unadmitted unadmitted = new Unadmitted();
  private final SparseLog refusedPlaces;
  private final SparseLog refusedUnadmitted;
  private final SparseLog refusedProxies;
  private final SparseLog refusedTls;
  private final SparseLog acceptFaults;

  /**
   * @param protocol the first word of each log line
   */
  public ListenerGroup(String protocol) {
    Logger listener = LoggerFactory.getLogger(TcpListener.class);
    refusedPlaces = new SparseLog(listener, protocol);
    refusedUnadmitted = new SparseLog(LoggerFactory.getLogger(BeforeAdmission.class), protocol);
    refusedProxies = new SparseLog(listener, protocol);
    refusedTls = new SparseLog(LoggerFactory.getLogger(TlsHandlers.class), protocol);
    acceptFaults = new SparseLog(listener, protocol, Duration.ofMinutes(1));
  }

  /** The group of a protocol's listeners in this gateway. */
  public static ListenerGroup of(AdapterContext gateway, String protocol) {
    return gateway
        .shared(Groups.class, Groups::new)
        .byProtocol
        .computeIfAbsent(protocol, ListenerGroup::new);
  }

  /** What connections hold that are not admitted. */
  public Unadmitted unadmitted() {
    return unadmitted;
  }

  SparseLog refusedPlaces() {
    return refusedPlaces;
  }

  SparseLog refusedUnadmitted() {
    return refusedUnadmitted;
  }

  SparseLog refusedProxies() {
    return refusedProxies;
  }

  SparseLog refusedTls() {
    return refusedTls;
  }

  SparseLog acceptFaults() {
    return acceptFaults;
  }
}
