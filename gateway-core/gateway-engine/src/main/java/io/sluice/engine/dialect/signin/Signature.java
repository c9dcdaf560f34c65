package io.sluice.engine.dialect.signin;

import io.sluice.api.dialect.SignIn;
import io.sluice.engine.dialect.form.Template;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** A signature as a peer showed it. Immutable; shows nothing of it by {@link #toString}. */
public final class Signature implements SignIn.Proof {
  private final Hmac hmac;
  private final Template.Values values;
  private final byte[] shown;
  private final String algorithm;
  private final @Nullable ClockWindow window;

  private Signature(
      Hmac hmac,
      Template.Values values,
      byte[] shown,
      String algorithm,
      @Nullable ClockWindow window) {
    this.hmac = hmac;
    this.values = values;
    this.shown = shown;
    this.algorithm = algorithm;
    this.window = window;
  }

  /** The templates of one way to sign. Immutable. */
  record Hmac(
      Template message,
      Template key,
      SignInFile.SecretForm secret,
      Template hash,
      Template signature,
      SignInFile.SignatureForm encoding) {
    static Hmac of(SignInFile.Hmac file) {
      return new Hmac(
          Template.withOptions(file.message()),
          Template.of(file.key()),
          file.secret(),
          Template.of(file.hash()),
          Template.of(file.signature()),
          file.encoding());
    }
  }

  /** Null where what was shown cannot be a signature of this kind. */
  static @Nullable Signature of(Hmac hmac, Template.Values values, @Nullable ClockWindow window) {
    String hash = hmac.hash.fill(values);
    String text = hmac.signature.fill(values);
    String algorithm = hash == null ? null : algorithm(hash);
    byte[] shown = text == null ? null : bytes(text, hmac.encoding);
    return algorithm == null || shown == null
        ? null
        : new Signature(hmac, values, shown, algorithm, window);
  }

  private static @Nullable String algorithm(String hash) {
    return switch (hash.toLowerCase(Locale.ROOT).replace("-", "").replace("hmac", "")) {
      case "md5" -> "HmacMD5";
      case "sha1" -> "HmacSHA1";
      case "sha256" -> "HmacSHA256";
      default -> null;
    };
  }

  /** Hexadecimal digits count without regard to case. */
  private static byte @Nullable [] bytes(String text, SignInFile.SignatureForm form) {
    try {
      return form == SignInFile.SignatureForm.HEX
          ? HexFormat.of().parseHex(text)
          : Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  @Override
  public Verdict verdict(String secret, long nowMillis) {
    byte[] own = made(secret);
    if (own == null || !MessageDigest.isEqual(own, shown)) {
      return Verdict.WRONG;
    }
    return window == null || window.holds(nowMillis) ? Verdict.GOOD : Verdict.OUTSIDE_CLOCK;
  }

  @Override
  public String clockFault(long nowMillis) {
    return window == null ? "" : window.fault(nowMillis);
  }

  /** Null where the secret is not of the form that the vendor's are. */
  private byte @Nullable [] made(String secret) {
    Template.Values withSecret =
        (name, modifier) -> name.equals("secret") ? secret : values.of(name, modifier);
    String message = hmac.message.fill(withSecret);
    byte[] key = key(secret, withSecret);
    if (message == null || key == null || key.length == 0) {
      return null;
    }
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key, algorithm));
      return mac.doFinal(message.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }

  private byte @Nullable [] key(String secret, Template.Values withSecret) {
    if (hmac.secret == SignInFile.SecretForm.BASE64) {
      try {
        return Base64.getDecoder().decode(secret);
      } catch (IllegalArgumentException _) {
        return null;
      }
    }
    String key = hmac.key.fill(withSecret);
    return key == null ? null : key.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "Signature[" + algorithm + "]";
  }
}
