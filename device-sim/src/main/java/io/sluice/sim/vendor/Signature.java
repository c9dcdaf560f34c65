package io.sluice.sim.vendor;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signatures as vendors' devices make them. */
public final class Signature {
  private Signature() {}

  /**
   * HMAC in small hex digits.
   *
   * @param algorithm as {@link Mac} names it
   */
  public static String hex(String algorithm, byte[] key, String message) {
    return HexFormat.of().formatHex(mac(algorithm, key, message));
  }

  /** HMAC in base64, which is URL-encoded then. */
  public static String url(String algorithm, byte[] key, String message) {
    return url(Base64.getEncoder().encodeToString(mac(algorithm, key, message)));
  }

  /** Text as it stands in a URL. */
  public static String url(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  public static byte[] ofBase64(String text) {
    return Base64.getDecoder().decode(text);
  }

  private static byte[] mac(String algorithm, byte[] key, String message) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key, algorithm));
      return mac.doFinal(bytes(message));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(algorithm + " is part of every Java runtime", e);
    }
  }
}
