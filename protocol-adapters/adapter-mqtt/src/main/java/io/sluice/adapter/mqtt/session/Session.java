package io.sluice.adapter.mqtt.session;

import io.sluice.api.DeviceId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What outlives a connection [MQTT-3.1.2-4]. Owned by the connection that holds it; the next takes
 * it only after that one has ended.
 */
final class Session {
  /** More than are under way on one connection, so that none of these is forgotten. */
  static final int COMMANDS_MAX = 64;

  final DeviceId device;
  final long registration;
  final String clientId;

  /** Filter and granted QoS; bounded by max-subscriptions. */
  final Map<String, Integer> subscriptions = new HashMap<>(2);

  /** Packet ids of QoS 2 messages stored and not yet released; bounded by receive-maximum. */
  final Set<Integer> unreleased = new HashSet<>(2);

  /**
   * Packet ids of QoS 1 messages that are stored and whose PUBACK could not be sent, each with the
   * {@link Publication#digest} of its message; bounded by what a connection has in hand.
   */
  final Map<Integer, Long> unacknowledged = new HashMap<>(2);

  /**
   * Packet ids of commands that were sent at QoS 1 and not answered, each with the command's id, in
   * the order of sending; {@value #COMMANDS_MAX} at most, the oldest are forgotten first.
   */
  final Map<Integer, String> commands = new LinkedHashMap<>(2);

  /**
   * Numbers of commands that were sent in a vendor's form, each with the command's id, in the order
   * of sending; {@value #COMMANDS_MAX} at most, the oldest are forgotten first.
   */
  final Map<String, String> numbered = new LinkedHashMap<>(2);

  /** The last of them. */
  int lastNumber;

  /** Seconds that it lives on, 0: ends with the connection. */
  long expirySeconds;

  volatile long expiresAtNanos;

  /** The will that waits for its delay while the session sleeps, or null. */
  volatile @Nullable Will delayedWill;

  /**
   * @param registration of the device ({@link io.sluice.api.adapter.Admission.Grant})
   */
  Session(DeviceId device, long registration, String clientId) {
    this.device = device;
    this.registration = registration;
    this.clientId = clientId;
  }

  /** Notes that a message is stored and the device does not know it. */
  void unacknowledged(Publication publication) {
    if (expirySeconds > 0) {
      unacknowledged.put(publication.packetId, publication.digest());
    }
  }

  /** The packet id under which a command was sent before; -1 where it was not. */
  int packetIdOf(String commandId) {
    for (Map.Entry<Integer, String> each : commands.entrySet()) {
      if (each.getValue().equals(commandId)) {
        return each.getKey();
      }
    }
    return -1;
  }

  void sent(int packetId, String commandId) {
    commands.put(packetId, commandId);
    if (commands.size() > COMMANDS_MAX) {
      commands.remove(commands.keySet().iterator().next());
    }
  }

  /** The number of a command for its vendor's form: that of before where it was sent already. */
  int numberOf(String commandId) {
    for (Map.Entry<String, String> each : numbered.entrySet()) {
      if (each.getValue().equals(commandId)) {
        return Integer.parseInt(each.getKey());
      }
    }
    lastNumber = lastNumber == Integer.MAX_VALUE ? 1 : lastNumber + 1;
    numbered.put(Integer.toString(lastNumber), commandId);
    if (numbered.size() > COMMANDS_MAX) {
      numbered.remove(numbered.keySet().iterator().next());
    }
    return lastNumber;
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
      if (!entry.getKey().startsWith("command/")) {
        continue;
      }
      String last = entry.getKey().substring("command/".length());
      if (last.equals("#") || last.equals("+") || last.equals(commandName)) {
        qos = Math.max(qos, entry.getValue());
      }
    }
    return qos;
  }
}
