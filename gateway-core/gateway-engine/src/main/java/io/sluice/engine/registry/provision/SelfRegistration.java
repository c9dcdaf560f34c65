package io.sluice.engine.registry.provision;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.store.Step;
import io.sluice.api.store.StoreConflictException;
import io.sluice.api.store.StoredCredentials;
import io.sluice.engine.registry.credential.PasswordHasher;
import io.sluice.engine.registry.device.DeviceEntry;
import io.sluice.engine.registry.device.DeviceMerge;
import io.sluice.engine.registry.device.DeviceStore;
import io.sluice.engine.registry.device.DeviceWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Registers devices that come by themselves. Thread-safe; blocks on the disk. */
public final class SelfRegistration {
  private static final Logger LOG = LoggerFactory.getLogger(SelfRegistration.class);
  private static final String UNREGISTERED = "unregistered";

  private final DeviceStore devices;
  private final PasswordHasher hasher;

  public SelfRegistration(DeviceStore devices, PasswordHasher hasher) {
    this.devices = devices;
    this.hasher = hasher;
  }

  /** See {@link DeviceStore#isBarred}. */
  public boolean isBarred(String id) {
    return devices.isBarred(id);
  }

  /**
   * Registers an unknown device that connected without being announced.
   *
   * @return null where it is known by now, its id is taken, or the limit is reached
   */
  @Nullable
  public DeviceEntry autoRegister(
      DeviceId id, String profile, byte @Nullable [] password, int limit) {
    String hash = password == null ? null : hasher.hash(password);
    Device device =
        new Device(id, profile, UNREGISTERED, UNREGISTERED, null, null, false, true, false);
    StoredCredentials credentials = StoredCredentials.NONE.withPasswordHash(hash);
    return registerNew(
        new DeviceEntry(device, credentials), () -> unregistered() < limit, List.of());
  }

  /**
   * Registers a child that its concentrator brings, in the concentrator's sector and site.
   *
   * @param limit children that the concentrator has, at most
   * @return null where it is known by now or barred, or the limit is reached
   */
  @Nullable DeviceEntry registerChild(DeviceId id, Device concentrator, String profile, int limit) {
    Device device =
        new Device(
            id,
            profile,
            concentrator.sector(),
            concentrator.site(),
            null,
            concentrator.id(),
            false,
            true,
            false,
            concentrator.timezone());
    return registerNew(
        new DeviceEntry(device, StoredCredentials.NONE),
        () -> childrenOf(concentrator.id()) < limit,
        List.of());
  }

  /** Children that a concentrator has. */
  long childrenOf(DeviceId concentrator) {
    return devices.index().all().stream()
        .filter(entry -> concentrator.equals(entry.device().parent()))
        .count();
  }

  private long unregistered() {
    return devices.index().all().stream()
        .filter(entry -> entry.device().sector().equals(UNREGISTERED))
        .count();
  }

  /**
   * Registers a device that nobody knows and that comes by itself.
   *
   * @param allowed asked under the lock, once it is known to be new
   * @param alongside applied with it
   * @return null where it is known by now or barred, its credentials are another's, or it is not
   *     allowed
   */
  @Nullable DeviceEntry registerNew(
      DeviceEntry entry, BooleanSupplier allowed, List<Step> alongside) {
    try {
      return devices.write(
          entry.id(),
          () -> {
            boolean isFree =
                devices.index().find(entry.id()) == null
                    && !devices.isBarred(entry.id())
                    && DeviceMerge.clashes(entry, devices.index(), devices::find).isEmpty();
            if (!isFree || !allowed.getAsBoolean()) {
              return null;
            }
            List<Step> steps = new ArrayList<>(alongside);
            steps.add(new Step.InsertDevice(entry.stored()));
            return DeviceWrite.of(steps, null, entry);
          });
    } catch (StoreConflictException e) {
      LOG.debug("device {} is not registered: {}", entry.id(), e.getMessage());
      return null; // another was first
    }
  }

  /**
   * Gives a device another token, where the one issued before is all that it has.
   *
   * @param alongside asked under the lock; null where the device is not to get one
   * @return null where it has anything else, or is not in service
   */
  @Nullable DeviceEntry reissue(
      String id, String issuedHash, String nextHash, Supplier<@Nullable List<Step>> alongside) {
    try {
      return devices.write(
          id,
          () -> {
            DeviceEntry before = devices.index().find(id);
            if (before == null
                || before.device().retired()
                || before.previous() != null
                || !before.credentials().equals(StoredCredentials.NONE.withTokenHash(issuedHash))) {
              return null;
            }
            List<Step> bound = alongside.get();
            if (bound == null) {
              return null;
            }
            DeviceEntry after =
                new DeviceEntry(before.device(), StoredCredentials.NONE.withTokenHash(nextHash));
            List<Step> steps = new ArrayList<>(bound);
            steps.add(DeviceStore.saving(before, after));
            return DeviceWrite.of(steps, before, after);
          });
    } catch (StoreConflictException e) {
      LOG.debug("device {} gets no other token: {}", id, e.getMessage());
      return null; // another was first
    }
  }
}
