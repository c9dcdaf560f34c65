package io.sluice.adapter.mqtt.session;

import io.sluice.api.DeviceId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What outlives a connection [MQTT-3.1.2-4]. Owned by the connection that holds it; the next takes
 * it only after that one has ended.
 */
final class Session {
  /** More than are under way on one connection, so that none of these is forgotten. */
  static final int COMMANDS_MAX = 64;

  /** A command's id is a UUID. */
  private static final int ID_CHARS = 36;

  private static final String COMMANDS = "command/";
  private static final String NAME = "[A-Za-z0-9._-]{1,64}";

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
  final SequencedMap<Integer, String> commands = new LinkedHashMap<>(2);

  /** Those of them that PUBACK does not end: what stands between answers it, not the device. */
  final Set<String> answeredLater = new HashSet<>(2);

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
      answeredLater.remove(commands.pollFirstEntry().getValue());
    }
  }

  /**
   * The id of a command that an answer names, by its number or by its id; null where it is none
   * that was sent. It is answered then.
   */
  @Nullable String answered(String named) {
    String id = numbered.remove(named);
    if (id != null || named.length() != ID_CHARS) {
      return id;
    }
    numbered.values().remove(named);
    return named;
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

  /**
   * Only commands of the device, {@code command/#}, {@code command/+}, {@code command/name}, and of
   * its children: {@code command/child/name}, either of the two {@code +}, the last {@code #}.
   */
  static boolean mayContain(String filter) {
    if (!filter.startsWith(COMMANDS)) {
      return false;
    }
    String rest = filter.substring(COMMANDS.length());
    int slash = rest.indexOf('/');
    if (slash < 0) {
      return isAny(rest) || rest.equals("+") || rest.matches(NAME);
    }
    String child = rest.substring(0, slash);
    String name = rest.substring(slash + 1);
    return (child.equals("+") || DeviceId.isValid(child))
        && (isAny(name) || name.equals("+") || name.matches(NAME));
  }

  private static boolean isAny(String level) {
    return level.equals("#");
  }

  /**
   * The greatest QoS of the filters that match, -1 where none does.
   *
   * @param child the addressee where that is not the session's device, else null
   */
  int grantedQos(@Nullable String child, String commandName) {
    int qos = -1;
    for (Map.Entry<String, Integer> entry : subscriptions.entrySet()) {
      String filter = entry.getKey();
      if (filter.startsWith(COMMANDS)
          && reaches(filter.substring(COMMANDS.length()), child, commandName)) {
        qos = Math.max(qos, entry.getValue());
      }
    }
    return qos;
  }

  private static boolean reaches(String filter, @Nullable String child, String commandName) {
    int slash = filter.indexOf('/');
    if (child == null) {
      return slash < 0 && matches(filter, commandName);
    }
    if (slash < 0) {
      return isAny(filter);
    }
    String first = filter.substring(0, slash);
    return (first.equals("+") || first.equals(child))
        && matches(filter.substring(slash + 1), commandName);
  }

  private static boolean matches(String level, String name) {
    return isAny(level) || level.equals("+") || level.equals(name);
  }
}
