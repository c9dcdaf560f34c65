package io.sluice.store.postgres;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts what the fleet's store keeps and must not know: pre-shared keys and device secrets.
 * AES-256-GCM (NIST SP 800-38D) with a nonce of 96 random bits each time; the device and the field
 * are authenticated with it, so that what is encrypted for one cannot be put in the place of
 * another. Thread-safe.
 *
 * <p>Of an encrypted value the first byte is the format's number, 1; four bytes tell the key, as
 * the first of its SHA-256; then nonce, ciphertext and tag.
 */
final class CredentialCipher {
  private static final byte FORMAT = 1;
  private static final int MARK_BYTES = 4;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int HEAD_BYTES = 1 + MARK_BYTES + NONCE_BYTES;

  private final SecureRandom random = new SecureRandom();
  private final SecretKeySpec key;
  private final byte[] mark;

  private CredentialCipher(byte[] key) {
    this.key = new SecretKeySpec(key, "AES");
    try {
      this.mark = Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(key), MARK_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * With a key of 64 hexadecimal digits.
   *
   * @throws IllegalArgumentException where it is not one
   */
  static CredentialCipher of(String hex) {
    return new CredentialCipher(HexFormat.of().parseHex(hex.strip()));
  }

  byte[] encrypt(byte[] plain, String device, String field) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, device, field).doFinal(plain);
      byte[] all = new byte[HEAD_BYTES + sealed.length];
      all[0] = FORMAT;
      System.arraycopy(mark, 0, all, 1, MARK_BYTES);
      System.arraycopy(nonce, 0, all, 1 + MARK_BYTES, NONCE_BYTES);
      System.arraycopy(sealed, 0, all, HEAD_BYTES, sealed.length);
      return all;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-GCM", e);
    }
  }

  /** Null where it was encrypted with another key, or is not what was encrypted. */
  byte @Nullable [] decrypt(byte[] sealed, String device, String field) {
    if (sealed.length < HEAD_BYTES
        || sealed[0] != FORMAT
        || !Arrays.equals(mark, 0, MARK_BYTES, sealed, 1, 1 + MARK_BYTES)) {
      return null;
    }
    byte[] nonce = Arrays.copyOfRange(sealed, 1 + MARK_BYTES, HEAD_BYTES);
    try {
      return cipher(Cipher.DECRYPT_MODE, nonce, device, field)
          .doFinal(sealed, HEAD_BYTES, sealed.length - HEAD_BYTES);
    } catch (GeneralSecurityException e) {
      return null; // another's, or changed: the caller tells which device it is
    }
  }

  private Cipher cipher(int mode, byte[] nonce, String device, String field)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD((field + '\0' + device).getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
