package io.sluice.engine.registry.provision;

import io.sluice.api.operator.DeviceDirectory.DeviceSpec;
import io.sluice.api.store.Step;
import io.sluice.engine.registry.credential.PasswordHasher;
import io.sluice.engine.registry.device.DeviceRules;
import io.sluice.engine.registry.device.DeviceStore;
import io.sluice.engine.registry.device.DeviceWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Applies device files to the registry. Thread-safe; blocks on the disk. */
public final class Seeder {
  private final DeviceStore devices;
  private final PasswordHasher hasher;

  public Seeder(DeviceStore devices, PasswordHasher hasher) {
    this.devices = devices;
    this.hasher = hasher;
  }

  /**
   * Applies the device files. The entries have passed {@link DeviceRules}.
   *
   * @param digests by id, what the entry says, so that an unchanged one is known again
   */
  public SeedReport seed(List<DeviceSpec> specs, Map<String, String> digests) {
    Seeding seeding = new Seeding(devices.index(), devices.seedDigests(), hasher);
    devices.writeAll(() -> {
      seeding.decide(specs, digests);
      List<Step> steps = new ArrayList<>();
      seeding.toStore().forEach(entry -> steps.add(new Step.SaveDevice(entry.stored())));
      steps.addAll(devices.lifting(seeding.applied()));
      seeding
          .digestsToStore()
          .forEach((id, digest) -> steps.add(new Step.SaveSeedDigest(id, digest)));
      return new DeviceWrite(steps, seeding.replaced(), seeding.notStored());
    });
    devices.hashLater(seeding.passwords());
    return seeding.report();
  }
}
