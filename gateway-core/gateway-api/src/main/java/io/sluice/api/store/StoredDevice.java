package io.sluice.api.store;

import io.sluice.api.Device;
import org.jspecify.annotations.Nullable;

/**
 * A device with its credentials. Immutable.
 *
 * @param previous the credentials of the generation before, or null
 */
public record StoredDevice(
    Device device, StoredCredentials credentials, @Nullable Previous previous) {
  /**
   * Credentials that were replaced and stay valid for a while.
   *
   * @param untilMillis milliseconds since the epoch
   */
  public record Previous(StoredCredentials credentials, long untilMillis) {}

  /** The id of the device. */
  public String id() {
    return device.id().value();
  }
}
