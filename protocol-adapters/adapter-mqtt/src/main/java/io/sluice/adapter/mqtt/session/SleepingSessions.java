package io.sluice.adapter.mqtt.session;

import io.sluice.api.DeviceId;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The session of each device that outlives its connection, until the next takes it up. All MQTT
 * listeners of a gateway share them, so that a device may come back by another one. Which
 * connection a device has is known to {@link io.sluice.api.adapter.Sessions} alone. Thread-safe.
 */
public final class SleepingSessions {
  private final ConcurrentHashMap<DeviceId, Session> sleeping = new ConcurrentHashMap<>();

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
