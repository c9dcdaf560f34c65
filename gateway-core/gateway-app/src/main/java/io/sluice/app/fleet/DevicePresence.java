package io.sluice.app.fleet;

import io.sluice.api.DeviceId;
import io.sluice.engine.registry.Registry;
import io.sluice.engine.registry.presence.Presence;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who is in contact by this gateway, as the topic of presence has it (docs/fleet.md). Holds since
 * when each device is so: its size is bounded by the registry's. Thread-safe.
 */
final class DevicePresence {
  private final Origin origin;
  private final Registry registry;
  private final Clock clock;
  private final JsonMapper json;
  private final Map<String, Long> since = new ConcurrentHashMap<>();

  DevicePresence(Origin origin, Registry registry, Clock clock, JsonMapper json) {
    this.origin = origin;
    this.registry = registry;
    this.clock = clock;
    this.json = json;
  }

  /** Has each change told from now on. */
  void follow(Consumer<String> changed) {
    registry
        .presence()
        .onContact(device -> {
          since.put(device, Origin.micros(clock));
          changed.accept(device);
        });
  }

  /** What the topic has of a device; null where it is not registered any more. */
  byte @Nullable [] value(String id) {
    if (registry.find(id) == null || !DeviceId.isValid(id)) {
      since.remove(id);
      return null;
    }
    Presence presence = registry.presence();
    DeviceId device = new DeviceId(id);
    ObjectNode node = json.createObjectNode();
    node.put("v", Origin.VERSION);
    node.put("device", id);
    node.put("gateway", origin.gateway());
    node.put("run", origin.run());
    node.put("contact", presence.contact(id).name().toLowerCase(Locale.ROOT));
    node.put("since", since.computeIfAbsent(id, any -> Origin.micros(clock)));
    node.put("seen", presence.lastSeenMicros(id));
    node.put("address", presence.address(device));
    return json.writeValueAsBytes(node);
  }
}
