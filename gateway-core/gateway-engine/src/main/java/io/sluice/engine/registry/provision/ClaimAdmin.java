package io.sluice.engine.registry.provision;

import io.sluice.api.operator.ClaimService;
import io.sluice.api.operator.DeviceDirectory.InvalidDeviceException;
import io.sluice.engine.registry.credential.Digests;
import io.sluice.engine.registry.credential.NewTokens;
import io.sluice.engine.registry.device.DeviceRules;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The claims, for operators. */
public final class ClaimAdmin implements ClaimService {
  private final Supplier<Set<String>> profiles;
  private final NewTokens tokens;
  private final ClaimStore store;
  private final LongSupplier clockMillis;

  /**
   * @param profiles ids of the device profiles that there are now
   */
  public ClaimAdmin(
      Supplier<Set<String>> profiles,
      NewTokens tokens,
      ClaimStore store,
      LongSupplier clockMillis) {
    this.profiles = profiles;
    this.tokens = tokens;
    this.store = store;
    this.clockMillis = clockMillis;
  }

  @Override
  public String issue(ClaimSpec spec) throws InvalidDeviceException {
    List<DeviceRules.Fault> faults = ClaimStore.faults(spec, profiles.get());
    if (!faults.isEmpty()) {
      throw new InvalidDeviceException(
          String.join("; ", faults.stream().map(DeviceRules.Fault::toString).toList()));
    }
    String token = tokens.next();
    if (!store.add(Digests.sha256Hex(token), spec, clockMillis.getAsLong())) {
      throw new InvalidDeviceException(
          "name: \""
              + spec.name()
              + "\" is taken, or there are "
              + ClaimStore.MAX_CLAIMS
              + " claims; choose another or withdraw one");
    }
    return token;
  }

  @Override
  public List<ClaimView> list() {
    return store.list(clockMillis.getAsLong());
  }

  @Override
  public boolean withdraw(String name) {
    return store.withdraw(name);
  }
}
