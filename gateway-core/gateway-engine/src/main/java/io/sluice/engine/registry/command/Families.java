package io.sluice.engine.registry.command;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which children of a concentrator have a queue of commands. As many as there are queues, at most.
 * Thread-safe.
 */
final class Families {
  private final Function<String, @Nullable Device> devices;
  private final ConcurrentMap<String, Set<String>> children = new ConcurrentHashMap<>();

  /**
   * @param devices the registry's look-up
   */
  Families(Function<String, @Nullable Device> devices) {
    this.devices = devices;
  }

  /** The concentrator of a device, or null. */
  @Nullable DeviceId parent(String device) {
    Device found = devices.apply(device);
    return found == null ? null : found.parent();
  }

  /** A device has a queue from now on. */
  void add(String device) {
    add(device, parent(device));
  }

  void add(String device, @Nullable DeviceId parent) {
    if (parent != null) {
      children.compute(
          parent.value(),
          (_, present) -> {
            Set<String> all = present == null ? ConcurrentHashMap.newKeySet() : present;
            all.add(device);
            return all;
          });
    }
  }

  /** It has none any more, or another parent. */
  void remove(String device, @Nullable DeviceId parent) {
    if (parent != null) {
      children.computeIfPresent(
          parent.value(),
          (_, present) -> {
            present.remove(device);
            return present.isEmpty() ? null : present;
          });
    }
  }

  /** Those of a concentrator, in no order. */
  Set<String> of(String parent) {
    return children.getOrDefault(parent, Set.of());
  }
}
