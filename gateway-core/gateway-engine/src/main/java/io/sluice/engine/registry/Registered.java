package io.sluice.engine.registry;

import io.sluice.api.Device;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One device with its credentials, as the snapshot holds it. Immutable.
 *
 * @param previous what was replaced and stays valid for a while, or null
 */
record Registered(Device device, StoredCredentials credentials, @Nullable Previous previous) {
  /**
   * Credentials that were replaced.
   *
   * @param untilMillis since the epoch
   */
  record Previous(StoredCredentials credentials, long untilMillis) {}

  Registered(Device device, StoredCredentials credentials) {
    this(device, credentials, null);
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

  Registered withDevice(Device changed) {
    return new Registered(changed, credentials, previous);
  }

  Registered withoutPrevious() {
    return new Registered(device, credentials, null);
  }
}
