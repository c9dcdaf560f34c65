package io.sluice.engine.audit;

import io.sluice.api.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What the lines are chained by: SHA-256, or HMAC-SHA-256 (RFC 2104) where there is a key. Not
 * thread-safe.
 */
final class AuditHash {
  /** Digits of a hash. */
  static final int DIGITS = 64;

  /** What the very first line follows. */
  static final String NONE = "0".repeat(DIGITS);

  /** Digits of a key's name. */
  static final int KEY_NAME_DIGITS = 8;

  private static final String ALGORITHM = "HmacSHA256";
  private static final byte[] NAMED = "sluice audit key".getBytes(StandardCharsets.US_ASCII);

  private final @Nullable MessageDigest digest;
  private final @Nullable Mac mac;
  private final @Nullable String keyName;

  private AuditHash(@Nullable MessageDigest digest, @Nullable Mac mac) {
    this.digest = digest;
    this.mac = mac;
    this.keyName =
        mac == null ? null : HexFormat.of().formatHex(mac.doFinal(NAMED), 0, KEY_NAME_DIGITS / 2);
  }

  /**
   * @param key null for SHA-256
   */
  static AuditHash of(@Nullable Secret key) {
    try {
      if (key == null) {
        return new AuditHash(MessageDigest.getInstance("SHA-256"), null);
      }
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key.value().getBytes(StandardCharsets.UTF_8), ALGORITHM));
      return new AuditHash(null, mac);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256 and its HMAC", e);
    }
  }

  /** A name for the key that tells it from others and does not give it away; null without a key. */
  @Nullable String keyName() {
    return keyName;
  }

  /** The hash in lower-case hexadecimal digits. */
  String hex(byte[] bytes, int offset, int length) {
    byte[] hash;
    if (mac != null) {
      mac.update(bytes, offset, length);
      hash = mac.doFinal();
    } else {
      MessageDigest used = Objects.requireNonNull(digest);
      used.update(bytes, offset, length);
      hash = used.digest();
    }
    return HexFormat.of().formatHex(hash);
  }
}
