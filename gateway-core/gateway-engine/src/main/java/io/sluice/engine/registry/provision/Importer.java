package io.sluice.engine.registry.provision;

import io.sluice.api.operator.DeviceImporter;
import io.sluice.api.store.Step;
import io.sluice.engine.registry.credential.PasswordHasher;
import io.sluice.engine.registry.device.DeviceEntry;
import io.sluice.engine.registry.device.DeviceRules;
import io.sluice.engine.registry.device.DeviceStore;
import io.sluice.engine.registry.device.DeviceWrite;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Registers many devices in one transaction; what is wrong with some does not touch the others.
 * Thread-safe; blocks on the disk, and on the slow hashes of passwords.
 */
public final class Importer implements DeviceImporter {
  private final DeviceStore devices;
  private final DeviceRules.Strictness strictness;
  private final PasswordHasher hasher;

  public Importer(DeviceStore devices, DeviceRules.Strictness strictness, PasswordHasher hasher) {
    this.devices = devices;
    this.strictness = strictness;
    this.hasher = hasher;
  }

  @Override
  public ImportReport importDevices(ImportFormat format, String text) {
    DeviceImport parsed = new DeviceImport(devices.profiles(), strictness);
    parsed.read(format, text);
    List<@Nullable String> hashes = new ArrayList<>(parsed.lines().size());
    for (ImportLine line : parsed.lines()) {
      devices.settlePassword(line.spec().id().value());
      hashes.add(slowHash(line));
    }
    BulkImport bulk = new BulkImport(devices.index());
    devices.writeAll(() -> {
      for (int i = 0; i < hashes.size(); i++) {
        bulk.offer(parsed.lines().get(i), hashes.get(i));
      }
      List<DeviceEntry> entries = bulk.toStore();
      List<Step> steps = new ArrayList<>(entries.size());
      entries.forEach(entry -> steps.add(new Step.SaveDevice(entry.stored())));
      steps.addAll(devices.lifting(entries));
      return new DeviceWrite(steps, bulk.replaced(), List.of());
    });
    return bulk.report(parsed.refused());
  }

  private @Nullable String slowHash(ImportLine line) {
    String password =
        line.spec().credentials() == null ? null : line.spec().credentials().password();
    return password == null ? null : hasher.hash(password.getBytes(StandardCharsets.UTF_8));
  }
}
