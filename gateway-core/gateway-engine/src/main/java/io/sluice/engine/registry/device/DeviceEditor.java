package io.sluice.engine.registry.device;

import io.sluice.api.operator.DeviceDirectory.Condition;
import io.sluice.api.operator.DeviceDirectory.CredentialSpec;
import io.sluice.api.operator.DeviceDirectory.DeviceSpec;
import io.sluice.api.operator.DeviceDirectory.InvalidDeviceException;
import io.sluice.api.store.Step;
import io.sluice.api.store.StoredCredentials;
import io.sluice.engine.registry.credential.Digests;
import io.sluice.engine.registry.credential.NewTokens;
import io.sluice.engine.registry.credential.PasswordHasher;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What operators change of one device: registration, retirement, credentials. Thread-safe; blocks
 * on the disk, and on the slow hash of a password.
 */
public final class DeviceEditor {
  private final DeviceStore devices;
  private final DeviceRules.Strictness strictness;
  private final PasswordHasher hasher;
  private final NewTokens tokens;

  public DeviceEditor(
      DeviceStore devices,
      DeviceRules.Strictness strictness,
      PasswordHasher hasher,
      NewTokens tokens) {
    this.devices = devices;
    this.strictness = strictness;
    this.hasher = hasher;
    this.tokens = tokens;
  }

  /** Null where the condition does not hold. */
  @Nullable
  public DeviceEntry put(DeviceSpec spec, Condition condition) throws InvalidDeviceException {
    refuse(DeviceRules.faultsOfNew(spec, devices.profiles(), strictness));
    String id = spec.id().value();
    devices.settlePassword(id);
    String passwordHash = slowHash(spec.credentials());
    return devices.write(
        id,
        () -> {
          DeviceEntry before = devices.index().find(id);
          if (!condition.holds(before == null ? null : before.device())) {
            return null;
          }
          return replacing(before, DeviceMerge.merged(before, spec, passwordHash, spec.retired()));
        });
  }

  private DeviceWrite replacing(@Nullable DeviceEntry before, DeviceEntry after)
      throws InvalidDeviceException {
    refuse(DeviceMerge.clashes(after, devices.index(), devices::find));
    return devices.replacing(before, after);
  }

  private static void refuse(List<DeviceRules.Fault> faults) throws InvalidDeviceException {
    if (!faults.isEmpty()) {
      throw new InvalidDeviceException(
          String.join("; ", faults.stream().map(DeviceRules.Fault::toString).toList()));
    }
  }

  private @Nullable String slowHash(@Nullable CredentialSpec given) {
    String password = given == null ? null : given.password();
    return password == null ? null : hasher.hash(password.getBytes(StandardCharsets.UTF_8));
  }

  public boolean retire(String id) {
    return devices.change(id, entry -> entry.withDevice(DeviceMerge.retired(entry.device())));
  }

  /**
   * @param overlapUntilMillis until when what was before stays valid; 0: not at all
   */
  public @Nullable String issueToken(String id, long overlapUntilMillis) {
    String token = tokens.next();
    String hash = Digests.sha256Hex(token);
    boolean isKnown =
        devices.change(
            id,
            entry ->
                CredentialGracePeriods.replaced(
                    entry, entry.credentials().withTokenHash(hash), overlapUntilMillis));
    return isKnown ? token : null;
  }

  /** See {@link io.sluice.api.operator.DeviceDirectory#rotate}. */
  public @Nullable DeviceEntry rotate(String id, CredentialSpec given, long overlapUntilMillis)
      throws InvalidDeviceException {
    List<DeviceRules.Fault> faults = DeviceRules.faultsOfNew(given, strictness);
    devices.settlePassword(id);
    String passwordHash = faults.isEmpty() ? slowHash(given) : null;
    return devices.write(
        id,
        () -> {
          DeviceEntry before = devices.index().find(id);
          if (before == null) {
            return null;
          }
          if (faults.isEmpty()) {
            CredentialGracePeriods.check(before, given, overlapUntilMillis, faults);
          }
          refuse(faults);
          return replacing(
              before,
              CredentialGracePeriods.replaced(
                  before,
                  DeviceMerge.credentials(before.credentials(), given, passwordHash),
                  overlapUntilMillis));
        });
  }

  public boolean revoke(String id) {
    return devices.change(id, entry -> new DeviceEntry(entry.device(), StoredCredentials.REVOKED));
  }

  public boolean remove(String id, Condition condition) {
    devices.settlePassword(id);
    return devices.writeAll(() -> {
      DeviceEntry before = devices.index().find(id);
      if (before == null || !condition.holds(before.device())) {
        return null;
      }
      List<Step> steps = new ArrayList<>(3);
      steps.add(new Step.RemoveDevice(id));
      steps.add(new Step.EndCommands(id));
      if (before.device().retired() || before.credentials().isRevoked()) {
        steps.add(new Step.BarDevice(id, BarredDevices.MAX_IDS));
      }
      return DeviceWrite.of(steps, before, null);
    });
  }
}
