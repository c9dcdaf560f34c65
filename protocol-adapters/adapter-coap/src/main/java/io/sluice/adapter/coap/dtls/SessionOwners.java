package io.sluice.adapter.coap.dtls;

import io.sluice.api.DeviceId;
import java.security.Principal;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.californium.scandium.ConnectionListener;
import org.eclipse.californium.scandium.dtls.Connection;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.jspecify.annotations.Nullable;

/**
 * Which device each principal of an open session is. A principal may have several sessions for a
 * while (a device that lost its state begins anew): it is forgotten with the last. Holds no more
 * than there are sessions. Thread-safe.
 */
final class SessionOwners implements ConnectionListener {
  private record Owner(Set<ConnectionId> sessions, @Nullable DeviceId device) {}

  private final ConcurrentHashMap<Principal, Owner> owners = new ConcurrentHashMap<>();

  /** The gateway has said who the principal is; of no effect once its sessions have ended. */
  void belongs(Principal principal, DeviceId device) {
    owners.computeIfPresent(principal, (key, owner) -> new Owner(owner.sessions(), device));
  }

  boolean hasSessions(DeviceId device) {
    return owners.values().stream().anyMatch(owner -> device.equals(owner.device()));
  }

  boolean isOf(Principal principal, DeviceId device) {
    Owner owner = owners.get(principal);
    return owner != null && device.equals(owner.device());
  }

  /** The device of a principal; null where it has no session, or has sent no request yet. */
  @Nullable DeviceId device(Principal principal) {
    Owner owner = owners.get(principal);
    return owner == null ? null : owner.device();
  }

  boolean hasSessions(Principal principal) {
    return owners.containsKey(principal);
  }

  int size() {
    return owners.size();
  }

  @Override
  public void onConnectionEstablished(Connection connection) {
    Principal principal = connection.getEstablishedPeerIdentity();
    if (principal != null) {
      owners.compute(
          principal,
          (key, before) -> {
            Owner owner = before == null ? new Owner(ConcurrentHashMap.newKeySet(2), null) : before;
            owner.sessions().add(connection.getConnectionId());
            return owner;
          });
    }
  }

  @Override
  public void onConnectionRemoved(Connection connection) {
    Principal principal = connection.getEstablishedPeerIdentity();
    if (principal != null) {
      owners.computeIfPresent(
          principal,
          (key, owner) -> {
            owner.sessions().remove(connection.getConnectionId());
            return owner.sessions().isEmpty() ? null : owner;
          });
    }
  }

  @Override
  public boolean onConnectionUpdatesSequenceNumbers(Connection connection, boolean writing) {
    return false;
  }

  @Override
  public boolean onConnectionMacError(Connection connection) {
    return false;
  }

  @Override
  public void beforeExecution(Connection connection) {}

  @Override
  public void updateExecution(Connection connection) {}

  @Override
  public void afterExecution(Connection connection) {}
}
