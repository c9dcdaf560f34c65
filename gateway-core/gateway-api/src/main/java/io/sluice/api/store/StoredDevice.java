package io.sluice.api.store;

import io.sluice.api.Device;
import java.time.Duration;
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

  /** As a store gives it back: the report interval in whole milliseconds. */
  public StoredDevice asStored() {
    Duration interval = device.interval();
    if (interval == null || interval.equals(Duration.ofMillis(interval.toMillis()))) {
      return this;
    }
    return new StoredDevice(
        new Device(
            device.id(),
            device.profile(),
            device.sector(),
            device.site(),
            Duration.ofMillis(interval.toMillis()),
            device.parent(),
            device.planned(),
            device.commissioned(),
            device.retired(),
            device.timezone()),
        credentials,
        previous);
  }
}
