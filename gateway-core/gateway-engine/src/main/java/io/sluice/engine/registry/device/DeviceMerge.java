package io.sluice.engine.registry.device;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.operator.DeviceDirectory.CredentialSpec;
import io.sluice.api.operator.DeviceDirectory.DeviceSpec;
import io.sluice.api.store.StoredCredentials;
import io.sluice.engine.registry.credential.Digests;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a spec makes of what is registered, and whether the others bear it. Pure. */
public final class DeviceMerge {
  private static final int MAX_PARENTS = 8;

  private DeviceMerge() {}

  /**
   * The entry that the spec makes; credentials that it leaves out stay.
   *
   * @param passwordHash of the spec's password, null where it has none
   * @param retired whether the result is out of service
   */
  public static DeviceEntry merged(
      @Nullable DeviceEntry before,
      DeviceSpec spec,
      @Nullable String passwordHash,
      boolean retired) {
    StoredCredentials old = before == null ? StoredCredentials.NONE : before.credentials();
    CredentialSpec given = spec.credentials();
    return new DeviceEntry(
        device(spec, retired),
        given == null ? old : credentials(old, given, passwordHash),
        before == null || given != null ? null : before.previous());
  }

  public static Device device(DeviceSpec spec, boolean retired) {
    return new Device(
        spec.id(),
        spec.profile().intern(),
        spec.sector().intern(),
        spec.site().intern(),
        spec.interval(),
        spec.parent(),
        spec.planned(),
        spec.commissioned(),
        retired,
        spec.timezone() == null ? null : ZoneId.of(spec.timezone()));
  }

  /** The credentials given in place of those before; the others stay. */
  static StoredCredentials credentials(
      StoredCredentials before, CredentialSpec given, @Nullable String passwordHash) {
    StoredCredentials old = before.isRevoked() ? StoredCredentials.NONE : before;
    String token = given.token();
    String certificate = given.certificate();
    return new StoredCredentials(
        passwordHash != null ? passwordHash : old.passwordHash(),
        token != null ? Digests.sha256Hex(token) : old.tokenHash(),
        given.psk() != null ? given.psk().identity() : old.pskIdentity(),
        given.psk() != null ? DeviceRules.pskKey(given.psk()) : old.pskKey(),
        certificate != null ? DeviceRules.canonicalSubject(certificate) : old.certificate(),
        certificate != null ? given.certificateAuthority() : old.certificateAuthority(),
        given.publicKey() != null ? DeviceRules.publicKey(given.publicKey()) : old.publicKey(),
        given.secret() != null ? given.secret() : old.secret());
  }

  static Device retired(Device device) {
    return new Device(
        device.id(),
        device.profile(),
        device.sector(),
        device.site(),
        device.interval(),
        device.parent(),
        device.planned(),
        device.commissioned(),
        true,
        device.timezone());
  }

  /**
   * What stands against the entry in view of the other devices.
   *
   * @param devices those registered, and those that are registered together with it
   */
  public static List<DeviceRules.Fault> clashes(
      DeviceEntry entry, DeviceIndex index, Function<String, @Nullable Device> devices) {
    List<DeviceRules.Fault> faults = new ArrayList<>(0);
    checkParent(faults, entry.device(), devices);
    StoredCredentials credentials = entry.credentials();
    String id = entry.id();
    if (credentials.tokenHash() != null) {
      checkOwner(faults, "token", id, index.findByTokenHash(credentials.tokenHash()));
    }
    if (credentials.pskIdentity() != null) {
      checkOwner(faults, "psk.identity", id, index.findByPskIdentity(credentials.pskIdentity()));
    }
    if (credentials.certificate() != null) {
      checkOwner(faults, "certificate", id, index.findByCertificate(credentials.certificate()));
    }
    if (credentials.publicKey() != null) {
      checkOwner(faults, "public-key", id, index.findByPublicKey(credentials.publicKey()));
    }
    return faults;
  }

  private static void checkParent(
      List<DeviceRules.Fault> faults, Device device, Function<String, @Nullable Device> devices) {
    DeviceId parent = device.parent();
    if (parent == null) {
      return;
    }
    Device above = devices.apply(parent.value());
    if (above == null) {
      faults.add(
          new DeviceRules.Fault(
              "parent", "no device \"" + parent + "\"; register the concentrator first"));
    }
    int depth = 0;
    while (above != null) {
      if (above.id().equals(device.id()) || ++depth > MAX_PARENTS) {
        faults.add(
            new DeviceRules.Fault(
                "parent", "\"" + parent + "\" stands below this device; break the circle"));
        return;
      }
      DeviceId next = above.parent();
      above = next == null ? null : devices.apply(next.value());
    }
  }

  private static void checkOwner(
      List<DeviceRules.Fault> faults, String kind, String id, @Nullable DeviceEntry owner) {
    if (owner != null && !owner.id().equals(id)) {
      faults.add(
          new DeviceRules.Fault(
              "credentials." + kind,
              "is that of device " + owner.id() + " already; give each device its own"));
    }
  }
}
