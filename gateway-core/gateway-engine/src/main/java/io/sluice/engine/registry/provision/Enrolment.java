package io.sluice.engine.registry.provision;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Admission;
import io.sluice.api.store.StoredCredentials;
import io.sluice.engine.registry.credential.AccessSettings.JustInTime;
import io.sluice.engine.registry.credential.Authorities;
import io.sluice.engine.registry.credential.CertificateNames;
import io.sluice.engine.registry.credential.Digests;
import io.sluice.engine.registry.credential.NewTokens;
import io.sluice.engine.registry.device.DeviceEntry;
import io.sluice.engine.registry.device.DeviceStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How a device that nobody has registered comes in: by a claim token, or by a certificate of an
 * authority that the operator trusts with that. Thread-safe; all but the look-ups block on the
 * disk.
 */
public final class Enrolment {
  /** Why a device that was revoked or retired and then removed does not come back by itself. */
  public static final String BARRED =
      "this device was removed while it was revoked or retired; register it by hand";

  private static final String TAKEN =
      "a device of this id is registered already; it has credentials of its own";

  private final DeviceStore devices;
  private final SelfRegistration registration;
  private final NewTokens tokens;
  private final ClaimStore claims;
  private final Authorities authorities;
  private final BiConsumer<DeviceId, String> handOver;
  private final LongSupplier clockMillis;
  private volatile BiConsumer<Device, String> enrolled = (device, how) -> {};

  /**
   * @param handOver brings a device the token that it is to use from now on
   */
  public Enrolment(
      DeviceStore devices,
      SelfRegistration registration,
      NewTokens tokens,
      ClaimStore claims,
      Authorities authorities,
      BiConsumer<DeviceId, String> handOver,
      LongSupplier clockMillis) {
    this.devices = devices;
    this.registration = registration;
    this.tokens = tokens;
    this.claims = claims;
    this.authorities = authorities;
    this.handOver = handOver;
    this.clockMillis = clockMillis;
  }

  /** Has the listener told of each device that registers itself from now on, and how. */
  public void listen(BiConsumer<Device, String> listener) {
    enrolled = listener;
  }

  /** Whether the token is a claim's. No lock. */
  public boolean isClaim(String tokenHash) {
    return claims.find(tokenHash) != null;
  }

  /** Whether certificates may register devices. */
  public boolean takesCertificates() {
    return authorities.hasJustInTime();
  }

  /**
   * Registers the device, and sends it a token of its own by the command {@code credentials}. Until
   * it has signed in with that, it may show the claim again and gets another.
   *
   * @param id as the device names itself, or null
   */
  public Admission claim(@Nullable String id, String tokenHash) {
    ClaimStore.Claim claim = claims.find(tokenHash);
    long now = clockMillis.getAsLong();
    if (claim == null || !claim.isOpen(now)) {
      return refused("this claim has expired; ask for a new one");
    }
    if (id == null || !DeviceId.isValid(id) || !claim.allows(id)) {
      return refused("name the device as this claim allows: an id like " + claim.spec().pattern());
    }
    DeviceEntry known = devices.index().find(id);
    if (known != null) {
      return again(known, claim);
    }
    return registration.isBarred(id)
        ? refused(BARRED)
        : register(new DeviceId(id), tokenHash, claim, now);
  }

  private Admission register(DeviceId id, String tokenHash, ClaimStore.Claim claim, long now) {
    String token = tokens.next();
    Device device =
        new Device(
            id,
            claim.spec().profile(),
            claim.spec().sector(),
            claim.spec().site(),
            null,
            null,
            true,
            true,
            false);
    ClaimStore.Mark mark = new ClaimStore.Mark(tokenHash, Digests.sha256Hex(token));
    DeviceEntry entry =
        new DeviceEntry(device, StoredCredentials.NONE.withTokenHash(mark.issuedHash()));
    DeviceEntry registered =
        registration.registerNew(
            entry, () -> claims.hasUse(tokenHash, now), ClaimStore.use(id.value(), mark, now));
    if (registered == null) {
      return refused("this claim is used up, or the device was registered meanwhile");
    }
    handOver.accept(id, token);
    enrolled.accept(device, "by claim " + claim.spec().name());
    return registered.admitted();
  }

  /**
   * The device shows its claim again. It gets another token only where it has exactly the one that
   * this claim gave it, and has never shown that: whatever an operator did since then stands.
   */
  private Admission again(DeviceEntry known, ClaimStore.Claim claim) {
    ClaimStore.Mark mark = claims.mark(known.id());
    if (mark == null || !mark.claimHash().equals(claim.tokenHash())) {
      return refused(TAKEN);
    }
    String token = tokens.next();
    ClaimStore.Mark next = new ClaimStore.Mark(mark.claimHash(), Digests.sha256Hex(token));
    DeviceEntry issued =
        registration.reissue(
            known.id(),
            mark.issuedHash(),
            next.issuedHash(),
            () -> claims.again(known.id(), mark, next));
    if (issued == null) {
      return refused(TAKEN);
    }
    handOver.accept(issued.device().id(), token);
    enrolled.accept(issued.device(), "again by claim " + claim.spec().name());
    return issued.admitted();
  }

  /**
   * The device has shown credentials of its own: its claim is of no use to it any more. No lock.
   */
  public void settle(String device) {
    claims.settle(device);
  }

  /** The registry has changed: what a claim gave may not be what the device has any more. */
  public void changed(@Nullable Device before, @Nullable Device after, boolean credentialsChanged) {
    ClaimStore.Mark mark = before == null ? null : claims.mark(before.id().value());
    if (before == null || mark == null) {
      return;
    }
    DeviceEntry entry = devices.index().find(before.id().value());
    if (entry == null || !mark.issuedHash().equals(entry.credentials().tokenHash())) {
      claims.settle(before.id().value());
    }
  }

  /** Forgets on disk what {@link #settle} did; every second or so. */
  public void sweep() {
    claims.sweep();
  }

  /**
   * Registers the device that a certificate names, where one of the authorities has signed it.
   *
   * @return null where none has
   */
  @Nullable
  public Admission certificate(List<X509Certificate> chain) {
    Authorities.Authority authority = authorities.justInTime(chain);
    JustInTime rule = authority == null ? null : authority.rule();
    return authority == null || rule == null
        ? null
        : register(rule, authority.name(), chain.getFirst());
  }

  private Admission register(JustInTime rule, String authority, X509Certificate certificate) {
    String id = CertificateNames.deviceId(certificate);
    if (id == null || !DeviceId.isValid(id)) {
      return refused("the certificate names no device: its CN must be a device id");
    }
    if (registration.isBarred(id)) {
      return refused(BARRED);
    }
    String unit = CertificateNames.attribute(certificate, "OU");
    String profile = unit != null && devices.profiles().contains(unit) ? unit : rule.profile();
    if (profile == null || !devices.profiles().contains(profile)) {
      return refused("the certificate names no device profile: its OU must be one");
    }
    Device device =
        new Device(
            new DeviceId(id), profile, rule.sector(), rule.site(), null, null, true, true, false);
    StoredCredentials credentials =
        new StoredCredentials(
            null, null, null, null, CertificateNames.of(certificate).getFirst(), authority, null);
    DeviceEntry registered =
        registration.registerNew(
            new DeviceEntry(device, credentials),
            () -> devices.index().size() < rule.limit(),
            List.of());
    if (registered == null) {
      return refused(
          "device " + id + " is registered with other credentials, or there are too many");
    }
    enrolled.accept(device, "by certificate " + certificate.getSubjectX500Principal().getName());
    return registered.admitted();
  }

  private static Admission refused(String detail) {
    return new Admission.Refused(RejectReason.NOT_AUTHENTICATED, detail);
  }
}
