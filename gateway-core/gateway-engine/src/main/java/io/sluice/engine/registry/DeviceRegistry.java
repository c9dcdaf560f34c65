package io.sluice.engine.registry;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.admin.DeviceDirectory;
import io.sluice.api.admin.DeviceImporter;
import io.sluice.api.store.AppliedChange;
import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.Step;
import io.sluice.api.store.StoreConflictException;
import io.sluice.api.store.StoredCredentials;
import io.sluice.api.store.StoredDevice;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices: a {@link Roster} in memory that answers every look-up, and the store behind it that
 * has every change before it shows. What shows follows the store: {@link #follow}.
 *
 * <p>Look-ups take no lock. Changes are serialized by one lock, held over the transaction; they
 * block on the disk and are for operators' and start-up threads.
 */
final class DeviceRegistry {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceRegistry.class);
  private static final int TOKEN_BYTES = 32;

  private final RegistryStore store;
  private final Set<String> profiles;
  private final DeviceRules.Strictness strictness;
  private final PasswordHasher hasher;
  private final SecureRandom random;
  private final Roster roster = new Roster();
  private final Overlaps overlaps = new Overlaps();
  private final BarredDevices barred = new BarredDevices();
  private final Map<String, String> seedDigests = new HashMap<>();
  private final List<DeviceChanges> listeners = new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final SeedPasswords seedPasswords;

  DeviceRegistry(
      RegistryStore store,
      Set<String> profiles,
      DeviceRules.Strictness strictness,
      PasswordHasher hasher,
      SecureRandom random) {
    this.store = store;
    this.strictness = strictness;
    this.profiles = Set.copyOf(profiles);
    this.hasher = hasher;
    this.random = random;
    this.seedPasswords = new SeedPasswords(hasher, this::settle);
    store.changes(this::follow);
  }

  /** Takes a device of before, at start. */
  void restore(StoredDevice stored) {
    Registered entry = Registered.of(stored);
    roster.put(entry);
    overlaps.note(entry);
  }

  /** Takes what a device file said before, at start. */
  void restoreSeedDigest(String id, String digest) {
    seedDigests.put(id, digest);
  }

  /** Takes a device that does not come back by itself, at start. */
  void restoreBarred(String id) {
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
    List<@Nullable Registered> before = new ArrayList<>();
    List<@Nullable Registered> after = new ArrayList<>();
    lock.lock();
    try {
      for (Step step : change.steps()) {
        String id = deviceOf(step);
        before.add(id == null ? null : roster.find(id));
        show(step);
        after.add(id == null ? null : roster.find(id));
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
      case Step.RemoveDevice remove -> roster.remove(remove.device());
      case Step.SaveSeedDigest seed -> seedDigests.put(seed.device(), seed.digest());
      case Step.BarDevice bar -> barred.add(bar.device());
      case Step.UnbarDevice unbar -> barred.remove(unbar.device());
      default -> {} // not of devices
    }
  }

  private void show(StoredDevice stored) {
    Registered entry = Registered.of(stored);
    Registered before = roster.find(entry.id());
    if (before != null && isQuick(before)) {
      // the slow hash of the same password
      Registered settled =
          before.withCredentials(
              before.credentials().withPasswordHash(entry.credentials().passwordHash()));
      if (settled.stored().equals(stored)) {
        roster.putSame(entry);
        return;
      }
    }
    roster.put(entry);
    overlaps.note(entry);
  }

  private static boolean isQuick(Registered entry) {
    String hash = entry.credentials().passwordHash();
    return hash != null && PasswordHasher.isQuick(hash);
  }

  /** The device, retired or not; null where it is unknown. For the hot path. */
  @Nullable Device find(String id) {
    Registered entry = roster.find(id);
    return entry == null ? null : entry.device();
  }

  /** The number of its registration, 0 where it is unknown or retired. */
  long registration(String id) {
    Registered entry = roster.find(id);
    return entry == null || entry.device().retired() ? 0 : entry.grant().registration();
  }

  Roster roster() {
    return roster;
  }

  void listen(DeviceChanges listener) {
    listeners.add(listener);
  }

  void forEach(Consumer<Device> consumer) {
    for (Registered entry : roster.all()) {
      consumer.accept(entry.device());
    }
  }

  /** Null where the condition does not hold. */
  @Nullable Registered put(DeviceDirectory.DeviceSpec spec, DeviceDirectory.Condition condition)
      throws DeviceDirectory.InvalidDeviceException {
    List<DeviceRules.Fault> faults = DeviceRules.faultsOfNew(spec, profiles, strictness);
    if (!faults.isEmpty()) {
      throw new DeviceDirectory.InvalidDeviceException(join(faults));
    }
    seedPasswords.finish(spec.id().value());
    String passwordHash = slowHash(spec);
    Registered before;
    Registered after;
    lock.lock();
    try {
      before = roster.find(spec.id().value());
      if (!condition.holds(before == null ? null : before.device())) {
        return null;
      }
      after = DeviceMerge.merged(before, spec, passwordHash, spec.retired());
      List<DeviceRules.Fault> clashes = DeviceMerge.clashes(after, roster, this::find);
      if (!clashes.isEmpty()) {
        throw new DeviceDirectory.InvalidDeviceException(join(clashes));
      }
      store(before, after);
    } finally {
      lock.unlock();
    }
    tell(before, after);
    return after;
  }

  private @Nullable String slowHash(DeviceDirectory.DeviceSpec spec) {
    String password = spec.credentials() == null ? null : spec.credentials().password();
    return password == null ? null : hasher.hash(password.getBytes(StandardCharsets.UTF_8));
  }

  private static String join(List<DeviceRules.Fault> faults) {
    return String.join("; ", faults.stream().map(DeviceRules.Fault::toString).toList());
  }

  boolean retire(String id) {
    return change(id, entry -> entry.withDevice(DeviceMerge.retired(entry.device())));
  }

  /**
   * @param overlapUntilMillis until when what was before stays valid; 0: not at all
   */
  @Nullable String issueToken(String id, long overlapUntilMillis) {
    String token = newToken();
    String hash = Digests.sha256Hex(token);
    boolean known =
        change(
            id,
            entry ->
                Overlaps.replaced(
                    entry, entry.credentials().withTokenHash(hash), overlapUntilMillis));
    return known ? token : null;
  }

  /** 256 random bits, in Base64 for URLs. */
  String newToken() {
    byte[] bits = new byte[TOKEN_BYTES];
    random.nextBytes(bits);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
  }

  /** See {@link DeviceDirectory#rotate}. */
  @Nullable Registered rotate(
      String id, DeviceDirectory.CredentialSpec given, long overlapUntilMillis)
      throws DeviceDirectory.InvalidDeviceException {
    List<DeviceRules.Fault> faults = DeviceRules.faultsOfNew(given, strictness);
    String password = given.password();
    seedPasswords.finish(id);
    String passwordHash =
        password == null || !faults.isEmpty()
            ? null
            : hasher.hash(password.getBytes(StandardCharsets.UTF_8));
    Registered before;
    Registered after;
    lock.lock();
    try {
      before = roster.find(id);
      if (before == null) {
        return null;
      }
      if (faults.isEmpty()) {
        Overlaps.check(before, given, overlapUntilMillis, faults);
      }
      if (!faults.isEmpty()) {
        throw new DeviceDirectory.InvalidDeviceException(join(faults));
      }
      after =
          Overlaps.replaced(
              before,
              DeviceMerge.credentials(before.credentials(), given, passwordHash),
              overlapUntilMillis);
      List<DeviceRules.Fault> clashes = DeviceMerge.clashes(after, roster, this::find);
      if (!clashes.isEmpty()) {
        throw new DeviceDirectory.InvalidDeviceException(join(clashes));
      }
      store(before, after);
    } finally {
      lock.unlock();
    }
    tell(before, after);
    return after;
  }

  boolean revoke(String id) {
    return change(id, entry -> new Registered(entry.device(), StoredCredentials.REVOKED));
  }

  /** Ends the overlaps whose time is over; every second or so. Blocks on the disk where any is. */
  void endOverlaps(long nowMillis) {
    for (String id : overlaps.over(nowMillis)) {
      change(
          id,
          entry -> {
            StoredDevice.Previous previous = entry.previous();
            boolean isOver = previous != null && previous.untilMillis() <= nowMillis;
            return isOver ? entry.withoutPrevious() : entry;
          });
    }
  }

  private boolean change(String id, UnaryOperator<Registered> change) {
    seedPasswords.finish(id);
    Registered before;
    Registered after;
    lock.lock();
    try {
      before = roster.find(id);
      if (before == null) {
        return false;
      }
      after = change.apply(before);
      store(before, after);
    } finally {
      lock.unlock();
    }
    tell(before, after);
    return true;
  }

  boolean remove(String id, DeviceDirectory.Condition condition) {
    seedPasswords.finish(id);
    Registered before;
    lock.lock();
    try {
      before = roster.find(id);
      if (before == null || !condition.holds(before.device())) {
        return false;
      }
      boolean isBarred = before.device().retired() || before.credentials().isRevoked();
      List<Step> steps = new ArrayList<>(3);
      steps.add(new Step.RemoveDevice(id));
      steps.add(new Step.EndCommands(id));
      if (isBarred) {
        steps.add(new Step.BarDevice(id, BarredDevices.MAX_IDS));
      }
      store.apply(steps);
    } finally {
      lock.unlock();
    }
    tell(before, null);
    return true;
  }

  private void store(@Nullable Registered before, Registered after) {
    List<Step> steps = new ArrayList<>(2);
    steps.add(saving(before, after));
    steps.addAll(barred.lifting(List.of(after)));
    store.apply(steps);
  }

  private static Step saving(@Nullable Registered before, Registered after) {
    if (before == null) {
      return new Step.InsertDevice(after.stored());
    }
    // a quick digest is of this life's memory: the store has something else
    return isQuick(before)
        ? new Step.SaveDevice(after.stored())
        : new Step.UpdateDevice(before.stored(), after.stored());
  }

  private void save(List<Step> steps, Collection<Registered> entries) {
    entries.forEach(entry -> steps.add(new Step.SaveDevice(entry.stored())));
  }

  private void tell(@Nullable Registered before, @Nullable Registered after) {
    boolean credentialsChanged =
        before != null && after != null && !Overlaps.isStillValid(before, after);
    for (DeviceChanges listener : listeners) {
      listener.changed(
          before == null ? null : before.device(),
          after == null ? null : after.device(),
          credentialsChanged);
    }
  }

  /**
   * Registers an unknown device that connected by itself.
   *
   * @return null where it is known by now, its id is taken, or the limit is reached
   */
  @Nullable Registered autoRegister(
      DeviceId id, String profile, byte @Nullable [] password, int limit) {
    String hash = password == null ? null : hasher.hash(password);
    Device device =
        new Device(id, profile, "unregistered", "unregistered", null, null, false, true, false);
    StoredCredentials credentials = StoredCredentials.NONE.withPasswordHash(hash);
    return registerNew(
        new Registered(device, credentials), () -> unregistered() < limit, List.of());
  }

  /**
   * Registers a device that nobody knows and that comes by itself.
   *
   * @param allowed asked under the lock, once it is known to be new
   * @param alongside applied with it
   * @return null where it is known by now or barred, its credentials are another's, or it is not
   *     allowed
   */
  @Nullable Registered registerNew(
      Registered entry, BooleanSupplier allowed, List<Step> alongside) {
    Registered registered;
    lock.lock();
    try {
      boolean isFree =
          roster.find(entry.id()) == null
              && !barred.contains(entry.id())
              && DeviceMerge.clashes(entry, roster, this::find).isEmpty();
      if (!isFree || !allowed.getAsBoolean()) {
        return null;
      }
      List<Step> steps = new ArrayList<>(alongside);
      steps.add(new Step.InsertDevice(entry.stored()));
      store.apply(steps);
      registered = roster.find(entry.id());
    } catch (StoreConflictException e) {
      LOG.debug("device {} is not registered: {}", entry.id(), e.getMessage());
      return null; // another was first
    } finally {
      lock.unlock();
    }
    tell(null, entry);
    return registered;
  }

  /**
   * Gives a device another token, where the one issued before is all that it has.
   *
   * @return null where it has anything else, or is not in service
   */
  @Nullable Registered reissue(
      String id, String issuedHash, String nextHash, Supplier<@Nullable List<Step>> alongside) {
    Registered before;
    Registered after;
    lock.lock();
    try {
      before = roster.find(id);
      if (before == null
          || before.device().retired()
          || before.previous() != null
          || !before.credentials().equals(StoredCredentials.NONE.withTokenHash(issuedHash))) {
        return null;
      }
      after = new Registered(before.device(), StoredCredentials.NONE.withTokenHash(nextHash), null);
      List<Step> bound = alongside.get();
      if (bound == null) {
        return null;
      }
      List<Step> steps = new ArrayList<>(bound);
      steps.add(saving(before, after));
      store.apply(steps);
      after = roster.find(id);
    } catch (StoreConflictException e) {
      LOG.debug("device {} gets no other token: {}", id, e.getMessage());
      return null; // another was first
    } finally {
      lock.unlock();
    }
    tell(before, after);
    return after;
  }

  /**
   * Whether the device was removed while it was revoked or retired: it does not come back by
   * itself.
   */
  boolean isBarred(String id) {
    return barred.contains(id);
  }

  Set<String> profiles() {
    return profiles;
  }

  private long unregistered() {
    return roster.all().stream()
        .filter(entry -> entry.device().sector().equals("unregistered"))
        .count();
  }

  /**
   * Applies the device files. The entries have passed {@link DeviceRules}.
   *
   * @param digests by id, what the entry says, so that an unchanged one is known again
   */
  SeedReport seed(List<DeviceDirectory.DeviceSpec> specs, Map<String, String> digests) {
    Seeding seeding = new Seeding(roster, seedDigests, hasher);
    lock.lock();
    try {
      seeding.decide(specs, digests);
      List<Step> steps = new ArrayList<>();
      save(steps, seeding.toStore());
      steps.addAll(barred.lifting(seeding.applied()));
      seeding
          .digestsToStore()
          .forEach((id, digest) -> steps.add(new Step.SaveSeedDigest(id, digest)));
      store.apply(steps);
      // without a slow hash as yet: in memory only
      seeding.notStored().forEach(roster::put);
    } finally {
      lock.unlock();
    }
    seeding.tell(this::tell);
    seedPasswords.add(seeding.passwords());
    return seeding.report();
  }

  /** Registers many in one transaction; what is wrong with some does not touch the others. */
  DeviceImporter.ImportReport importDevices(DeviceImporter.ImportFormat format, String text) {
    DeviceImport parsed = new DeviceImport(profiles, strictness);
    parsed.read(format, text);
    List<@Nullable String> hashes = new ArrayList<>(parsed.lines().size());
    for (ImportLine line : parsed.lines()) {
      seedPasswords.finish(line.spec().id().value());
      hashes.add(slowHash(line.spec()));
    }
    BulkImport bulk = new BulkImport(roster);
    lock.lock();
    try {
      for (int i = 0; i < hashes.size(); i++) {
        bulk.offer(parsed.lines().get(i), hashes.get(i));
      }
      List<Registered> entries = bulk.toStore();
      List<Step> steps = new ArrayList<>(entries.size());
      save(steps, entries);
      steps.addAll(barred.lifting(entries));
      store.apply(steps);
    } finally {
      lock.unlock();
    }
    bulk.tell(this::tell);
    return bulk.report(parsed.refused());
  }

  /** Stores a seeded device whose password has its slow hash now. */
  private void settle(SeedPasswords.Pending pending, String hash) {
    lock.lock();
    try {
      Registered entry = roster.find(pending.id());
      if (entry == null || !pending.quick().equals(entry.credentials().passwordHash())) {
        return;
      }
      Registered settled =
          new Registered(
              entry.device(), entry.credentials().withPasswordHash(hash), entry.previous());
      store.apply(
          new Step.SaveDevice(settled.stored()),
          new Step.SaveSeedDigest(pending.id(), pending.digest()));
    } finally {
      lock.unlock();
    }
  }

  /** Waits until each seeded password has its slow hash on disk; for tests and for tools. */
  void awaitSeedPasswords() throws InterruptedException {
    seedPasswords.await();
  }

  void close() {
    seedPasswords.close();
  }
}
