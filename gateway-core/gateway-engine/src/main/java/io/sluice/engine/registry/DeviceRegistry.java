package io.sluice.engine.registry;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.admin.DeviceDirectory;
import io.sluice.api.admin.DeviceImporter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The devices: a {@link Roster} in memory that answers every look-up, and SQLite behind it that has
 * every change before it shows.
 *
 * <p>Look-ups take no lock. Changes are serialized by one lock, held over the transaction; they
 * block on the disk and are for operators' and start-up threads.
 */
final class DeviceRegistry {
  /** What is written in the transaction that stores a device. */
  interface Alongside {
    /** False where it cannot be: then nothing is stored. */
    boolean write(Connection connection) throws SQLException;

    /** It is on disk. */
    default void written() {}
  }

  static final Alongside NOTHING_ELSE = connection -> true;

  private static final int TOKEN_BYTES = 32;

  private final RegistryDatabase database;
  private final Set<String> profiles;
  private final DeviceRules.Strictness strictness;
  private final PasswordHasher hasher;
  private final SecureRandom random;
  private final Roster roster = new Roster();
  private final Overlaps overlaps = new Overlaps();
  private final BarredDevices barred = new BarredDevices();
  private final Map<String, String> seedDigests;
  private final List<DeviceChanges> listeners = new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final SeedPasswords seedPasswords;

  DeviceRegistry(
      RegistryDatabase database,
      Set<String> profiles,
      DeviceRules.Strictness strictness,
      PasswordHasher hasher,
      SecureRandom random) {
    this.database = database;
    this.strictness = strictness;
    this.profiles = Set.copyOf(profiles);
    this.hasher = hasher;
    this.random = random;
    this.seedDigests =
        database.transact(connection -> {
          DeviceTable.load(
              connection,
              entry -> {
                roster.put(entry);
                overlaps.note(entry);
              });
          barred.load(connection);
          return DeviceTable.loadSeedDigests(connection);
        });
    this.seedPasswords = new SeedPasswords(hasher, this::settle);
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
      store(after);
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
      store(after);
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
            Registered.Previous previous = entry.previous();
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
      store(after);
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
      database.transact(connection -> {
        DeviceTable.remove(connection, id);
        CommandTable.end(connection, id);
        if (isBarred) {
          barred.bar(connection, id);
        }
        return id;
      });
      if (isBarred) {
        barred.barred(id);
      }
      roster.remove(id);
    } finally {
      lock.unlock();
    }
    tell(before, null);
    return true;
  }

  private void store(Registered entry) {
    store(entry, NOTHING_ELSE);
  }

  private boolean store(Registered entry, Alongside alongside) {
    boolean stored =
        database.transact(connection -> {
          if (!alongside.write(connection)) {
            return false;
          }
          DeviceTable.save(connection, List.of(entry));
          barred.lift(connection, List.of(entry));
          return true;
        });
    if (stored) {
      barred.lifted(List.of(entry));
      alongside.written();
      roster.put(entry);
      overlaps.note(entry);
    }
    return stored;
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
        new Registered(device, credentials), () -> unregistered() < limit, NOTHING_ELSE);
  }

  /**
   * Registers a device that nobody knows and that comes by itself.
   *
   * @param allowed asked under the lock, once it is known to be new
   * @return null where it is known by now or barred, its credentials are another's, or it is not
   *     allowed
   */
  @Nullable Registered registerNew(Registered entry, BooleanSupplier allowed, Alongside alongside) {
    Registered registered;
    lock.lock();
    try {
      boolean isFree =
          roster.find(entry.id()) == null
              && !barred.contains(entry.id())
              && DeviceMerge.clashes(entry, roster, this::find).isEmpty();
      if (!isFree || !allowed.getAsBoolean() || !store(entry, alongside)) {
        return null;
      }
      registered = roster.find(entry.id());
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
  @Nullable Registered reissue(String id, String issuedHash, String nextHash, Alongside alongside) {
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
      if (!store(after, alongside)) {
        return null;
      }
      after = roster.find(id);
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
      database.transact(connection -> {
        DeviceTable.save(connection, seeding.toStore());
        barred.lift(connection, seeding.applied());
        DeviceTable.saveSeedDigests(connection, seeding.digestsToStore());
        return seeding;
      });
      seedDigests.putAll(seeding.digestsToStore());
      barred.lifted(seeding.applied());
      seeding.applied().forEach(roster::put);
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
      database.transact(connection -> {
        DeviceTable.save(connection, entries);
        barred.lift(connection, entries);
        return entries;
      });
      barred.lifted(entries);
      entries.forEach(roster::put);
      entries.forEach(overlaps::note);
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
      Map<String, String> digest = new HashMap<>();
      digest.put(pending.id(), pending.digest());
      database.transact(connection -> {
        DeviceTable.save(connection, List.of(settled));
        DeviceTable.saveSeedDigests(connection, digest);
        return settled;
      });
      seedDigests.putAll(digest);
      roster.putSame(settled);
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
