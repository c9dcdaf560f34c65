package io.sluice.api.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the registry keeps to check a device's credentials. Immutable. Two are equal where they let
 * the same device in.
 *
 * @param passwordHash Argon2id with its parameters and salt ({@code $argon2id$...}), or {@code
 *     hmac$...} until the slow hash of a seeded password has been made (memory only)
 * @param tokenHash SHA-256 of the token, in hex
 * @param pskIdentity of the pre-shared key
 * @param pskKey the key as the handshake needs it; not to be changed
 * @param certificate subject in canonical form
 * @param certificateAuthority name of the authority that alone may give that subject; null where
 *     the entry names none
 * @param publicKey SHA-256 of the raw public key's SubjectPublicKeyInfo, in hex
 * @param secret the device secret of a vendor's sign-in, as text: a signature is made anew with it,
 *     so that it is kept readable, as {@code pskKey} is
 */
public record StoredCredentials(
    @Nullable String passwordHash,
    @Nullable String tokenHash,
    @Nullable String pskIdentity,
    byte @Nullable [] pskKey,
    @Nullable String certificate,
    @Nullable String certificateAuthority,
    @Nullable String publicKey,
    @Nullable String secret) {
  /** Stands where a password hash would: no password has it. */
  private static final String NEVER = "revoked";

  /** What a device has after a revocation: it cannot sign in, not even anonymously. */
  public static final StoredCredentials REVOKED =
      new StoredCredentials(NEVER, null, null, null, null, null, null, null);

  /** What a device has that nothing was given to. */
  public static final StoredCredentials NONE =
      new StoredCredentials(null, null, null, null, null, null, null, null);

  /** Without a device secret. */
  public StoredCredentials(
      @Nullable String passwordHash,
      @Nullable String tokenHash,
      @Nullable String pskIdentity,
      byte @Nullable [] pskKey,
      @Nullable String certificate,
      @Nullable String certificateAuthority,
      @Nullable String publicKey) {
    this(
        passwordHash,
        tokenHash,
        pskIdentity,
        pskKey,
        certificate,
        certificateAuthority,
        publicKey,
        null);
  }

  /** Whether there are none. */
  public boolean none() {
    return kinds().isEmpty();
  }

  /** The words for what there is, for operators. */
  public List<String> kinds() {
    List<String> kinds = new ArrayList<>(4);
    if (passwordHash != null) {
      kinds.add(isRevoked() ? NEVER : "password");
    }
    if (tokenHash != null) {
      kinds.add("token");
    }
    if (pskIdentity != null) {
      kinds.add("psk");
    }
    if (certificate != null) {
      kinds.add("certificate");
    }
    if (publicKey != null) {
      kinds.add("public-key");
    }
    if (secret != null) {
      kinds.add("secret");
    }
    return kinds;
  }

  /** Whether they were taken away. */
  public boolean isRevoked() {
    return NEVER.equals(passwordHash);
  }

  /** These with another password, or none. */
  public StoredCredentials withPasswordHash(@Nullable String hash) {
    return new StoredCredentials(
        hash, tokenHash, pskIdentity, pskKey, certificate, certificateAuthority, publicKey, secret);
  }

  /** These with another token, or none; a revocation ends. */
  public StoredCredentials withTokenHash(@Nullable String hash) {
    return new StoredCredentials(
        isRevoked() ? null : passwordHash,
        hash,
        pskIdentity,
        pskKey,
        certificate,
        certificateAuthority,
        publicKey,
        secret);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof StoredCredentials that
        && Objects.equals(passwordHash, that.passwordHash)
        && Objects.equals(tokenHash, that.tokenHash)
        && Objects.equals(pskIdentity, that.pskIdentity)
        && Arrays.equals(pskKey, that.pskKey)
        && Objects.equals(certificate, that.certificate)
        && Objects.equals(certificateAuthority, that.certificateAuthority)
        && Objects.equals(publicKey, that.publicKey)
        && Objects.equals(secret, that.secret);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        passwordHash, tokenHash, pskIdentity, certificate, certificateAuthority, publicKey, secret);
  }

  @Override
  public String toString() {
    return "StoredCredentials" + kinds();
  }
}
