package io.sluice.adapter.mqtt.session;

import io.sluice.api.DeviceId;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The live connection and the sleeping session of each device. All MQTT listeners of a gateway
 * share them, so that a device may come back by another one. Thread-safe.
 */
public final class Sessions {
  private final ConcurrentHashMap<DeviceId, Connection> live = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<DeviceId, Session> sleeping = new ConcurrentHashMap<>();

  /** Makes this the device's connection; the one that was, or null. */
  @Nullable Connection claim(DeviceId device, Connection connection) {
    return live.put(device, connection);
  }

  /** Makes this the device's connection where there is none; false where there is. */
  boolean claimFree(DeviceId device, Connection connection) {
    return live.putIfAbsent(device, connection) == null;
  }

  void release(DeviceId device, Connection connection) {
    live.remove(device, connection);
  }

  /** The session that sleeps, taken out; null where there is none. It may have expired. */
  @Nullable Session wake(DeviceId device) {
    return sleeping.remove(device);
  }

  /**
   * Keeps a session until it expires; false where it is not kept.
   *
   * @param maxSleeping most that the listener keeps, those of the others counted
   */
  boolean sleep(Session session, int maxSleeping) {
    if (session.expirySeconds <= 0 || sleeping.size() >= maxSleeping) {
      return false;
    }
    session.expiresAtNanos = System.nanoTime() + session.expirySeconds * 1_000_000_000L;
    sleeping.put(session.device, session);
    return true;
  }

  public void dropExpired() {
    long now = System.nanoTime();
    sleeping.values().removeIf(session -> session.expiresAtNanos - now <= 0);
  }
}
