package io.sluice.spool.segment;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts the bodies of one segment by AES-256-GCM (NIST SP 800-38D). The nonce is the record's
 * sequence: under a segment's key each sequence is written once, since a segment that was begun
 * anew, be it after a failed write, has another generation and so another key. That of definitions
 * is their place, of which each is given once, too, behind other first bytes. A segment holds far
 * fewer than the 2^32 records that one key may encrypt. The time of receipt is authenticated with
 * the body; a record moved to another place or segment does not decrypt. Of one thread.
 */
public final class SegmentCipher {
  /** What a body grows by: the tag. */
  public static final int OVERHEAD_BYTES = 16;

  private static final int TAG_BITS = 128;
  private static final int NONCE_BYTES = 12;

  // What the nonce numbers: its first four bytes.
  private static final int RECORDS = 0;
  private static final int DEFINITIONS = 1;

  private final SecretKeySpec key;
  private final Cipher cipher;
  private final byte[] nonce = new byte[NONCE_BYTES];
  private final byte[] received = new byte[Long.BYTES];

  public SegmentCipher(byte[] key) {
    this.key = new SecretKeySpec(key, "AES");
    try {
      this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES/GCM", e);
    }
  }

  private void init(int mode, int domain, long sequence, long receivedMicros)
      throws GeneralSecurityException {
    ByteBuffer.wrap(nonce).putInt(0, domain).putLong(NONCE_BYTES - Long.BYTES, sequence);
    ByteBuffer.wrap(received).putLong(receivedMicros);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(received);
  }

  /** Puts the encrypted body and its tag at the buffer's position. */
  void encrypt(byte[] body, ByteBuffer out, long sequence, long receivedMicros) {
    encrypt(body, out, RECORDS, sequence, receivedMicros);
  }

  /** The same for definitions of terms. */
  void encryptDefinitions(byte[] body, ByteBuffer out, long place) {
    encrypt(body, out, DEFINITIONS, place, place);
  }

  private void encrypt(byte[] body, ByteBuffer out, int domain, long number, long receivedMicros) {
    try {
      init(Cipher.ENCRYPT_MODE, domain, number, receivedMicros);
      cipher.doFinal(ByteBuffer.wrap(body), out);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a new nonce and room for the tag are there", e);
    }
  }

  /** Decrypts in place; false where the bytes are not what was written there. */
  boolean decrypt(byte[] bytes, int offset, int length, long sequence, long receivedMicros) {
    return decrypt(bytes, offset, length, RECORDS, sequence, receivedMicros);
  }

  /** The same for definitions of terms. */
  boolean decryptDefinitions(byte[] bytes, long place) {
    return decrypt(bytes, 0, bytes.length, DEFINITIONS, place, place);
  }

  private boolean decrypt(
      byte[] bytes, int offset, int length, int domain, long number, long receivedMicros) {
    if (length <= OVERHEAD_BYTES) {
      return false;
    }
    try {
      init(Cipher.DECRYPT_MODE, domain, number, receivedMicros);
      cipher.doFinal(bytes, offset, length, bytes, offset);
      return true;
    } catch (AEADBadTagException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the plain text is shorter than what it was made of", e);
    }
  }
}
