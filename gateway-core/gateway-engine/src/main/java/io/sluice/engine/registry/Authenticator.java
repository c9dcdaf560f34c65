package io.sluice.engine.registry;

import com.github.benmanes.caffeine.cache.Ticker;
import io.sluice.api.Admission;
import io.sluice.api.Credentials;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Peer;
import io.sluice.api.RejectReason;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Checks what peers show against the registry. Never blocks: tokens, pre-shared keys, certificates
 * and passwords verified within the last hour are answered at once, other passwords go through
 * {@link HashLanes}.
 *
 * <p>An unknown device costs the same slow hash as a wrong password, so that the duration does not
 * tell which devices exist. The refusal says the same in both cases.
 */
final class Authenticator implements AutoCloseable {
  private static final String WRONG = "unknown device or wrong credentials";
  private static final int CHECK_MILLIS = 10;
  private static final long MIN_RETRY_MILLIS = 500;
  private static final long MAX_RETRY_MILLIS = 30_000;

  private final DeviceRegistry registry;
  private final AccessSettings settings;
  private final PasswordHasher hasher;
  private final VerifiedCredentials verified;
  private final HashLanes lanes;

  Authenticator(
      DeviceRegistry registry, AccessSettings settings, PasswordHasher hasher, Ticker ticker) {
    this.registry = registry;
    this.settings = settings;
    this.hasher = hasher;
    this.verified = new VerifiedCredentials(ticker);
    this.lanes = new HashLanes(settings.effectiveHashThreads(), settings.hashQueue());
  }

  CompletionStage<Admission> admit(Peer peer, Credentials credentials) {
    return switch (credentials) {
      case Credentials.Password password -> password(peer, password);
      case Credentials.Token token -> done(peer, token(token));
      case Credentials.PskIdentity psk ->
          done(peer, admission(registry.roster().findByPskIdentity(psk.identity())));
      case Credentials.Certificate certificate -> done(peer, certificate(certificate));
      case Credentials.RawPublicKey key ->
          done(
              peer,
              admission(
                  registry
                      .roster()
                      .findByPublicKey(Digests.sha256Hex(key.subjectPublicKeyInfo()))));
      case Credentials.Anonymous anonymous -> anonymous(peer, anonymous.claimed());
    };
  }

  private CompletionStage<Admission> done(Peer peer, Admission admission) {
    if (admission instanceof Admission.Refused) {
      verified.failed(peer.address());
    }
    return CompletableFuture.completedStage(admission);
  }

  private Admission token(Credentials.Token shown) {
    Registered entry = registry.roster().findByTokenHash(Digests.sha256Hex(shown.token()));
    boolean claimsAnother =
        entry != null && shown.device() != null && !shown.device().equals(entry.id());
    return claimsAnother ? wrong() : admission(entry);
  }

  private Admission certificate(Credentials.Certificate shown) {
    String subject =
        shown.chain().getFirst().getSubjectX500Principal().getName(X500Principal.CANONICAL);
    return admission(registry.roster().findByCertificate(subject));
  }

  private static Admission admission(@Nullable Registered entry) {
    if (entry == null) {
      return wrong();
    }
    return entry.device().retired()
        ? refused("this device is retired")
        : new Admission.Admitted(entry.device());
  }

  private static Admission wrong() {
    return refused(WRONG);
  }

  private static Admission refused(String detail) {
    return new Admission.Refused(RejectReason.NOT_AUTHENTICATED, detail);
  }

  private CompletionStage<Admission> anonymous(Peer peer, @Nullable String claimed) {
    if (!settings.anonymous()) {
      return done(peer, refused("credentials are required: user name and password, or a token"));
    }
    if (claimed == null || !DeviceId.isValid(claimed)) {
      return done(peer, refused("name the device: its id as the user name, or ?d= on CoAP"));
    }
    Registered entry = registry.roster().find(claimed);
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
    Registered entry = registry.roster().find(shown.userName());
    if (password == null || password.length == 0) {
      Registered owner =
          entry == null
              ? registry.roster().findByTokenHash(Digests.sha256Hex(shown.userName()))
              : null;
      return owner == null ? anonymous(peer, shown.userName()) : done(peer, admission(owner));
    }
    if (entry != null && settings.anonymous() && entry.credentials().none()) {
      return done(peer, admission(entry));
    }
    if (entry != null && matchesFast(entry, password)) {
      Arrays.fill(password, (byte) 0);
      return done(peer, admission(entry));
    }
    if (entry == null && settings.autoRegister() && DeviceId.isValid(shown.userName())) {
      return register(peer, new DeviceId(shown.userName()), password);
    }
    return verify(peer, shown.userName(), entry, password);
  }

  /** Whether the password is the device's token, or one whose slow hash is still to be made. */
  private boolean matchesFast(Registered entry, byte[] password) {
    String tokenHash = entry.credentials().tokenHash();
    if (tokenHash != null && Digests.same(Digests.sha256Hex(password), tokenHash)) {
      return true;
    }
    String hash = entry.credentials().passwordHash();
    return hash != null
        && PasswordHasher.isQuick(hash)
        && Digests.same(hasher.quick(entry.id(), password), hash);
  }

  private CompletionStage<Admission> verify(
      Peer peer, String userName, @Nullable Registered entry, byte[] password) {
    String stored = entry == null ? null : entry.credentials().passwordHash();
    String hash = stored == null || PasswordHasher.isQuick(stored) ? hasher.decoy() : stored;
    String fingerprint = hasher.fingerprint(userName, hash, password);
    Boolean verdict = verified.verdict(fingerprint);
    if (verdict != null) {
      Arrays.fill(password, (byte) 0);
      return done(peer, verdict ? admission(entry) : wrong());
    }
    return slowly(
        peer,
        () -> {
          boolean matches = hasher.matches(password, hash);
          Arrays.fill(password, (byte) 0);
          verified.remember(fingerprint, matches);
          return matches ? current(userName, hash) : wrong();
        });
  }

  /** The device as it is after the check: its credentials may have changed meanwhile. */
  private Admission current(String id, String hash) {
    Registered entry = registry.roster().find(id);
    return entry != null && Objects.equals(entry.credentials().passwordHash(), hash)
        ? admission(entry)
        : wrong();
  }

  private CompletionStage<Admission> register(Peer peer, DeviceId id, byte @Nullable [] password) {
    String profile = Objects.requireNonNull(settings.autoRegisterProfile());
    return slowly(
        peer,
        () -> {
          Device device =
              registry.autoRegister(id, profile, password, settings.autoRegisterLimit());
          return device == null
              ? refused("too many devices have registered themselves; add this one by hand")
              : new Admission.Admitted(device);
        });
  }

  private CompletionStage<Admission> slowly(Peer peer, Supplier<Admission> check) {
    CompletableFuture<Admission> verdict = new CompletableFuture<>();
    boolean taken =
        lanes.offer(
            verified.suspicious(peer.address()),
            () -> {
              try {
                Admission admission = check.get();
                if (admission instanceof Admission.Refused) {
                  verified.failed(peer.address());
                }
                verdict.complete(admission);
              } catch (RuntimeException e) {
                verdict.completeExceptionally(e);
              }
            });
    return taken ? verdict : CompletableFuture.completedStage(busy());
  }

  private Admission busy() {
    long untilFree = (long) lanes.waiting() * CHECK_MILLIS / lanes.threadCount();
    long base = Math.clamp(untilFree, MIN_RETRY_MILLIS, MAX_RETRY_MILLIS);
    // spread, or all that were refused together come back together
    return new Admission.Busy(base + ThreadLocalRandom.current().nextLong(base));
  }

  @Override
  public void close() {
    lanes.close();
  }
}
