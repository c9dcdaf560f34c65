package io.sluice.engine.registry;

import io.sluice.api.Admission;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.RejectReason;
import io.sluice.engine.registry.AccessSettings.JustInTime;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * How a device that nobody has registered comes in: by a claim token, or by a certificate of an
 * authority that the operator trusts with that. Thread-safe; all but the look-ups block on the
 * disk.
 */
final class Enrolment {
  private final DeviceRegistry devices;
  private final ClaimBook claims;
  private final List<Trusted> authorities;
  private final BiConsumer<DeviceId, String> handOver;
  private final LongSupplier clockMillis;
  private volatile BiConsumer<Device, String> enrolled = (device, how) -> {};

  /** An authority together with what devices of its certificates are. */
  record Trusted(JustInTime rule, X509TrustManager trust) {}

  /**
   * @param handOver brings a device the token that it is to use from now on
   */
  Enrolment(
      DeviceRegistry devices,
      ClaimBook claims,
      List<Trusted> authorities,
      BiConsumer<DeviceId, String> handOver,
      LongSupplier clockMillis) {
    this.devices = devices;
    this.claims = claims;
    this.authorities = List.copyOf(authorities);
    this.handOver = handOver;
    this.clockMillis = clockMillis;
  }

  /** Has the listener told of each device that registers itself from now on, and how. */
  void listen(BiConsumer<Device, String> listener) {
    enrolled = listener;
  }

  /** Whether the token is a claim's. No lock. */
  boolean isClaim(String tokenHash) {
    return claims.find(tokenHash) != null;
  }

  /** Whether certificates may register devices. */
  boolean takesCertificates() {
    return !authorities.isEmpty();
  }

  /**
   * Registers the device, and sends it a token of its own by the command {@code credentials}. Until
   * it has signed in with that, it may show the claim again and gets another.
   *
   * @param id as the device names itself, or null
   */
  Admission claim(@Nullable String id, String tokenHash) {
    ClaimBook.Claim claim = claims.find(tokenHash);
    long now = clockMillis.getAsLong();
    if (claim == null || !claim.isOpen(now)) {
      return refused("this claim has expired; ask for a new one");
    }
    if (id == null || !DeviceId.isValid(id) || !claim.allows(id)) {
      return refused("name the device as this claim allows: an id like " + claim.spec().pattern());
    }
    Registered known = devices.roster().find(id);
    if (known != null) {
      return claims.mayAskAgain(tokenHash, id) && !known.device().retired()
          ? again(known)
          : refused("a device of this id is registered already; it has credentials of its own");
    }
    return register(new DeviceId(id), tokenHash, claim, now);
  }

  private Admission register(DeviceId id, String tokenHash, ClaimBook.Claim claim, long now) {
    String token = devices.newToken();
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
    Registered entry =
        new Registered(device, StoredCredentials.NONE.withTokenHash(Digests.sha256Hex(token)));
    if (!devices.registerNew(entry, () -> claims.use(tokenHash, id.value(), now))) {
      return refused("this claim is used up, or the device was registered meanwhile");
    }
    handOver.accept(id, token);
    enrolled.accept(device, "by claim " + claim.spec().name());
    return new Admission.Admitted(device);
  }

  private Admission again(Registered known) {
    String token = devices.issueToken(known.id(), 0);
    if (token == null) {
      return refused("the device was removed meanwhile");
    }
    handOver.accept(known.device().id(), token);
    return new Admission.Admitted(known.device());
  }

  /** Whether a device has yet to show the credentials that a claim gave it. No lock. */
  boolean isUnsettled(String device) {
    return claims.isUnsettled(device);
  }

  void settle(String device) {
    claims.settle(device);
  }

  /**
   * Registers the device that a certificate names, where one of the authorities has signed it.
   *
   * @return null where none has
   */
  @Nullable Admission certificate(List<X509Certificate> chain) {
    for (Trusted authority : authorities) {
      if (isSignedBy(authority, chain)) {
        return register(authority.rule(), chain.getFirst());
      }
    }
    return null;
  }

  private static boolean isSignedBy(Trusted authority, List<X509Certificate> chain) {
    try {
      authority
          .trust()
          .checkClientTrusted(
              chain.toArray(X509Certificate[]::new),
              chain.getFirst().getPublicKey().getAlgorithm());
      return true;
    } catch (CertificateException e) {
      return false; // of another authority
    }
  }

  private Admission register(JustInTime rule, X509Certificate certificate) {
    String id = CertificateNames.deviceId(certificate);
    if (id == null || !DeviceId.isValid(id)) {
      return refused("the certificate names no device: its CN must be a device id");
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
            null, null, null, null, CertificateNames.of(certificate).getFirst(), null);
    boolean isNew =
        devices.registerNew(
            new Registered(device, credentials), () -> devices.roster().size() < rule.limit());
    if (!isNew) {
      return refused(
          "device " + id + " is registered with other credentials, or there are too many");
    }
    enrolled.accept(device, "by certificate " + certificate.getSubjectX500Principal().getName());
    return new Admission.Admitted(device);
  }

  private static Admission refused(String detail) {
    return new Admission.Refused(RejectReason.NOT_AUTHENTICATED, detail);
  }
}
