package io.sluice.engine.registry.device;

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
 * @param grant of sessions that begin now; {@link Grant#NONE} until the {@link DeviceIndex} has it
 */
public record DeviceEntry(
    Device device, StoredCredentials credentials, @Nullable Previous previous, Grant grant) {
  public DeviceEntry(Device device, StoredCredentials credentials, @Nullable Previous previous) {
    this(device, credentials, previous, Grant.NONE);
  }

  public DeviceEntry(Device device, StoredCredentials credentials) {
    this(device, credentials, null);
  }

  static DeviceEntry of(StoredDevice stored) {
    return new DeviceEntry(stored.device(), stored.credentials(), stored.previous());
  }

  public StoredDevice stored() {
    return new StoredDevice(device, credentials, previous);
  }

  DeviceEntry granted(Grant next) {
    return new DeviceEntry(device, credentials, previous, next);
  }

  public Admission.Admitted admitted() {
    return new Admission.Admitted(device, grant);
  }

  public String id() {
    return device.id().value();
  }

  /** Whether its credentials, or those still valid beside them, pass the test. */
  public boolean accepts(Predicate<StoredCredentials> test, long nowMillis) {
    return test.test(credentials)
        || (previous != null
            && nowMillis < previous.untilMillis()
            && test.test(previous.credentials()));
  }

  DeviceEntry withCredentials(StoredCredentials changed) {
    return new DeviceEntry(device, changed, previous);
  }

  DeviceEntry withDevice(Device changed) {
    return new DeviceEntry(changed, credentials, previous);
  }

  DeviceEntry withoutPrevious() {
    return new DeviceEntry(device, credentials, null);
  }
}
