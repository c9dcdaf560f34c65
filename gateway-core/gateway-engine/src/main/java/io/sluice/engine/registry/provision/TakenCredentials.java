package io.sluice.engine.registry.provision;

import io.sluice.api.store.StoredCredentials;
import io.sluice.engine.registry.device.DeviceEntry;
import io.sluice.engine.registry.device.DeviceRules;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which credentials the devices that are registered together have taken. Used by one thread. */
final class TakenCredentials {
  static final DeviceRules.Fault TAKEN =
      new DeviceRules.Fault("credentials", "another entry has the same; give each device its own");

  private final Set<String> taken = new HashSet<>();

  /** False where another has one of them. */
  boolean take(DeviceEntry entry) {
    StoredCredentials credentials = entry.credentials();
    return take("token", credentials.tokenHash())
        && take("psk", credentials.pskIdentity())
        && take("certificate", credentials.certificate())
        && take("public-key", credentials.publicKey());
  }

  private boolean take(String kind, @Nullable String key) {
    return key == null || taken.add(kind + ' ' + key);
  }
}
