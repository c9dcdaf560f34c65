package io.sluice.engine.registry;

import io.sluice.api.Device;

/** One device with its credentials, as the snapshot holds it. Immutable. */
record Registered(Device device, StoredCredentials credentials) {
  String id() {
    return device.id().value();
  }
}
