package io.sluice.engine.registry.device;

import io.sluice.api.Device;
import org.jspecify.annotations.Nullable;

/** Told of every change in the registry, after it holds. Called on the changer's thread. */
@FunctionalInterface
public interface DeviceChanges {
  /**
   * @param before as it was, null where it is new
   * @param after as it is, null where it was removed
   * @param credentialsChanged whether a session that was admitted before must be admitted anew
   */
  void changed(@Nullable Device before, @Nullable Device after, boolean credentialsChanged);
}
