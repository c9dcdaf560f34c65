package io.sluice.engine.registry;

import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.GatewayTime;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Commands;
import io.sluice.api.adapter.Credentials;
import io.sluice.api.adapter.Peer;
import io.sluice.api.operator.ClaimService;
import io.sluice.api.operator.CommandService;
import io.sluice.api.operator.DeviceDirectory;
import io.sluice.api.operator.DeviceImporter;
import io.sluice.api.store.ClaimedDevice;
import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.StoreFactory;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.api.store.StoredClaim;
import io.sluice.api.store.StoredCommand;
import io.sluice.api.store.StoredDevice;
import io.sluice.engine.limits.LimitSettings;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.registry.auth.Authenticator;
import io.sluice.engine.registry.auth.KnownPlaces;
import io.sluice.engine.registry.auth.LoginDelays;
import io.sluice.engine.registry.command.CommandEncoder;
import io.sluice.engine.registry.command.CommandQueues;
import io.sluice.engine.registry.command.FleetQueues;
import io.sluice.engine.registry.credential.AccessSettings;
import io.sluice.engine.registry.credential.Authorities;
import io.sluice.engine.registry.credential.Digests;
import io.sluice.engine.registry.credential.NewTokens;
import io.sluice.engine.registry.credential.PasswordHasher;
import io.sluice.engine.registry.device.DeviceChanges;
import io.sluice.engine.registry.device.DeviceEditor;
import io.sluice.engine.registry.device.DeviceEntry;
import io.sluice.engine.registry.device.DeviceRules;
import io.sluice.engine.registry.device.DeviceStore;
import io.sluice.engine.registry.presence.Presence;
import io.sluice.engine.registry.provision.ChildRegistration;
import io.sluice.engine.registry.provision.ClaimAdmin;
import io.sluice.engine.registry.provision.ClaimStore;
import io.sluice.engine.registry.provision.DeviceSeed;
import io.sluice.engine.registry.provision.Enrolment;
import io.sluice.engine.registry.provision.Importer;
import io.sluice.engine.registry.provision.SeedDigests;
import io.sluice.engine.registry.provision.SeedReport;
import io.sluice.engine.registry.provision.Seeder;
import io.sluice.engine.registry.provision.SelfRegistration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry as the rest of the gateway sees it: devices, who may connect as which, who is there,
 * and the commands on their way down. Thread-safe.
 */
public final class Registry implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Registry.class);

  /** How long a device that claimed may take to fetch its credentials. */
  private static final Duration HAND_OVER = Duration.ofMinutes(10);

  private static final int SHOWN_WEAK = 5;
  private static final int PROBES_UNTIL_SAVED = 10;

  /** The command that brings a device its token. */
  private static final String CREDENTIALS = "credentials";

  private final Clock clock;
  private final Enrolment enrolment;
  private final ClaimService claims;
  private final RegistryStore store;
  private final SeedDigests seedDigests;
  private final DeviceRules.Strictness strictness;
  private final DeviceStore devices;
  private final Authenticator authenticator;
  private final KnownPlaces places;
  private int probes; // of the one thread that probes
  private final Presence presence;
  private final DeviceQueries directory;
  private final DeviceImporter importer;
  private final Seeder seeder;
  private final CommandQueues commands;
  private final SelfRegistration registration;

  private Registry(
      RegistryStore store,
      SeedDigests seedDigests,
      AccessSettings access,
      LimitSettings limits,
      Set<String> profileIds,
      GatewayTime time)
      throws IOException {
    this.clock = time.clock();
    this.store = store;
    this.seedDigests = seedDigests;
    SecureRandom random = new SecureRandom();
    PasswordHasher hasher = new PasswordHasher(random);
    Authorities authorities = Authorities.of(access);
    this.strictness =
        new DeviceRules.Strictness(
            access.passwordMinLength(), access.pskMinBytes(), authorities.names());
    this.devices = new DeviceStore(store, profileIds, hasher);
    this.presence = new Presence(devices.index()::find, clock);
    NewTokens tokens = new NewTokens(random);
    DeviceEditor editor = new DeviceEditor(devices, strictness, hasher, tokens);
    this.directory = new DeviceQueries(devices, editor, presence, clock);
    this.importer = new Importer(devices, strictness, hasher);
    this.seeder = new Seeder(devices, hasher);
    this.commands =
        new CommandQueues(
            store, devices::registration, devices::find, presence, clock, time.nanoTime());
    presence.onTurn(commands::ready);
    ClaimStore claims = new ClaimStore(store);
    this.claims = new ClaimAdmin(devices::profiles, tokens, claims, clock::millis);
    this.registration = new SelfRegistration(devices, hasher);
    this.enrolment =
        new Enrolment(
            devices, registration, tokens, claims, authorities, this::handOver, clock::millis);
    this.places = KnownPlaces.of(store, seedDigests.keyFor("known places"));
    this.authenticator =
        new Authenticator(
            devices.index(),
            registration,
            access,
            hasher,
            enrolment,
            authorities,
            new LoginDelays(limits, time.nanoTime()::getAsLong, places),
            clock::millis);
    store.load(new Restoring(devices, claims, places, commands));
    devices.listen(presence);
    devices.listen(enrolment::changed);
    devices.listen(commands);
    commands.start();
  }

  /** Hands each part of the registry what the store has of it. */
  private record Restoring(
      DeviceStore devices, ClaimStore claims, KnownPlaces places, CommandQueues commands)
      implements RegistryStore.Loader {
    @Override
    public void device(StoredDevice device) {
      devices.restore(device);
    }

    @Override
    public void seedDigest(String device, String digest) {
      devices.restoreSeedDigest(device, digest);
    }

    @Override
    public void barred(String device) {
      devices.restoreBarred(device);
    }

    @Override
    public void claim(StoredClaim claim) {
      claims.restore(claim);
    }

    @Override
    public void claimed(ClaimedDevice device) {
      claims.restore(device);
    }

    @Override
    public void knownPlace(long digest) {
      places.restore(digest);
    }

    @Override
    public void command(StoredCommand command) {
      commands.restore(command);
    }
  }

  /** By the way down, which ends its copy of the token when the device has it. */
  private void handOver(DeviceId device, String token) {
    commands.supersede(device, CREDENTIALS);
    CommandService.Submission verdict =
        commands.submit(
            device,
            CREDENTIALS,
            ContentType.JSON,
            ("{\"token\":\"" + token + "\"}").getBytes(StandardCharsets.UTF_8),
            HAND_OVER);
    if (!(verdict instanceof CommandService.Submission.Taken)) {
      LOG.warn("device {} claimed, but its credentials could not be sent: {}", device, verdict);
    }
  }

  /**
   * Opens {@code registry.db} in the data directory, and makes it where there is none.
   *
   * @param profileIds the device profiles loaded
   * @param limits on failed logins
   * @param clock of the gateway: presence and the expiry of commands
   * @throws IOException where the database cannot be opened; the message names file and remedy
   */
  public static Registry open(
      Path dataDirectory,
      AccessSettings access,
      LimitSettings limits,
      Set<String> profileIds,
      Clock clock)
      throws IOException {
    // by a clock that nobody sets all time passes
    GatewayTime time = new GatewayTime(clock, () -> clock.millis() * 1_000_000);
    return open(dataDirectory, access, limits, profileIds, time);
  }

  /** As the other, by a clock that may be set while the gateway runs. */
  public static Registry open(
      Path dataDirectory,
      AccessSettings access,
      LimitSettings limits,
      Set<String> profileIds,
      GatewayTime time)
      throws IOException {
    return open(dataDirectory, access, limits, profileIds, time, UnaryOperator.identity());
  }

  /**
   * As the other, with another store over the gateway's own.
   *
   * @param over given the gateway's own store; what it makes of it closes it
   */
  public static Registry open(
      Path dataDirectory,
      AccessSettings access,
      LimitSettings limits,
      Set<String> profileIds,
      GatewayTime time,
      UnaryOperator<RegistryStore> over)
      throws IOException {
    String profile = access.autoRegisterProfile();
    if (access.autoRegister() && (profile == null || !profileIds.contains(profile))) {
      throw new IOException(
          "access.auto-register-profile: "
              + DeviceRules.unknownProfile(String.valueOf(profile), profileIds));
    }
    RegistryStore store = over.apply(StoreFactory.open(StoreFactory.DEFAULT_TYPE, dataDirectory));
    try {
      SeedDigests digests = SeedDigests.open(dataDirectory.resolve("registry.key"));
      return new Registry(store, digests, access, limits, profileIds, time);
    } catch (IOException | StoreUnavailableException e) {
      store.close();
      throw e;
    }
  }

  /** The device, retired or not; null where it is unknown. No lock, no allocation. */
  public @Nullable Device find(String id) {
    return devices.find(id);
  }

  /** Every device, in no order; weakly consistent. */
  public void forEach(Consumer<Device> consumer) {
    devices.forEach(consumer);
  }

  public int size() {
    return devices.index().size();
  }

  /** Has the listener told of every change from now on. */
  public void listen(DeviceChanges listener) {
    devices.listen(listener);
  }

  /** Has these take the place of the profiles that a device may have. Any thread. */
  public void profiles(Set<String> ids) {
    devices.profiles(ids);
  }

  /**
   * Applies device files that have no faults: before listeners open, and when they were changed.
   * Blocks on the disk, not on the passwords' hashes, which are made in the background.
   */
  public SeedReport seed(DeviceSeed seed) {
    warnOfWeak(seed.specs());
    return seeder.seed(seed.specs(), seedDigests.of(seed.specs()));
  }

  /** Device files of before stay valid: what is too weak there is told, and taken. */
  private void warnOfWeak(List<DeviceDirectory.DeviceSpec> specs) {
    List<String> weak = new ArrayList<>();
    for (DeviceDirectory.DeviceSpec spec : specs) {
      if (spec.credentials() != null) {
        for (DeviceRules.Fault fault : DeviceRules.weaknesses(spec.credentials(), strictness)) {
          weak.add(spec.id() + ": " + fault);
        }
      }
    }
    if (!weak.isEmpty()) {
      LOG.warn(
          "device files: {} credentials would not be taken today; {}{}",
          weak.size(),
          String.join("; ", weak.subList(0, Math.min(SHOWN_WEAK, weak.size()))),
          weak.size() > SHOWN_WEAK ? "; ..." : "");
    }
  }

  /** Has this write commands as their devices' own bytes, from now on. */
  public void encodeBy(CommandEncoder by) {
    commands.encodeBy(by);
  }

  /** See {@link io.sluice.api.adapter.Access#admit}. Never blocks. */
  public CompletionStage<Admission> admit(Peer peer, Credentials credentials) {
    return authenticator.admit(peer, credentials);
  }

  /**
   * The pre-shared key of a DTLS identity, null where it is unknown or retired. Not to be changed.
   */
  public byte @Nullable [] pskKey(String identity) {
    DeviceEntry entry = devices.index().findByPskIdentity(identity);
    if (entry == null || entry.device().retired()) {
      return null;
    }
    if (identity.equals(entry.credentials().pskIdentity())) {
      return entry.credentials().pskKey();
    }
    StoredDevice.Previous previous = entry.previous();
    return previous == null || previous.untilMillis() <= clock.millis()
        ? null
        : previous.credentials().pskKey();
  }

  /**
   * The device secrets that hold now, that which was replaced and overlaps last; empty where the
   * device is unknown, retired or has none.
   */
  public List<String> secrets(String id) {
    DeviceEntry entry = devices.index().find(id);
    if (entry == null || entry.device().retired()) {
      return List.of();
    }
    String own = entry.credentials().secret();
    StoredDevice.Previous previous = entry.previous();
    String before =
        previous == null || previous.untilMillis() <= clock.millis()
            ? null
            : previous.credentials().secret();
    if (before == null || before.equals(own)) {
      return own == null ? List.of() : List.of(own);
    }
    return own == null ? List.of(before) : List.of(own, before);
  }

  /** Whether neither a password nor a token lets the device in, but a secret does. */
  public boolean hasSecretAlone(String id) {
    DeviceEntry entry = devices.index().find(id);
    return entry != null
        && entry.credentials().secret() != null
        && entry.credentials().passwordHash() == null
        && entry.credentials().tokenHash() == null;
  }

  /** Lets a device in that has proved to have one of its {@link #secrets}. */
  public CompletionStage<Admission> proved(Peer peer, String id, String secret) {
    return authenticator.proved(peer, id, secret);
  }

  /** Refuses a peer that could not prove to be that device, and counts it. */
  public CompletionStage<Admission> unproved(Peer peer, String id) {
    return authenticator.unproved(peer, id);
  }

  /** See {@link io.sluice.api.adapter.Access#knowsPublicKey}. */
  public boolean knowsPublicKey(byte[] subjectPublicKeyInfo) {
    DeviceEntry entry = devices.index().findByPublicKey(Digests.sha256Hex(subjectPublicKeyInfo));
    return entry != null && !entry.device().retired();
  }

  /** As if the device had just shown its credentials; null where it is unknown. */
  Admission.@Nullable Admitted current(String id) {
    DeviceEntry entry = devices.index().find(id);
    return entry == null ? null : entry.admitted();
  }

  public Presence presence() {
    return presence;
  }

  public DeviceDirectory directory() {
    return directory;
  }

  /** Bulk registration, for operators. */
  public DeviceImporter importer() {
    return importer;
  }

  /** Has the listener told of each device that registers itself from now on, and how. */
  public void onEnrolled(BiConsumer<Device, String> listener) {
    enrolment.listen(listener);
  }

  /** Claim tokens, for operators. */
  public ClaimService claims() {
    return claims;
  }

  /** Ends credentials whose overlap is over; every second or so. Blocks where there are any. */
  public void sweep() {
    devices.endOverlaps(clock.millis());
    enrolment.sweep();
  }

  /** Looks whether a file that was in trouble is well again; every second or so. */
  public void probe() {
    store.probe();
    if (++probes % PROBES_UNTIL_SAVED == 0) {
      savePlaces();
    }
  }

  private void savePlaces() {
    try {
      places.save();
    } catch (StoreUnavailableException e) {
      LOG.debug("addresses of devices are not saved: {}", e.getMessage()); // the store has told it
    }
  }

  /** Commands, for adapters. */
  public Commands commands() {
    return commands;
  }

  /** Commands, for the fleet. */
  public FleetQueues fleetQueues() {
    return commands.fleet();
  }

  /** Commands, for operators. */
  public CommandService commandService() {
    return commands;
  }

  /**
   * What registers children that concentrators bring; close it before the registry.
   *
   * @param profiles the profile of an id, as it is now
   */
  public ChildRegistration children(Function<String, @Nullable Profile> profiles) {
    return new ChildRegistration(registration, profiles);
  }

  /** Ends the commands whose time is over now; runs by itself each second. */
  void sweepCommands() {
    commands.sweep();
  }

  /** Waits until each seeded password has its slow hash on disk; for tests and for tools. */
  void awaitSeedPasswords() throws InterruptedException {
    devices.awaitSeedPasswords();
  }

  @Override
  public void close() {
    authenticator.close();
    devices.close();
    enrolment.sweep();
    commands.close();
    savePlaces();
    store.close();
  }
}
