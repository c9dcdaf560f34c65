package io.sluice.engine.dialect.signin;

import org.jspecify.annotations.Nullable;

/** One way to sign in. Immutable, thread-safe. */
@FunctionalInterface
public interface Way {
  /** Longer client ids and user names are of no vendor's. */
  int MAX_CHARS = 1_024;

  /** Longer passwords are of no vendor's. */
  int MAX_PASSWORD_BYTES = 2_048;

  /** What the peer claims; null where it does not sign in by this way. */
  @Nullable Claim claim(@Nullable String clientId, String user, byte[] password);
}
