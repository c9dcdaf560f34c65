package io.sluice.engine.registry.auth;

import com.github.benmanes.caffeine.cache.Ticker;
import io.sluice.api.AddressKey;
import io.sluice.api.DeviceId;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Credentials;
import io.sluice.api.adapter.Peer;
import io.sluice.api.store.StoredCredentials;
import io.sluice.api.store.StoredDevice;
import io.sluice.engine.registry.credential.AccessSettings;
import io.sluice.engine.registry.credential.Authorities;
import io.sluice.engine.registry.credential.CertificateNames;
import io.sluice.engine.registry.credential.Digests;
import io.sluice.engine.registry.credential.PasswordHasher;
import io.sluice.engine.registry.device.DeviceEntry;
import io.sluice.engine.registry.device.DeviceIndex;
import io.sluice.engine.registry.provision.Enrolment;
import io.sluice.engine.registry.provision.SelfRegistration;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks what peers show against the registry. Never blocks: tokens, pre-shared keys, certificates
 * and passwords verified within the last hour are answered at once, other passwords go through
 * {@link SlowChecks}.
 *
 * <p>An unknown device costs the same slow hash as a wrong password, so that the duration does not
 * tell which devices exist. The refusal says the same in both cases.
 */
public final class Authenticator implements AutoCloseable {
  private static final String WRONG = "unknown device or wrong credentials";

  private final DeviceIndex devices;
  private final SelfRegistration registration;
  private final AccessSettings settings;
  private final PasswordHasher hasher;
  private final VerifiedCredentials verified;
  private final SlowChecks slow;
  private final Enrolment enrolment;
  private final Authorities authorities;
  private final LoginDelays delays;
  private final LongSupplier clockMillis;

  public Authenticator(
      DeviceIndex devices,
      SelfRegistration registration,
      AccessSettings settings,
      PasswordHasher hasher,
      Enrolment enrolment,
      Authorities authorities,
      LoginDelays delays,
      LongSupplier clockMillis) {
    this.devices = devices;
    this.registration = registration;
    this.enrolment = enrolment;
    this.authorities = authorities;
    this.delays = delays;
    this.clockMillis = clockMillis;
    this.settings = settings;
    this.hasher = hasher;
    this.verified = new VerifiedCredentials(Ticker.systemTicker());
    this.slow = new SlowChecks(settings.effectiveHashThreads(), settings.hashQueue());
  }

  public CompletionStage<Admission> admit(Peer peer, Credentials credentials) {
    return switch (credentials) {
      case Credentials.Password password -> password(peer, password);
      case Credentials.Token token -> token(peer, token);
      case Credentials.PskIdentity psk -> done(peer, psk(psk.identity()));
      case Credentials.Certificate certificate -> certificate(peer, certificate);
      case Credentials.RawPublicKey key ->
          done(peer, publicKey(Digests.sha256Hex(key.subjectPublicKeyInfo())));
      // whoever has checked the signature asks for what was proved
      case Credentials.Signed signed -> unproved(peer, signed.device());
      case Credentials.Anonymous anonymous -> anonymous(peer, anonymous.claimed());
    };
  }

  private CompletionStage<Admission> done(Peer peer, Admission admission) {
    note(peer, admission);
    return CompletableFuture.completedStage(admission);
  }

  private void note(Peer peer, Admission admission) {
    switch (admission) {
      case Admission.Refused _ -> verified.failed(peer.address());
      case Admission.Admitted admitted -> enrolment.settle(admitted.device().id().value());
      case Admission.Busy _, Admission.Consumer _ -> {}
    }
  }

  private CompletionStage<Admission> token(Peer peer, Credentials.Token shown) {
    String hash = Digests.sha256Hex(shown.token());
    DeviceEntry entry = devices.findByTokenHash(hash);
    String name = shown.device() == null ? "" : shown.device();
    if (entry == null && enrolment.isClaim(hash)) {
      return claim(peer, shown.device(), hash);
    }
    boolean claimsAnother =
        entry != null && shown.device() != null && !shown.device().equals(entry.id());
    if (entry == null || claimsAnother || !holdsToken(entry, hash)) {
      return failed(peer, name);
    }
    delays.succeeded(peer.address(), name);
    return done(peer, admission(entry));
  }

  private boolean holdsToken(DeviceEntry entry, String hash) {
    return entry.accepts(
        own -> own.tokenHash() != null && Digests.same(hash, own.tokenHash()),
        clockMillis.getAsLong());
  }

  /** Lets a device in that has proved to have this secret, which may have changed meanwhile. */
  public CompletionStage<Admission> proved(Peer peer, String device, String secret) {
    DeviceEntry entry = devices.find(device);
    boolean isIts =
        entry != null
            && entry.accepts(
                own -> own.secret() != null && Digests.same(secret, own.secret()),
                clockMillis.getAsLong());
    if (!isIts) {
      return failed(peer, device);
    }
    delays.succeeded(peer.address(), device);
    return done(peer, admission(entry));
  }

  /** Refuses a peer that could not prove to be that device. */
  public CompletionStage<Admission> unproved(Peer peer, String device) {
    return failed(peer, device);
  }

  private Admission psk(String identity) {
    DeviceEntry entry = devices.findByPskIdentity(identity);
    return entry != null
            && entry.accepts(own -> identity.equals(own.pskIdentity()), clockMillis.getAsLong())
        ? admission(entry)
        : wrong();
  }

  private Admission publicKey(String digest) {
    DeviceEntry entry = devices.findByPublicKey(digest);
    return entry != null
            && entry.accepts(own -> digest.equals(own.publicKey()), clockMillis.getAsLong())
        ? admission(entry)
        : wrong();
  }

  private CompletionStage<Admission> certificate(Peer peer, Credentials.Certificate shown) {
    for (String name : CertificateNames.of(shown.chain().getFirst())) {
      DeviceEntry entry = devices.findByCertificate(name);
      if (entry != null
          && entry.accepts(own -> name.equals(own.certificate()), clockMillis.getAsLong())) {
        return done(peer, named(entry, name, shown.chain()));
      }
    }
    if (!enrolment.takesCertificates()) {
      return done(peer, wrong());
    }
    return slowly(
        peer,
        () -> {
          Admission enrolled = enrolment.certificate(shown.chain());
          return noted(peer, enrolled == null ? wrong() : enrolled);
        });
  }

  /** Lets the device of that name in, where one who may give it stands behind the chain. */
  private Admission named(DeviceEntry entry, String name, List<X509Certificate> chain) {
    boolean isOfItsAuthority =
        entry.accepts(
            own ->
                name.equals(own.certificate())
                    && authorities.mayName(entry.device(), own.certificateAuthority(), chain),
            clockMillis.getAsLong());
    return isOfItsAuthority
        ? admission(entry)
        : refused("the certificate is of an authority that may not name this device");
  }

  private Admission noted(Peer peer, Admission admission) {
    note(peer, admission);
    return admission;
  }

  /** Not noted where it is let in: a device by its claim has not shown its own credentials. */
  private CompletionStage<Admission> claim(Peer peer, @Nullable String id, String tokenHash) {
    return slowly(
        peer,
        () -> {
          Admission claimed = enrolment.claim(id, tokenHash);
          return claimed instanceof Admission.Refused ? noted(peer, claimed) : claimed;
        });
  }

  /** Refuses at once, and says how long to wait where that is due. */
  private CompletionStage<Admission> failed(Peer peer, String name) {
    Admission delayed = delayed(peer, name);
    if (delayed == null) {
      delays.failed(peer.address(), name);
    }
    return done(peer, delayed == null ? wrong() : delayed);
  }

  /** The refusal of who has failed too often of late, or null. */
  private @Nullable Admission delayed(Peer peer, String name) {
    return tooSoon(delays.wait(peer.address(), name));
  }

  private static @Nullable Admission tooSoon(long nanos) {
    return nanos == 0
        ? null
        : new Admission.Refused(
            RejectReason.QUOTA,
            "too many wrong credentials for this name; wait "
                + Math.max(1, TimeUnit.NANOSECONDS.toSeconds(nanos))
                + " s");
  }

  private static Admission admission(@Nullable DeviceEntry entry) {
    if (entry == null) {
      return wrong();
    }
    return entry.device().retired() ? refused("this device is retired") : entry.admitted();
  }

  private static Admission wrong() {
    return refused(WRONG);
  }

  private static Admission refused(String detail) {
    return new Admission.Refused(RejectReason.NOT_AUTHENTICATED, detail);
  }

  private CompletionStage<Admission> anonymous(Peer peer, @Nullable String claimed) {
    if (!settings.anonymous()) {
      return done(
          peer,
          refused(
              "credentials are required: user name and password, or a token"
                  + (peer.secure() ? "; no client certificate came" : "")));
    }
    if (claimed == null) {
      return done(peer, Admission.NAMELESS);
    }
    if (!DeviceId.isValid(claimed)) {
      return done(peer, Admission.NO_NAME);
    }
    DeviceEntry entry = devices.find(claimed);
    if (entry == null) {
      return settings.autoRegister()
          ? register(peer, new DeviceId(claimed), null)
          : done(peer, wrong());
    }
    return entry.credentials().none()
        ? done(peer, admission(entry))
        : done(peer, refused("this device has credentials and must show them"));
  }

  private CompletionStage<Admission> password(Peer peer, Credentials.Password shown) {
    byte[] password = shown.password();
    DeviceEntry entry = devices.find(shown.userName());
    if (password == null || password.length == 0) {
      boolean isToken =
          entry == null && devices.findByTokenHash(Digests.sha256Hex(shown.userName())) != null;
      return isToken
          ? token(peer, new Credentials.Token(null, shown.userName()))
          : anonymous(peer, shown.userName());
    }
    if (entry != null && settings.anonymous() && entry.credentials().none()) {
      return done(peer, admission(entry));
    }
    if (entry != null && matchesFast(entry, password)) {
      Arrays.fill(password, (byte) 0);
      delays.succeeded(peer.address(), shown.userName());
      return done(peer, admission(entry));
    }
    String hash = Digests.sha256Hex(password);
    if (enrolment.isClaim(hash)) {
      return claim(peer, shown.userName(), hash);
    }
    if (entry == null && settings.autoRegister() && DeviceId.isValid(shown.userName())) {
      return register(peer, new DeviceId(shown.userName()), password);
    }
    return verify(peer, shown.userName(), entry, password);
  }

  /** Whether the password is the device's token, or one whose slow hash is still to be made. */
  private boolean matchesFast(DeviceEntry entry, byte[] password) {
    if (holdsToken(entry, Digests.sha256Hex(password))) {
      return true;
    }
    String hash = entry.credentials().passwordHash();
    return hash != null
        && PasswordHasher.isQuick(hash)
        && Digests.same(hasher.quick(entry.id(), password), hash);
  }

  private CompletionStage<Admission> verify(
      Peer peer, String userName, @Nullable DeviceEntry entry, byte[] password) {
    String hash = slowHash(entry == null ? null : entry.credentials());
    StoredDevice.Previous previous = entry == null ? null : entry.previous();
    String before =
        previous != null && clockMillis.getAsLong() < previous.untilMillis()
            ? slowHash(previous.credentials())
            : hash;
    String fingerprint = hasher.fingerprint(userName, hash + before, password);
    Boolean verdict = verified.verdict(fingerprint);
    if (verdict != null && verdict) {
      Arrays.fill(password, (byte) 0);
      delays.succeeded(peer.address(), userName);
      return done(peer, admission(entry));
    }
    Admission delayed = delayed(peer, userName);
    if (delayed != null) {
      Arrays.fill(password, (byte) 0);
      return done(peer, delayed);
    }
    if (verdict != null) {
      Arrays.fill(password, (byte) 0);
      return failed(peer, userName);
    }
    boolean wasRight = delays.wasRight(peer.address(), userName);
    Admission taken = tooSoon(delays.take(peer.address(), userName));
    if (taken != null) {
      Arrays.fill(password, (byte) 0);
      return done(peer, taken);
    }
    return slow.run(
        wasRight ? PasswordHashExecutor.Standing.KNOWN : standing(peer),
        AddressKey.of(peer.address()),
        () -> {
          String matched =
              hasher.matches(password, hash)
                  ? hash
                  : !before.equals(hash) && hasher.matches(password, before) ? before : null;
          Arrays.fill(password, (byte) 0);
          verified.remember(fingerprint, matched != null);
          Admission admission = noted(peer, matched == null ? wrong() : current(userName, matched));
          if (admission instanceof Admission.Admitted) {
            delays.succeeded(peer.address(), userName);
          } else {
            delays.failed(peer.address(), userName);
          }
          return admission;
        });
  }

  /** What the password is checked against: of the same cost where there is none. */
  private String slowHash(@Nullable StoredCredentials credentials) {
    String stored =
        credentials == null || credentials.isRevoked() ? null : credentials.passwordHash();
    return stored == null || PasswordHasher.isQuick(stored) ? hasher.decoy() : stored;
  }

  /** The device as it is after the check: its credentials may have changed meanwhile. */
  private Admission current(String id, String hash) {
    DeviceEntry entry = devices.find(id);
    return entry != null
            && entry.accepts(own -> slowHash(own).equals(hash), clockMillis.getAsLong())
        ? admission(entry)
        : wrong();
  }

  private CompletionStage<Admission> register(Peer peer, DeviceId id, byte @Nullable [] password) {
    String profile = Objects.requireNonNull(settings.autoRegisterProfile());
    return slowly(
        peer,
        () -> {
          if (registration.isBarred(id.value())) {
            return noted(peer, refused(Enrolment.BARRED));
          }
          DeviceEntry entry =
              registration.autoRegister(id, profile, password, settings.autoRegisterLimit());
          return entry == null
              ? noted(
                  peer,
                  refused("too many devices have registered themselves; add this one by hand"))
              : entry.admitted();
        });
  }

  private PasswordHashExecutor.Standing standing(Peer peer) {
    return verified.suspicious(peer.address())
        ? PasswordHashExecutor.Standing.SUSPECT
        : PasswordHashExecutor.Standing.TRUSTED;
  }

  private CompletionStage<Admission> slowly(Peer peer, Supplier<Admission> check) {
    return slow.run(standing(peer), AddressKey.of(peer.address()), check);
  }

  @Override
  public void close() {
    slow.close();
  }
}
