package io.sluice.adapter.mqtt;

import io.sluice.api.DeviceId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What outlives a connection [MQTT-3.1.2-4]. Owned by the connection that holds it; the next takes
 * it only after that one has ended.
 */
final class Session {
  final DeviceId device;
  final long registration;
  final String clientId;

  /** Filter and granted QoS; bounded by max-subscriptions. */
  final Map<String, Integer> subscriptions = new HashMap<>(2);

  /** Packet ids of QoS 2 messages stored and not yet released; bounded by receive-maximum. */
  final Set<Integer> unreleased = new HashSet<>(2);

  /** Seconds that it lives on, 0: ends with the connection. */
  long expirySeconds;

  volatile long expiresAtNanos;

  /** The will that waits for its delay while the session sleeps, or null. */
  volatile @Nullable Will delayedWill;

  /**
   * @param registration of the device ({@link io.sluice.api.Admission.Grant})
   */
  Session(DeviceId device, long registration, String clientId) {
    this.device = device;
    this.registration = registration;
    this.clientId = clientId;
  }

  /** Whether this client may take it up again now; a later device of the same id may not. */
  boolean mayResume(String client, long registrationNow) {
    return clientId.equals(client)
        && registration == registrationNow
        && expiresAtNanos - System.nanoTime() > 0;
  }

  /** Only the device's own commands: {@code command/#}, {@code command/+}, {@code command/name}. */
  static boolean mayContain(String filter) {
    if (!filter.startsWith("command/")) {
      return false;
    }
    String rest = filter.substring("command/".length());
    return rest.equals("#") || rest.equals("+") || rest.matches("[A-Za-z0-9._-]{1,64}");
  }

  /** The greatest QoS of the filters that match, -1 where none does. */
  int grantedQos(String commandName) {
    int qos = -1;
    for (Map.Entry<String, Integer> entry : subscriptions.entrySet()) {
      String last = entry.getKey().substring("command/".length());
      if (last.equals("#") || last.equals("+") || last.equals(commandName)) {
        qos = Math.max(qos, entry.getValue());
      }
    }
    return qos;
  }
}
