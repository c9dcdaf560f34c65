package io.sluice.engine.dialect.signin;

import io.sluice.api.config.Option;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One way to sign in, as a dialect's file says it. Immutable. */
public record SignInFile(
    @Option(
            doc =
                "Form of the client id: text and {names}; {device} is the device. Without it any"
                    + " will do.")
        @Nullable String clientId,
    @Option(doc = "Form of the user name.") @Nullable String user,
    @Option(doc = "Form of the password, where something of it has a name.")
        @Nullable String password,
    @Option(doc = "Name whose text is a list of key=value pairs; each key becomes a name.")
        @Nullable String pairs,
    @Option(doc = "What stands between two pairs.", def = "&") String between,
    @Option(doc = "Device id, where it is not the {device} of a form.", def = "{device}")
        String device,
    @Option(doc = "The token that names the device, made of the names; nothing else is checked.")
        @Nullable String token,
    @Option(
            doc =
                "The signature that the device's secret must give. Without it and without token:"
                    + " the password is the device's password or token.")
        @Nullable Hmac hmac,
    @Option(doc = "Bounds of the time that was signed. Without it any time will do.")
        @Nullable Clock clock) {
  /** What is signed, and how. */
  public record Hmac(
      @Option(
              doc = "What is signed; {secret}, {client-id}, {user} and the names, [..] optional.",
              required = true)
          String message,
      @Option(doc = "Key of the signature.", def = "{secret}") String key,
      @Option(doc = "How the device's secret is written.", def = "text") SecretForm secret,
      @Option(doc = "Hash: md5, sha1 or sha256, with or without hmac before it.", def = "sha256")
          String hash,
      @Option(doc = "The signature that came.", def = "{password}") String signature,
      @Option(doc = "How the signature is written.", def = "hex") SignatureForm encoding) {}

  /** Forms of a secret. */
  public enum SecretForm {
    TEXT,
    BASE64
  }

  /** Forms of a signature. */
  public enum SignatureForm {
    HEX,
    BASE64
  }

  /** The time that was signed. */
  public record Clock(
      @Option(doc = "When it was signed.") @Nullable String stamp,
      @Option(
              doc = "Form of the stamp: seconds, millis, or a pattern such as yyyyMMddHH (UTC).",
              def = "seconds")
          String format,
      @Option(doc = "How far the stamp may be from now.", def = "1h", min = 1_000) Duration within,
      @Option(doc = "Until when it holds, in seconds since 1970.") @Nullable String expires) {}
}
