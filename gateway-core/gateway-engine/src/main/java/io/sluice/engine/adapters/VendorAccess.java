package io.sluice.engine.adapters;

import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Credentials;
import io.sluice.api.adapter.Peer;
import io.sluice.api.dialect.SignIn;
import io.sluice.engine.dialect.signin.Claim;
import io.sluice.engine.dialect.signin.SignIns;
import io.sluice.engine.registry.Registry;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Admits devices by their vendors' sign-ins. What one way refuses, the next may take; a user name
 * that is a device's own id is looked at by the gateway's own sign-in in the end. Thread-safe,
 * never blocks.
 *
 * <p>A peer that does not have the secret learns nothing: an unknown device costs the same
 * signature as a wrong one, and is refused by the same words.
 */
final class VendorAccess {
  private static final String ALGORITHM = "HmacSHA256";
  private static final String DECOY = "c2x1aWNlLW5vLWRldmljZS1oYXMtdGhpcy1zZWNyZXQ=";

  private final Registry registry;
  private final Supplier<SignIns> signIns;
  private final InstantSource clock;

  VendorAccess(Registry registry, Supplier<SignIns> signIns, InstantSource clock) {
    this.registry = registry;
    this.signIns = signIns;
    this.clock = clock;
  }

  /** Null where the gateway's own sign-in has to decide. */
  @Nullable CompletionStage<Admission> admit(Peer peer, Credentials.Password shown) {
    String userName = shown.userName();
    boolean isDevice = registry.find(userName) != null;
    if (isDevice && registry.secrets(userName).isEmpty()) {
      return null;
    }
    SignIns ways = signIns.get();
    if (ways.isEmpty()) {
      return null;
    }
    Claim.Signed wrong = null;
    for (Claim claim : ways.claims(shown)) {
      switch (claim) {
        case Claim.Signed signed -> {
          CompletionStage<Admission> verdict = bySignature(peer, signed);
          if (verdict != null) {
            return verdict;
          }
          wrong = wrong == null ? signed : wrong;
        }
        case Claim.Named named when registry.find(named.device()) != null -> {
          return registry
              .admit(peer, new Credentials.Password(named.device(), shown.password()))
              .thenApply(verdict -> spoken(verdict, named.vendor()));
        }
        case Claim.Named _ -> {
          // nobody of that name: another way may know better
        }
        case Claim.Tokened tokened -> {
          return registry
              .admit(peer, new Credentials.Token(null, tokened.token()))
              .thenApply(verdict -> spoken(verdict, tokened.vendor()));
        }
      }
    }
    boolean mayBePlain = isDevice && !registry.hasSecretAlone(userName);
    return wrong == null || mayBePlain ? null : refused(peer, wrong);
  }

  /** The verdict on a signature in the gateway's own form. */
  CompletionStage<Admission> admit(Peer peer, Credentials.Signed shown) {
    List<String> secrets = registry.secrets(shown.device());
    if (secrets.isEmpty()) {
      var _ = isSignedBy(DECOY, shown);
    }
    for (String secret : secrets) {
      if (isSignedBy(secret, shown)) {
        long offMillis = Math.abs(clock.millis() - shown.signedMillis());
        return offMillis <= shown.windowMillis()
            ? registry.proved(peer, shown.device(), secret)
            : CompletableFuture.completedStage(
                new Admission.Refused(
                    RejectReason.NOT_AUTHENTICATED,
                    "the signature is right, but its time is %d s from the gateway's clock; set the device's"
                        .formatted(offMillis / 1000)));
      }
    }
    return registry.unproved(peer, shown.device());
  }

  private static boolean isSignedBy(String secret, Credentials.Signed shown) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      return MessageDigest.isEqual(mac.doFinal(shown.message()), shown.signature());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  /** Null where the signature is not one of the device's secrets. */
  private @Nullable CompletionStage<Admission> bySignature(Peer peer, Claim.Signed claim) {
    long now = clock.millis();
    List<String> secrets = registry.secrets(claim.device());
    if (secrets.isEmpty()) {
      var _ = claim.signature().verdict(DECOY, now);
      return null;
    }
    for (String secret : secrets) {
      SignIn.Proof.Verdict verdict = claim.signature().verdict(secret, now);
      if (verdict == SignIn.Proof.Verdict.GOOD) {
        return registry
            .proved(peer, claim.device(), secret)
            .thenApply(admission -> spoken(admission, claim.vendor()));
      }
      if (verdict == SignIn.Proof.Verdict.OUTSIDE_CLOCK) {
        String fault = claim.signature().clockFault(now);
        return CompletableFuture.completedStage(
            new Admission.Refused(
                RejectReason.NOT_AUTHENTICATED,
                "the signature is right, but " + fault,
                "device %s signed rightly by %s, but %s"
                    .formatted(claim.device(), claim.vendor().dialect(), fault)));
      }
    }
    return null;
  }

  private CompletionStage<Admission> refused(Peer peer, Claim.Signed claim) {
    String why =
        registry.find(claim.device()) == null
            ? "no device %s is registered, which tried to sign in by %s"
            : registry.secrets(claim.device()).isEmpty()
                ? "device %s has no secret, which its sign-in by %s wants; add credentials.secret"
                : "the signature of device %s by %s is not that of its secret";
    return registry
        .unproved(peer, claim.device())
        .thenApply(admission ->
            admission instanceof Admission.Refused refused
                ? new Admission.Refused(
                    refused.reason(),
                    refused.detail(),
                    why.formatted(claim.device(), claim.vendor().dialect())
                        + (refused.reason() == RejectReason.QUOTA ? "; " + refused.detail() : ""))
                : admission);
  }

  private static Admission spoken(Admission verdict, Admission.Vendor vendor) {
    return verdict instanceof Admission.Admitted admitted
        ? new Admission.Admitted(admitted.device(), admitted.grant(), vendor)
        : verdict;
  }
}
