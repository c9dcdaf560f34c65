package io.sluice.engine.registry.provision;

import io.sluice.api.Device;
import io.sluice.api.operator.DeviceDirectory.DeviceSpec;
import io.sluice.engine.registry.credential.PasswordHasher;
import io.sluice.engine.registry.device.DeviceEntry;
import io.sluice.engine.registry.device.DeviceIndex;
import io.sluice.engine.registry.device.DeviceMerge;
import io.sluice.engine.registry.device.DeviceRules;
import io.sluice.engine.registry.device.DeviceWrite;
import io.sluice.engine.registry.device.SeedPasswords;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides what the device files change. An entry is applied where the registry never had it, or
 * where it changed since it was last applied; in all other cases the registry's word stands: a
 * change over the API survives restarts, and so does a removal. A retired device stays retired.
 *
 * <p>Devices with a password are not stored here: their slow hash comes later ({@link
 * SeedPasswords}), and their digest with it, so that a crash before makes the next start seed them
 * again. Used by one thread, once.
 */
final class Seeding {
  private final DeviceIndex index;
  private final Map<String, String> known;
  private final PasswordHasher hasher;
  private final List<DeviceEntry> applied = new ArrayList<>();
  private final List<DeviceEntry> toStore = new ArrayList<>();
  private final List<DeviceWrite.Replaced> replaced = new ArrayList<>();
  private final Map<String, String> digestsToStore = new HashMap<>();
  private final List<DeviceEntry> notStored = new ArrayList<>();
  private final List<SeedPasswords.Pending> passwords = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();
  private final TakenCredentials claims = new TakenCredentials();
  private int added;
  private int updated;
  private int unchanged;
  private int kept;

  Seeding(DeviceIndex index, Map<String, String> known, PasswordHasher hasher) {
    this.index = index;
    this.known = known;
    this.hasher = hasher;
  }

  void decide(List<DeviceSpec> specs, Map<String, String> digests) {
    Map<String, Device> coming = new HashMap<>();
    for (DeviceSpec spec : specs) {
      coming.put(spec.id().value(), DeviceMerge.device(spec, false));
    }
    for (DeviceSpec spec : specs) {
      String id = spec.id().value();
      String digest = digests.getOrDefault(id, "");
      String before = known.get(id);
      if (digest.equals(before)) {
        unchanged++;
      } else if (before == null && index.find(id) != null) {
        kept++;
        digestsToStore.put(id, digest);
      } else {
        apply(spec, digest, coming);
      }
    }
  }

  private void apply(DeviceSpec spec, String digest, Map<String, Device> coming) {
    String id = spec.id().value();
    DeviceEntry before = index.find(id);
    String password = spec.credentials() == null ? null : spec.credentials().password();
    byte[] secret = password == null ? null : password.getBytes(StandardCharsets.UTF_8);
    String quick = secret == null ? null : hasher.quick(id, secret);
    boolean retired = before != null && before.device().retired();
    DeviceEntry entry = DeviceMerge.merged(before, spec, quick, retired);
    List<DeviceRules.Fault> clashes =
        DeviceMerge.clashes(entry, index, known -> device(coming, known));
    if (clashes.isEmpty() && !claims.take(entry)) {
      clashes = List.of(TakenCredentials.TAKEN);
    }
    if (!clashes.isEmpty()) {
      clashes.forEach(clash -> refused.add("device " + id + ": " + clash));
      return;
    }
    if (before == null) {
      added++;
    } else {
      updated++;
    }
    applied.add(entry);
    replaced.add(new DeviceWrite.Replaced(before, entry));
    if (secret != null && quick != null) {
      passwords.add(new SeedPasswords.Pending(id, secret, quick, digest));
      notStored.add(entry);
    } else {
      toStore.add(entry);
      digestsToStore.put(id, digest);
    }
  }

  private @Nullable Device device(Map<String, Device> coming, String id) {
    Device next = coming.get(id);
    DeviceEntry present = next == null ? index.find(id) : null;
    return present == null ? next : present.device();
  }

  List<DeviceEntry> applied() {
    return applied;
  }

  List<DeviceEntry> toStore() {
    return toStore;
  }

  /** Those whose password has no slow hash yet. */
  List<DeviceEntry> notStored() {
    return notStored;
  }

  Map<String, String> digestsToStore() {
    return digestsToStore;
  }

  List<SeedPasswords.Pending> passwords() {
    return passwords;
  }

  List<DeviceWrite.Replaced> replaced() {
    return replaced;
  }

  SeedReport report() {
    return new SeedReport(added, updated, unchanged, kept, List.copyOf(refused));
  }
}
