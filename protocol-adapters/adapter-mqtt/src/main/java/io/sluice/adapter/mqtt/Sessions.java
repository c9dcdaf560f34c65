package io.sluice.adapter.mqtt;

import io.sluice.api.DeviceId;
import io.sluice.api.Gateway;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The live connection and the sleeping session of each device. Thread-safe. */
final class Sessions {
  private static final Map<Gateway, Sessions> ALL =
      Collections.synchronizedMap(new WeakHashMap<>());

  private final ConcurrentHashMap<DeviceId, Connection> live = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<DeviceId, Session> sleeping = new ConcurrentHashMap<>();
  private final int maxSleeping;

  private Sessions(int maxSleeping) {
    this.maxSleeping = maxSleeping;
  }

  /**
   * The sessions of a gateway: all its MQTT listeners share them, so that a device may come back by
   * another one.
   *
   * @param maxSleeping counts where it is the first to ask
   */
  static Sessions of(Gateway gateway, int maxSleeping) {
    return ALL.computeIfAbsent(gateway, any -> new Sessions(maxSleeping));
  }

  /** Makes this the device's connection; the one that was, or null. */
  @Nullable Connection claim(DeviceId device, Connection connection) {
    return live.put(device, connection);
  }

  void release(DeviceId device, Connection connection) {
    live.remove(device, connection);
  }

  /** The session that sleeps, taken out; null where there is none. It may have expired. */
  @Nullable Session wake(DeviceId device) {
    return sleeping.remove(device);
  }

  /** Keeps a session until it expires; false where it is not kept. */
  boolean sleep(Session session) {
    if (session.expirySeconds <= 0 || sleeping.size() >= maxSleeping) {
      return false;
    }
    session.expiresAtNanos = System.nanoTime() + session.expirySeconds * 1_000_000_000L;
    sleeping.put(session.device, session);
    return true;
  }

  void dropExpired() {
    long now = System.nanoTime();
    sleeping.values().removeIf(session -> session.expiresAtNanos - now <= 0);
  }
}
