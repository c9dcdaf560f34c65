package io.sluice.engine.registry;

import io.sluice.api.Device;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Admission.Grant;
import io.sluice.api.store.StoredCredentials;
import io.sluice.api.store.StoredDevice;
import io.sluice.api.store.StoredDevice.Previous;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One device with its credentials, as the snapshot holds it. Immutable.
 *
 * @param previous what was replaced and stays valid for a while, or null
 * @param grant of sessions that begin now; {@link Grant#NONE} until the {@link Roster} has it
 */
record Registered(
    Device device, StoredCredentials credentials, @Nullable Previous previous, Grant grant) {
  Registered(Device device, StoredCredentials credentials, @Nullable Previous previous) {
    this(device, credentials, previous, Grant.NONE);
  }

  Registered(Device device, StoredCredentials credentials) {
    this(device, credentials, null);
  }

  static Registered of(StoredDevice stored) {
    return new Registered(stored.device(), stored.credentials(), stored.previous());
  }

  StoredDevice stored() {
    return new StoredDevice(device, credentials, previous);
  }

  Registered granted(Grant next) {
    return new Registered(device, credentials, previous, next);
  }

  Admission.Admitted admitted() {
    return new Admission.Admitted(device, grant);
  }

  String id() {
    return device.id().value();
  }

  /** Whether its credentials, or those still valid beside them, pass the test. */
  boolean accepts(Predicate<StoredCredentials> test, long nowMillis) {
    return test.test(credentials)
        || (previous != null
            && nowMillis < previous.untilMillis()
            && test.test(previous.credentials()));
  }

  Registered withCredentials(StoredCredentials changed) {
    return new Registered(device, changed, previous);
  }

  Registered withDevice(Device changed) {
    return new Registered(changed, credentials, previous);
  }

  Registered withoutPrevious() {
    return new Registered(device, credentials, null);
  }
}
