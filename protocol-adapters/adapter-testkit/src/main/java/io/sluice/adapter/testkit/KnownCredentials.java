package io.sluice.adapter.testkit;

import io.sluice.api.DeviceId;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Credentials;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Whom a {@link RecordingGateway} was told, and its verdicts on what they show. Thread-safe. */
final class KnownCredentials {
  /** Device → password. */
  final Map<String, String> passwords = new ConcurrentHashMap<>();

  /** Identity → key. */
  final Map<String, byte[]> pskKeys = new ConcurrentHashMap<>();

  /** SubjectPublicKeyInfo in hex → device. */
  final Map<String, String> publicKeys = new ConcurrentHashMap<>();

  /** Consumers, by the common name of their certificate. */
  final Set<String> consumers = ConcurrentHashMap.newKeySet();

  /**
   * The verdict on credentials.
   *
   * @param anonymous whether a name alone is let in
   * @param admitted the verdict on a device that is let in
   */
  Admission judge(
      Credentials credentials, boolean anonymous, Function<String, Admission> admitted) {
    return switch (credentials) {
      case Credentials.Password p when p.password() != null && matches(p) ->
          admitted.apply(p.userName());
      case Credentials.Token t
          when t.device() != null && t.token().equals(passwords.get(t.device())) ->
          admitted.apply(t.device());
      case Credentials.Password _, Credentials.Token _ ->
          new Admission.Refused(RejectReason.NOT_AUTHENTICATED, "unknown device or wrong password");
      case Credentials.Anonymous(String claimed) when anonymous ->
          claimed == null
              ? Admission.NAMELESS
              : DeviceId.isValid(claimed) ? admitted.apply(claimed) : Admission.NO_NAME;
      case Credentials.Certificate certificate
          when consumers.contains(commonName(certificate.chain().getFirst())) ->
          new Admission.Consumer(commonName(certificate.chain().getFirst()), List.of("records/#"));
      case Credentials.Certificate certificate
          when passwords.containsKey(commonName(certificate.chain().getFirst())) ->
          admitted.apply(commonName(certificate.chain().getFirst()));
      case Credentials.RawPublicKey key
          when publicKeys.containsKey(HexFormat.of().formatHex(key.subjectPublicKeyInfo())) ->
          admitted.apply(
              Objects.requireNonNull(
                  publicKeys.get(HexFormat.of().formatHex(key.subjectPublicKeyInfo()))));
      case Credentials.PskIdentity psk when pskKeys.containsKey(psk.identity()) ->
          admitted.apply(psk.identity());
      case Credentials.Signed signed when isSignedBy(passwords.get(signed.device()), signed) ->
          admitted.apply(signed.device());
      case Credentials.Signed _,
          Credentials.PskIdentity _,
          Credentials.Certificate _,
          Credentials.RawPublicKey _,
          Credentials.Anonymous _ ->
          new Admission.Refused(RejectReason.NOT_AUTHENTICATED, "give a user name and a password");
    };
  }

  private static boolean isSignedBy(@Nullable String secret, Credentials.Signed signed) {
    if (secret == null) {
      return false;
    }
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return Arrays.equals(mac.doFinal(signed.message()), signed.signature());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  /** The subject's common name alone: {@code CN=d1}. */
  private static String commonName(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().getName().replaceAll("^CN=([^,]*).*", "$1");
  }

  private boolean matches(Credentials.Password given) {
    byte[] password = given.password();
    return password != null
        && new String(password, StandardCharsets.UTF_8).equals(passwords.get(given.userName()));
  }
}
