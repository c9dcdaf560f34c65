package io.sluice.spool.segment;

import io.sluice.spool.SpoolEncryption;
import io.sluice.spool.disk.SmallFile;
import io.sluice.spool.disk.SpoolFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The key of an encrypted spool. Never encrypts itself: each segment has a key of its own, made of
 * it by HMAC-SHA-256 (a KDF in the sense of NIST SP 800-108) from the segment's random generation,
 * its log and its base sequence. Immutable.
 *
 * <p>The file {@code key-check} beside the logs tells a wrong key before anything is read by it.
 */
public final class SpoolKey {
  private static final String CHECK = "key-check";
  private static final int SALT_BYTES = 16;

  private final byte[] master;

  private SpoolKey(byte[] master) {
    this.master = master;
  }

  /**
   * The key to use in a spool's directory.
   *
   * @return null where the spool is not encrypted
   * @throws IOException where it is not the key that the spool was written with
   */
  public static @Nullable SpoolKey open(
      @Nullable SpoolEncryption settings, Path directory, SpoolFiles files) throws IOException {
    byte[] master = settings == null ? null : settings.bytes();
    if (master == null) {
      return null;
    }
    SpoolKey key = new SpoolKey(master);
    Path file = directory.resolve(CHECK);
    SmallFile check = new SmallFile(file, files);
    if (files.exists(file)) {
      key.verify(file, check.read());
    } else {
      check.write(key.check());
    }
    return key;
  }

  private void verify(Path file, String text) throws IOException {
    String[] parts = text.strip().split(" ", 2);
    byte[] salt;
    byte[] check;
    try {
      salt = HexFormat.of().parseHex(parts[0]);
      check = HexFormat.of().parseHex(parts[parts.length - 1]);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "spool: " + file + " is damaged; restore it from a copy of the spool", e);
    }
    if (!MessageDigest.isEqual(check, derive("key check", salt))) {
      throw new IOException(
          "spool: spool.encryption.key is not the key that "
              + file.getParent()
              + " was written with; give that one, or move the directory aside to begin anew");
    }
  }

  private String check() {
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    HexFormat hex = HexFormat.of();
    return hex.formatHex(salt) + " " + hex.formatHex(derive("key check", salt)) + "\n";
  }

  /** The cipher of a segment; of one thread. */
  SegmentCipher cipher(SegmentFormat.Header header) {
    ByteBuffer context = ByteBuffer.allocate(4 + 8 + 8);
    context.putInt(header.log()).putLong(header.baseSequence()).putLong(header.generation());
    return new SegmentCipher(derive("segment", context.array()));
  }

  /** A code that only who has the key can make. */
  byte[] code(String label, byte[] text) {
    return derive(label, text);
  }

  private byte[] derive(String label, byte[] context) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(master, "HmacSHA256"));
      mac.update(label.getBytes(StandardCharsets.US_ASCII));
      mac.update((byte) 0);
      return mac.doFinal(context);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }
}
