package io.sluice.engine.registry.device;

import io.sluice.api.Device;
import io.sluice.api.store.AppliedChange;
import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.Step;
import io.sluice.api.store.StoreConflictException;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.api.store.StoredDevice;
import io.sluice.engine.registry.credential.PasswordHasher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices: a {@link DeviceIndex} in memory that answers every look-up, and the store behind it
 * that has every change before it shows. What shows follows the store: {@link #follow}.
 *
 * <p>Look-ups take no lock. Changes are serialized by one lock, held over the transaction; they
 * block on the disk and are for operators' and start-up threads.
 */
public final class DeviceStore {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceStore.class);

  private final RegistryStore store;
  private volatile Set<String> profiles;
  private final DeviceIndex index = new DeviceIndex();
  private final CredentialGracePeriods gracePeriods = new CredentialGracePeriods();
  private final BarredDevices barred = new BarredDevices();
  private final Map<String, String> seedDigests = new HashMap<>();
  private final List<DeviceChanges> listeners = new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final SeedPasswords seedPasswords;

  public DeviceStore(RegistryStore store, Set<String> profiles, PasswordHasher hasher) {
    this.store = store;
    this.profiles = Set.copyOf(profiles);
    this.seedPasswords = new SeedPasswords(hasher, this::settle);
    store.changes(this::follow);
  }

  /** Takes a device of before, at start. */
  public void restore(StoredDevice stored) {
    DeviceEntry entry = DeviceEntry.of(stored);
    index.put(entry);
    gracePeriods.note(entry);
  }

  /** Takes what a device file said before, at start. */
  public void restoreSeedDigest(String id, String digest) {
    seedDigests.put(id, digest);
  }

  /** Takes a device that does not come back by itself, at start. */
  public void restoreBarred(String id) {
    barred.add(id);
  }

  /**
   * Shows what the store has. A change of this gateway comes on the thread that made it, under the
   * lock; that thread tells the listeners. One of another gateway comes on the store's.
   */
  private void follow(AppliedChange change) {
    if (change.own()) {
      change.steps().forEach(this::show);
      return;
    }
    List<@Nullable DeviceEntry> before = new ArrayList<>();
    List<@Nullable DeviceEntry> after = new ArrayList<>();
    lock.lock();
    try {
      for (Step step : change.steps()) {
        String id = deviceOf(step);
        before.add(id == null ? null : index.find(id));
        show(step);
        after.add(id == null ? null : index.find(id));
      }
    } finally {
      lock.unlock();
    }
    for (int i = 0; i < before.size(); i++) {
      if (before.get(i) != null || after.get(i) != null) {
        tell(before.get(i), after.get(i));
      }
    }
  }

  private static @Nullable String deviceOf(Step step) {
    return switch (step) {
      case Step.InsertDevice insert -> insert.device().id();
      case Step.UpdateDevice update -> update.after().id();
      case Step.SaveDevice save -> save.device().id();
      case Step.RemoveDevice remove -> remove.device();
      default -> null; // not of a device
    };
  }

  private void show(Step step) {
    switch (step) {
      case Step.InsertDevice insert -> show(insert.device());
      case Step.UpdateDevice update -> show(update.after());
      case Step.SaveDevice save -> show(save.device());
      case Step.RemoveDevice remove -> index.remove(remove.device());
      case Step.SaveSeedDigest seed -> seedDigests.put(seed.device(), seed.digest());
      case Step.BarDevice bar -> barred.add(bar.device());
      case Step.UnbarDevice unbar -> barred.remove(unbar.device());
      default -> {} // not of devices
    }
  }

  private void show(StoredDevice stored) {
    DeviceEntry entry = DeviceEntry.of(stored);
    DeviceEntry before = index.find(entry.id());
    if (before != null && isQuick(before)) {
      // the slow hash of the same password
      DeviceEntry settled =
          before.withCredentials(
              before.credentials().withPasswordHash(entry.credentials().passwordHash()));
      if (settled.stored().equals(stored)) {
        index.putSame(entry);
        return;
      }
    }
    index.put(entry);
    gracePeriods.note(entry);
  }

  private static boolean isQuick(DeviceEntry entry) {
    String hash = entry.credentials().passwordHash();
    return hash != null && PasswordHasher.isQuick(hash);
  }

  /** The device, retired or not; null where it is unknown. For the hot path. */
  @Nullable
  public Device find(String id) {
    DeviceEntry entry = index.find(id);
    return entry == null ? null : entry.device();
  }

  /** The number of its registration, 0 where it is unknown or retired. */
  public long registration(String id) {
    DeviceEntry entry = index.find(id);
    return entry == null || entry.device().retired() ? 0 : entry.grant().registration();
  }

  public DeviceIndex index() {
    return index;
  }

  public void listen(DeviceChanges listener) {
    listeners.add(listener);
  }

  public void forEach(Consumer<Device> consumer) {
    for (DeviceEntry entry : index.all()) {
      consumer.accept(entry.device());
    }
  }

  /**
   * Ends the grace periods whose time is over; every second or so. Blocks on the disk where any is.
   */
  public void endOverlaps(long nowMillis) {
    for (String id : gracePeriods.over(nowMillis)) {
      try {
        endOverlap(id, nowMillis);
      } catch (StoreConflictException e) {
        LOG.debug("another gateway ends the overlap of {}: {}", id, e.getMessage());
      }
    }
  }

  private void endOverlap(String id, long nowMillis) {
    change(
        id,
        entry -> {
          StoredDevice.Previous previous = entry.previous();
          boolean isOver = previous != null && previous.untilMillis() <= nowMillis;
          return isOver ? entry.withoutPrevious() : entry;
        });
  }

  /**
   * Changes a device.
   *
   * @return false where it is unknown
   */
  boolean change(String id, UnaryOperator<DeviceEntry> change) {
    settlePassword(id);
    return writeAll(() -> {
      DeviceEntry before = index.find(id);
      return before == null ? null : replacing(before, change.apply(before));
    });
  }

  /**
   * Applies a change of one device.
   *
   * @return the device as it then is; null where nothing was changed
   * @throws StoreUnavailableException where the store does not take it; nothing is changed then
   * @throws X as the decision does
   */
  public <X extends Exception> @Nullable DeviceEntry write(
      String id, DeviceWrite.Decision<X> decision) throws X {
    DeviceWrite done;
    DeviceEntry after;
    lock.lock();
    try {
      done = decision.decide();
      if (done == null) {
        return null;
      }
      apply(done);
      after = index.find(id);
    } finally {
      lock.unlock();
    }
    tell(done);
    return after;
  }

  /** Applies a change of any number of devices; false where nothing was changed. */
  public <X extends Exception> boolean writeAll(DeviceWrite.Decision<X> decision) throws X {
    DeviceWrite done;
    lock.lock();
    try {
      done = decision.decide();
      if (done == null) {
        return false;
      }
      apply(done);
    } finally {
      lock.unlock();
    }
    tell(done);
    return true;
  }

  private void apply(DeviceWrite write) {
    store.apply(write.steps());
    write.unstored().forEach(index::put);
  }

  private void tell(DeviceWrite write) {
    write.replaced().forEach(one -> tell(one.before(), one.after()));
  }

  /** What puts an entry in the place of another. Under the lock. */
  DeviceWrite replacing(@Nullable DeviceEntry before, DeviceEntry after) {
    List<Step> steps = new ArrayList<>(2);
    steps.add(saving(before, after));
    steps.addAll(lifting(List.of(after)));
    return DeviceWrite.of(steps, before, after);
  }

  /** Registration by hand lets those that are barred come back. */
  public List<Step> lifting(Collection<DeviceEntry> entries) {
    return barred.lifting(entries);
  }

  public static Step saving(@Nullable DeviceEntry before, DeviceEntry after) {
    if (before == null) {
      return new Step.InsertDevice(after.stored());
    }
    // a quick digest is of this life's memory: the store has something else
    return isQuick(before)
        ? new Step.SaveDevice(after.stored())
        : new Step.UpdateDevice(before.stored(), after.stored());
  }

  private void tell(@Nullable DeviceEntry before, @Nullable DeviceEntry after) {
    boolean credentialsChanged =
        before != null && after != null && !CredentialGracePeriods.isStillValid(before, after);
    for (DeviceChanges listener : listeners) {
      listener.changed(
          before == null ? null : before.device(),
          after == null ? null : after.device(),
          credentialsChanged);
    }
  }

  /**
   * Whether the device was removed while it was revoked or retired: it does not come back by
   * itself.
   */
  public boolean isBarred(String id) {
    return barred.contains(id);
  }

  /** Ids of the device profiles that there are now. */
  public Set<String> profiles() {
    return profiles;
  }

  /** Has these take the place of the profiles' ids. Any thread. */
  public void profiles(Set<String> ids) {
    profiles = Set.copyOf(ids);
  }

  /**
   * By device, what its device file said when it was last applied, also where its slow hash is
   * still to be made. Under the lock.
   */
  public Map<String, String> seedDigests() {
    Map<String, String> unsettled = seedPasswords.digests();
    if (unsettled.isEmpty()) {
      return seedDigests;
    }
    unsettled.putAll(
        seedDigests.entrySet().stream()
            .filter(each -> !unsettled.containsKey(each.getKey()))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    return unsettled;
  }

  /** Has the slow hashes of seeded passwords made in the background. */
  public void hashLater(List<SeedPasswords.Pending> passwords) {
    seedPasswords.add(passwords);
  }

  /** Stores the slow hash of a seeded password now, before any other change of the device. */
  public void settlePassword(String id) {
    seedPasswords.finish(id);
  }

  /** Stores a seeded device whose password has its slow hash now. */
  private void settle(SeedPasswords.Pending pending, String hash) {
    lock.lock();
    try {
      DeviceEntry entry = index.find(pending.id());
      if (entry == null || !pending.quick().equals(entry.credentials().passwordHash())) {
        return;
      }
      DeviceEntry settled =
          new DeviceEntry(
              entry.device(), entry.credentials().withPasswordHash(hash), entry.previous());
      store.apply(
          new Step.SaveDevice(settled.stored()),
          new Step.SaveSeedDigest(pending.id(), pending.digest()));
    } finally {
      lock.unlock();
    }
  }

  /** Waits until each seeded password has its slow hash on disk; for tests and for tools. */
  public void awaitSeedPasswords() throws InterruptedException {
    seedPasswords.await();
  }

  public void close() {
    seedPasswords.close();
  }
}
