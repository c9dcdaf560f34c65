package io.sluice.engine.registry.credential;

import java.security.SecureRandom;
import java.util.Base64;

/** Makes tokens of 256 random bits. Thread-safe. */
public final class NewTokens {
  private static final int BYTES = 32;

  private final SecureRandom random;

  public NewTokens(SecureRandom random) {
    this.random = random;
  }

  /** In Base64 for URLs. */
  public String next() {
    byte[] bits = new byte[BYTES];
    random.nextBytes(bits);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
  }
}
