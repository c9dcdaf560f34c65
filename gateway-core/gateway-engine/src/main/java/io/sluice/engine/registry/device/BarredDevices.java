package io.sluice.engine.registry.device;

import io.sluice.api.store.Step;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ids of devices that were removed while they were revoked or retired. What they have shown before,
 * a certificate of a just-in-time authority or a claim token, may still be good: it does not bring
 * them back. Who registers the id by hand lifts that.
 *
 * <p>Holds the latest {@value #MAX_IDS}, as the store does. Look-ups take no lock; changes are
 * serialized by the owner ({@link DeviceStore}).
 */
final class BarredDevices {
  static final int MAX_IDS = 1_000_000;

  private final Set<String> ids = ConcurrentHashMap.newKeySet();

  boolean contains(String id) {
    return ids.contains(id);
  }

  void add(String id) {
    ids.add(id);
  }

  void remove(String id) {
    ids.remove(id);
  }

  /** Those of the ids that are barred; the registration by hand lifts that. */
  List<Step> lifting(Collection<DeviceEntry> entries) {
    return ids.isEmpty()
        ? List.of()
        : entries.stream()
            .map(DeviceEntry::id)
            .filter(ids::contains)
            .<Step>map(Step.UnbarDevice::new)
            .toList();
  }
}
