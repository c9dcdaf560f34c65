package io.sluice.engine.registry.device;

import io.sluice.api.operator.DeviceDirectory.CredentialSpec;
import io.sluice.api.store.StoredCredentials;
import io.sluice.api.store.StoredDevice;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Which devices have credentials that were replaced and are still valid. Thread-safe. */
final class CredentialGracePeriods {
  private final ConcurrentMap<String, Long> untilMillis = new ConcurrentHashMap<>();

  /** The entry is registered as it is from now on. */
  void note(DeviceEntry entry) {
    StoredDevice.Previous previous = entry.previous();
    if (previous != null) {
      untilMillis.put(entry.id(), previous.untilMillis());
    } else if (!untilMillis.isEmpty()) {
      untilMillis.remove(entry.id());
    }
  }

  /** Ids of the devices whose overlap is over. */
  List<String> over(long nowMillis) {
    return untilMillis.isEmpty()
        ? List.of()
        : untilMillis.entrySet().stream()
            .filter(one -> one.getValue() <= nowMillis)
            .map(Map.Entry::getKey)
            .toList();
  }

  /**
   * The entry with new credentials.
   *
   * @param overlapUntilMillis until when those before stay valid; 0: not at all
   */
  static DeviceEntry replaced(
      DeviceEntry entry, StoredCredentials credentials, long overlapUntilMillis) {
    boolean isKept = overlapUntilMillis > 0 && !entry.credentials().isRevoked();
    return new DeviceEntry(
        entry.device(),
        credentials,
        isKept ? new StoredDevice.Previous(entry.credentials(), overlapUntilMillis) : null);
  }

  /** Whether whatever a session was admitted by before still lets it in. */
  static boolean isStillValid(DeviceEntry before, DeviceEntry after) {
    boolean credentialsStay =
        before.credentials().equals(after.credentials())
            || (after.previous() != null
                && after.previous().credentials().equals(before.credentials()));
    boolean previousStays = before.previous() == null || before.previous().equals(after.previous());
    return credentialsStay && previousStays;
  }

  /** A pre-shared key is found by its identity: one identity cannot stand for two keys. */
  static void check(
      DeviceEntry before,
      CredentialSpec given,
      long overlapUntilMillis,
      List<DeviceRules.Fault> faults) {
    if (overlapUntilMillis > 0
        && given.psk() != null
        && given.psk().identity().equals(before.credentials().pskIdentity())) {
      faults.add(
          new DeviceRules.Fault(
              "credentials.psk.identity",
              "is the one that is replaced; with an overlap give the new key a new identity"));
    }
  }
}
