package io.sluice.engine.registry.credential;

import com.password4j.Argon2Function;
import com.password4j.Password;
import com.password4j.types.Argon2;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * The slow hash of passwords: Argon2id (RFC 9106), stored with its parameters and salt, so that
 * stronger ones can come later. The parameters are what a gateway can pay when a fleet reconnects:
 * a few milliseconds and 2 MiB a check. Thread-safe.
 *
 * <p>Beside it a quick keyed digest that lives in memory only, under a key that dies with the
 * process.
 */
public final class PasswordHasher {
  static final int MEMORY_KIB = 2_048;
  static final int ITERATIONS = 1;
  private static final int HASH_BYTES = 32;
  private static final int SALT_BYTES = 16;
  private static final String QUICK = "hmac$";

  private final byte[] processKey = new byte[32];
  private final String decoy;

  public PasswordHasher(SecureRandom random) {
    random.nextBytes(processKey);
    this.decoy =
        "$argon2id$v=19$m=%d,t=%d,p=1$%s$%s"
            .formatted(
                MEMORY_KIB,
                ITERATIONS,
                randomText(random, SALT_BYTES),
                randomText(random, HASH_BYTES));
  }

  private static String randomText(SecureRandom random, int bytes) {
    byte[] bits = new byte[bytes];
    random.nextBytes(bits);
    return Base64.getEncoder().withoutPadding().encodeToString(bits);
  }

  public String hash(byte[] password) {
    Argon2Function function =
        Argon2Function.getInstance(MEMORY_KIB, ITERATIONS, 1, HASH_BYTES, Argon2.ID);
    return Password.hash(password).addRandomSalt(SALT_BYTES).with(function).getResult();
  }

  /** Takes as long as the stored hash's parameters want: milliseconds. */
  public boolean matches(byte[] password, String stored) {
    return Password.check(password, stored.getBytes(StandardCharsets.US_ASCII))
        .with(Argon2Function.getInstanceFromHash(stored));
  }

  /** A hash that no password matches, for devices that have none: checking it costs the same. */
  public String decoy() {
    return decoy;
  }

  /** Stands in for the slow hash in memory until that has been made. */
  public String quick(String id, byte[] password) {
    return QUICK + fingerprint(id, "", password);
  }

  public static boolean isQuick(String stored) {
    return stored.startsWith(QUICK);
  }

  /** Names one combination of device, stored hash and password; tells nothing about them. */
  public String fingerprint(String id, String stored, byte[] password) {
    return Digests.hmacHex(
        processKey,
        id.getBytes(StandardCharsets.UTF_8),
        stored.getBytes(StandardCharsets.UTF_8),
        password);
  }
}
