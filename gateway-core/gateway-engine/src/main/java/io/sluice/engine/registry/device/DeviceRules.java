package io.sluice.engine.registry.device;

import io.sluice.api.operator.DeviceDirectory.CredentialSpec;
import io.sluice.api.operator.DeviceDirectory.DeviceSpec;
import io.sluice.api.operator.DeviceDirectory.PskSpec;
import io.sluice.api.tls.PemFiles;
import io.sluice.api.tls.SubjectName;
import io.sluice.engine.config.NearestKey;
import io.sluice.engine.normalize.TimeSettings;
import io.sluice.engine.registry.credential.Authorities;
import io.sluice.engine.registry.credential.CertificateNames;
import io.sluice.engine.registry.credential.Digests;
import java.nio.charset.StandardCharsets;
import java.security.spec.InvalidKeySpecException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** What a device's fields must fulfil by themselves, whoever registers it. Pure. */
public final class DeviceRules {
  static final int MIN_TOKEN_CHARS = 16;
  static final int MIN_DEVICE_SECRET_CHARS = 8;
  static final int MAX_SECRET_BYTES = 512;
  static final int MAX_NAME_CHARS = 64;
  private static final int MAX_NAMED = 20;
  static final int MIN_PSK_BYTES = 8;
  static final int MAX_PSK_BYTES = 64;
  static final Duration MIN_INTERVAL = Duration.ofMillis(10);
  static final Duration MAX_INTERVAL = Duration.ofDays(366);

  /**
   * One fault.
   *
   * @param path of the field: {@code interval}, {@code credentials.psk.key}
   * @param message what is wrong; what to do
   */
  public record Fault(String path, String message) {
    @Override
    public String toString() {
      return path + ": " + message;
    }
  }

  /**
   * What is asked of credentials that are newly given by hand; those that device files have had for
   * long stay valid, with a warning.
   *
   * @param passwordChars least length of a password, in characters
   * @param pskBytes least length of a pre-shared key
   * @param authorities names that a certificate may be bound to
   */
  public record Strictness(int passwordChars, int pskBytes, Set<String> authorities) {}

  private DeviceRules() {}

  public static List<Fault> faultsOfNew(
      DeviceSpec spec, Set<String> profiles, Strictness strictness) {
    List<Fault> faults = faults(spec, profiles);
    if (spec.credentials() != null) {
      checkNew(faults, spec.credentials(), strictness);
    }
    return faults;
  }

  public static List<Fault> faultsOfNew(CredentialSpec credentials, Strictness strictness) {
    List<Fault> faults = new ArrayList<>(0);
    checkCredentials(faults, credentials);
    checkNew(faults, credentials, strictness);
    return faults;
  }

  /** What is too weak for credentials that are newly given. */
  public static List<Fault> weaknesses(CredentialSpec credentials, Strictness strictness) {
    List<Fault> faults = new ArrayList<>(0);
    checkNew(faults, credentials, strictness);
    return faults;
  }

  private static void checkNew(
      List<Fault> faults, CredentialSpec credentials, Strictness strictness) {
    String password = credentials.password();
    if (password != null
        && password.codePointCount(0, password.length()) < strictness.passwordChars) {
      faults.add(
          new Fault(
              "credentials.password",
              "must have "
                  + strictness.passwordChars
                  + " characters or more (access.password-min-length)"));
    }
    byte[] key = credentials.psk() == null ? null : pskKey(credentials.psk());
    if (key != null && key.length >= MIN_PSK_BYTES && key.length < strictness.pskBytes) {
      faults.add(
          new Fault(
              "credentials.psk.key",
              "must have " + strictness.pskBytes + " bytes or more (access.psk-min-bytes)"));
    }
    checkAuthority(faults, credentials, strictness.authorities);
  }

  public static void checkAuthority(
      List<Fault> faults, CredentialSpec credentials, Set<String> authorities) {
    String authority = credentials.certificateAuthority();
    if (authority != null && !authorities.contains(authority)) {
      faults.add(
          new Fault(
              "credentials.certificate-authority", Authorities.unknown(authority, authorities)));
    }
  }

  public static List<Fault> faults(DeviceSpec spec, Set<String> profiles) {
    List<Fault> faults = new ArrayList<>(0);
    if (!profiles.contains(spec.profile())) {
      faults.add(new Fault("profile", unknownProfile(spec.profile(), profiles)));
    }
    checkName(faults, "sector", spec.sector());
    checkName(faults, "site", spec.site());
    checkInterval(faults, spec.interval());
    checkTimezone(faults, spec.timezone());
    if (spec.id().equals(spec.parent())) {
      faults.add(new Fault("parent", "a device cannot be its own parent; leave it out"));
    }
    if (spec.credentials() != null) {
      checkCredentials(faults, spec.credentials());
    }
    return faults;
  }

  public static String unknownProfile(String profile, Set<String> profiles) {
    TreeSet<String> known = new TreeSet<>(profiles);
    String nearest = NearestKey.of(profile, known);
    String remedy =
        nearest != null
            ? "did you mean \"" + nearest + "\"?"
            : "name one of those loaded: "
                + String.join(", ", known.stream().limit(MAX_NAMED).toList())
                + (known.size() > MAX_NAMED ? ", ..." : "");
    return "no profile \"" + profile + "\"; " + remedy;
  }

  public static void checkName(List<Fault> faults, String path, String value) {
    boolean printable = value.chars().noneMatch(Character::isISOControl);
    if (value.isBlank() || value.length() > MAX_NAME_CHARS || !printable) {
      faults.add(new Fault(path, "must be 1 to " + MAX_NAME_CHARS + " printable characters"));
    }
  }

  private static void checkInterval(List<Fault> faults, @Nullable Duration interval) {
    if (interval != null
        && (interval.compareTo(MIN_INTERVAL) < 0 || interval.compareTo(MAX_INTERVAL) > 0)) {
      faults.add(new Fault("interval", "must be 10ms to 366d, such as 10s or 5m"));
    }
  }

  private static void checkTimezone(List<Fault> faults, @Nullable String timezone) {
    if (timezone != null && !TimeSettings.isZone(timezone)) {
      faults.add(new Fault("timezone", TimeSettings.unknown(timezone)));
    }
  }

  private static void checkCredentials(List<Fault> faults, CredentialSpec credentials) {
    String password = credentials.password();
    if (password != null && (password.isEmpty() || tooLong(password))) {
      faults.add(new Fault("credentials.password", "must be 1 to 512 bytes"));
    }
    String token = credentials.token();
    if (token != null && (token.length() < MIN_TOKEN_CHARS || tooLong(token))) {
      faults.add(
          new Fault(
              "credentials.token",
              "must be 16 to 512 characters: it is guarded by a fast hash, so it must be random;"
                  + " use a password for a short secret, or let the gateway issue a token"));
    }
    if (credentials.psk() != null) {
      checkPsk(faults, credentials.psk());
    }
    String certificate = credentials.certificate();
    if (certificate == null && credentials.certificateAuthority() != null) {
      faults.add(
          new Fault(
              "credentials.certificate-authority",
              "has no effect without certificate; give the subject beside it"));
    }
    if (certificate != null && canonicalSubject(certificate) == null) {
      faults.add(
          new Fault(
              "credentials.certificate",
              "is not a distinguished name; write the subject like \"CN=press-07,O=Plant A\", or an"
                  + " alternative name like DNS:press-07 or URI:urn:dev:press-07"));
    }
    String secret = credentials.secret();
    if (secret != null && (secret.length() < MIN_DEVICE_SECRET_CHARS || tooLong(secret))) {
      faults.add(
          new Fault(
              "credentials.secret",
              "must be 8 to 512 characters; write the device secret as the vendor's console gave"
                  + " it"));
    }
    if (credentials.publicKey() != null && publicKey(credentials.publicKey()) == null) {
      faults.add(
          new Fault(
              "credentials.public-key",
              "is no public key; write it as openssl pkey -pubout does, in PEM or its Base64"));
    }
  }

  /**
   * SHA-256 of a raw public key, in hex; null where the text is none.
   *
   * @param text SubjectPublicKeyInfo in Base64, with or without the lines of PEM around it
   */
  static @Nullable String publicKey(String text) {
    String base64 = text.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    try {
      byte[] spki = Base64.getDecoder().decode(base64);
      PemFiles.publicKey(spki);
      return Digests.sha256Hex(spki);
    } catch (IllegalArgumentException | InvalidKeySpecException e) {
      return null;
    }
  }

  private static boolean tooLong(String secret) {
    return secret.getBytes(StandardCharsets.UTF_8).length > MAX_SECRET_BYTES;
  }

  private static void checkPsk(List<Fault> faults, PskSpec psk) {
    if (psk.identity().isEmpty() || psk.identity().length() > 128) {
      faults.add(new Fault("credentials.psk.identity", "must be 1 to 128 characters"));
    }
    byte[] key = pskKey(psk);
    if (key == null || key.length < MIN_PSK_BYTES || key.length > MAX_PSK_BYTES) {
      faults.add(
          new Fault("credentials.psk.key", "must be 16 to 128 hexadecimal digits (8 to 64 bytes)"));
    }
  }

  /** The key's bytes, null where it is no hexadecimal. */
  static byte @Nullable [] pskKey(PskSpec psk) {
    try {
      return HexFormat.of().parseHex(psk.keyHex());
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /**
   * The name in a certificate so that equal names are equal strings; null where it is none.
   *
   * @param subject a distinguished name, or one alternative name: {@code DNS:press-07}, {@code
   *     URI:urn:dev:press-07}, {@code email:press@plant.example}
   */
  public static @Nullable String canonicalSubject(String subject) {
    if (subject.matches("(?i)(dns|uri|email):\\S+")) {
      return CertificateNames.alternative(subject);
    }
    try {
      return SubjectName.canonical(new X500Principal(subject));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
