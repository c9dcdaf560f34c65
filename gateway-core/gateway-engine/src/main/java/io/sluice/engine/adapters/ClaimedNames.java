package io.sluice.engine.adapters;

import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Credentials;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The name that a peer gave, as the audit trail may show it. A name that nobody has may be a secret
 * in the wrong place: a token as the user name. What could be one stands there by its digest, which
 * still tells whether two are the same. Immutable.
 */
final class ClaimedNames {
  /** Tokens have at least so many characters. */
  private static final int MIN_SECRET_CHARS = 16;

  private static final int SHOWN_DIGEST_BYTES = 6;

  private final Predicate<String> known;

  /**
   * @param known whether a device or a consumer has that name
   */
  ClaimedNames(Predicate<String> known) {
    this.known = known;
  }

  /** Null where the peer gave none. */
  @Nullable String of(Credentials credentials) {
    return switch (credentials) {
      case Credentials.Password password -> shown(password.userName());
      case Credentials.Token token -> shown(token.device());
      case Credentials.PskIdentity psk -> psk.identity();
      case Credentials.Certificate certificate ->
          certificate.chain().getFirst().getSubjectX500Principal().getName();
      case Credentials.RawPublicKey _ -> "a raw public key";
      case Credentials.Signed signed -> shown(signed.device());
      case Credentials.Anonymous anonymous -> shown(anonymous.claimed());
    };
  }

  private @Nullable String shown(@Nullable String name) {
    if (name == null || name.isEmpty()) {
      return null;
    }
    boolean isNoSecret = name.length() < MIN_SECRET_CHARS && DeviceId.isValid(name);
    return isNoSecret || known.test(name) ? name : digest(name);
  }

  private static String digest(String name) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return "sha256:" + HexFormat.of().formatHex(digest, 0, SHOWN_DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
