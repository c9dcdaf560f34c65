package io.sluice.api.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.PKIXRevocationChecker.Option;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An OCSP response (RFC 6960) about the own certificate, to be stapled. Only its own bytes, and
 * only what a client would take, is ever sent. Immutable.
 */
public final class OcspResponse {
  /** The OID id-pkix-ocsp-basic, RFC 6960 section 4.2.1. */
  private static final byte[] BASIC = HexFormat.of().parseHex("2b0601050507300101");

  /** Hash algorithms of a CertID by their OID's bytes. */
  private static final Map<String, String> HASHES =
      Map.of(
          "2b0e03021a", "SHA-1",
          "608648016503040201", "SHA-256",
          "608648016503040202", "SHA-384",
          "608648016503040203", "SHA-512");

  private static final int CONTEXT_0 = 0xA0;
  private static final int GOOD = 0x80;

  /** A clock may be that much behind the responder's. */
  private static final Duration SKEW = Duration.ofMinutes(5);

  private static final int MAX_BYTES = 64 << 10;

  /** What is said of one certificate. */
  private record Single(
      String hash,
      byte[] issuerName,
      byte[] issuerKey,
      BigInteger serial,
      boolean isGood,
      Instant begin,
      @Nullable Instant end) {}

  private final byte[] encoded;
  private final @Nullable Single about;
  private final @Nullable String fault;

  private OcspResponse(byte[] encoded, @Nullable Single about, @Nullable String fault) {
    this.encoded = encoded;
    this.about = about;
    this.fault = fault;
  }

  /**
   * Reads a response and looks for what it says about a certificate.
   *
   * @param chain own certificate first
   * @throws IOException where the file holds no OCSP response; the message names it
   */
  static OcspResponse read(Path file, List<X509Certificate> chain) throws IOException {
    byte[] encoded;
    try {
      long size = Files.size(file);
      if (size > MAX_BYTES) {
        throw new IOException(file + " is too large for an OCSP response; give one in DER form");
      }
      encoded = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no " + file + "; make it, or mend the path", e);
    }
    try {
      return of(encoded, chain);
    } catch (IOException e) {
      throw new IOException(
          "%s holds no OCSP response in DER form (%s); write it by: openssl ocsp ... -respout FILE"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private static OcspResponse of(byte[] encoded, List<X509Certificate> chain) throws IOException {
    List<Der> response = Der.only(encoded).sequence(1);
    int status = response.getFirst().expect(Der.ENUMERATED).integer().intValue();
    if (status != 0) {
      return new OcspResponse(
          encoded, null, "the responder refused to answer (status " + status + ")");
    }
    if (response.size() < 2) {
      throw new IOException("no response bytes");
    }
    List<Der> typed = Der.only(response.get(1).expect(CONTEXT_0).content()).sequence(2);
    if (!Arrays.equals(typed.getFirst().content(), BASIC)) {
      throw new IOException("not of the basic type");
    }
    List<Der> basic = Der.only(typed.get(1).expect(Der.OCTETS).content()).sequence(3);
    List<Der> data = basic.getFirst().sequence(3);
    int version = data.getFirst().tag() == CONTEXT_0 ? 1 : 0;
    if (data.size() < version + 3) {
      throw new IOException("too short");
    }
    for (Der single : data.get(version + 2).sequence(1)) {
      Single about = single(single);
      if (isAbout(about, chain)) {
        return new OcspResponse(encoded, about, fault(encoded, about, chain));
      }
    }
    return new OcspResponse(encoded, null, "it is about another certificate");
  }

  private static Single single(Der element) throws IOException {
    List<Der> parts = element.sequence(3);
    List<Der> id = parts.getFirst().sequence(4);
    String algorithm = HexFormat.of().formatHex(id.getFirst().sequence(1).getFirst().content());
    Instant end =
        parts.size() > 3 && parts.get(3).tag() == CONTEXT_0
            ? Der.only(parts.get(3).content()).time()
            : null;
    return new Single(
        HASHES.getOrDefault(algorithm, algorithm),
        id.get(1).content(),
        id.get(2).content(),
        id.get(3).integer(),
        parts.get(1).tag() == GOOD,
        parts.get(2).time(),
        end);
  }

  /** Its serial number and issuer; the issuer's key where its certificate is in the chain. */
  private static boolean isAbout(Single single, List<X509Certificate> chain) {
    X509Certificate own = chain.getFirst();
    if (!own.getSerialNumber().equals(single.serial())) {
      return false;
    }
    try {
      MessageDigest digest = MessageDigest.getInstance(single.hash());
      return Arrays.equals(
          single.issuerName(), digest.digest(own.getIssuerX500Principal().getEncoded()));
    } catch (GeneralSecurityException e) {
      return false; // a hash that no client would know either
    }
  }

  private static @Nullable String fault(
      byte[] encoded, Single single, List<X509Certificate> chain) {
    if (!single.isGood()) {
      return "it says that the certificate is revoked or unknown";
    }
    boolean isIssuerThere =
        chain.size() > 1
            && chain
                .get(1)
                .getSubjectX500Principal()
                .equals(chain.getFirst().getIssuerX500Principal());
    Instant now = Instant.now();
    boolean isInTime = single.end() == null || single.end().isAfter(now);
    return isIssuerThere && isInTime ? signatureFault(encoded, single, chain) : null;
  }

  /** By the JDK, which also takes a responder that the issuer has delegated (RFC 6960 4.2.2.2). */
  private static @Nullable String signatureFault(
      byte[] encoded, Single single, List<X509Certificate> chain) {
    try {
      CertPathValidator validator = CertPathValidator.getInstance("PKIX");
      PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
      checker.setOptions(EnumSet.of(Option.ONLY_END_ENTITY, Option.NO_FALLBACK));
      checker.setOcspResponses(Map.of(chain.getFirst(), encoded));
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(chain.get(1), null)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(single.begin())); // whether it has ended is another question
      parameters.addCertPathChecker(checker);
      validator.validate(
          CertificateFactory.getInstance("X.509").generateCertPath(List.of(chain.getFirst())),
          parameters);
      return null;
    } catch (GeneralSecurityException e) {
      return "its signature is not the issuer's (" + e.getMessage() + ")";
    }
  }

  /** Why it is not stapled at this moment; null where it is. */
  public @Nullable String fault(Instant now) {
    if (about == null || fault != null) {
      return fault;
    }
    if (about.begin().isAfter(now.plus(SKEW))) {
      return "it begins in the future, on " + about.begin();
    }
    return about.end() != null && !about.end().isAfter(now) ? "it ended on " + about.end() : null;
  }

  /** What is stapled; null where a client would not take it at this moment. */
  public byte @Nullable [] staple(Instant now) {
    return fault(now) == null ? encoded.clone() : null;
  }
}
