package io.sluice.api.tls;

import io.sluice.api.config.Checked.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What the files of {@link TlsSettings} hold at one moment. Immutable; read anew to see a change.
 *
 * @param chain own certificate first, each signed by the next
 * @param clientAuthorities empty where no client certificate is asked for
 * @param revocations of the client authorities
 * @param ocspResponse about the own certificate, or null
 * @param unused certificates of the own file that are not of the chain
 */
public record TlsFiles(
    PrivateKey key,
    List<X509Certificate> chain,
    List<X509Certificate> clientAuthorities,
    RevocationLists revocations,
    @Nullable OcspResponse ocspResponse,
    List<X509Certificate> unused) {
  private static final char[] NO_PASSWORD = {};

  /** RSA keys below are broken by who can pay for it; many clients refuse them (NIST SP 800-57). */
  private static final int LEAST_RSA_BITS = 2048;

  private static final int USUAL_RSA_BITS = 4096;

  /** Bits of the curves P-256 and P-384: the JDK reads keys of no other curve of these sizes. */
  private static final Set<Integer> USUAL_CURVES = Set.of(256, 384);

  private static final int USUAL_CHAIN_BYTES = 12_000;

  /** So long before its end the operator is told of a certificate. */
  public static final Duration NOTICE = Duration.ofDays(30);

  static {
    TlsSuites.refuseRenegotiation();
  }

  /**
   * Whether every TLS library serves them, so that nothing is learnt by trying: a P-256, P-384 or
   * usual RSA key whose chain is well below what one handshake message takes (16,384 bytes a record
   * in RFC 8446 section 5.1).
   */
  boolean areServedEverywhere() {
    int chainBytes = 0;
    try {
      for (X509Certificate certificate : chain) {
        chainBytes += certificate.getEncoded().length;
      }
    } catch (CertificateEncodingException e) {
      return false; // the trial tells
    }
    return chainBytes <= USUAL_CHAIN_BYTES
        && switch (chain.getFirst().getPublicKey()) {
          case ECPublicKey ec -> USUAL_CURVES.contains(ec.getParams().getOrder().bitLength());
          case RSAPublicKey rsa ->
              rsa.getAlgorithm().equals("RSA")
                  && rsa.getModulus().bitLength() >= LEAST_RSA_BITS
                  && rsa.getModulus().bitLength() <= USUAL_RSA_BITS;
          default -> false;
        };
  }

  /** Own key and chain, and whom to trust: without revocation lists, for clients and tools. */
  public static TlsFiles of(
      PrivateKey key, List<X509Certificate> chain, List<X509Certificate> authorities) {
    return new TlsFiles(key, chain, authorities, RevocationLists.NONE, null, List.of());
  }

  /**
   * Reads them.
   *
   * @throws IOException where one cannot be read, key and certificate do not belong together, or a
   *     revocation list is not of its authority; the message names the file and the remedy
   */
  public static TlsFiles read(TlsSettings settings) throws IOException {
    PrivateKey key = PemFiles.privateKey(settings.key());
    List<X509Certificate> given = PemFiles.certificates(settings.certificate());
    List<X509Certificate> chain = chain(key, given);
    if (chain.isEmpty()) {
      throw new IOException(
          "%s is not the key of any certificate in %s; give the key that the certificate was made for"
              .formatted(settings.key(), settings.certificate()));
    }
    Path clientCa = settings.clientCa();
    Path crl = settings.crl();
    Path ocsp = settings.ocspResponse();
    List<X509Certificate> authorities =
        clientCa == null ? List.of() : PemFiles.certificates(clientCa);
    List<X509Certificate> unused = new ArrayList<>(given);
    unused.removeAll(chain);
    return new TlsFiles(
        key,
        chain,
        authorities,
        crl == null || clientCa == null
            ? RevocationLists.NONE
            : RevocationLists.read(crl, authorities, settings.crlPolicy()),
        ocsp == null ? null : OcspResponse.read(ocsp, chain),
        List.copyOf(unused));
  }

  /**
   * The certificate of a key, then each signed by the next, whatever their order in the file: TLS
   * 1.2 wants them so (RFC 5246 section 7.4.2). Empty where none is of this key.
   */
  private static List<X509Certificate> chain(PrivateKey key, List<X509Certificate> given) {
    List<X509Certificate> chain = new ArrayList<>();
    X509Certificate next =
        given.stream().filter(each -> belongTogether(key, each)).findFirst().orElse(null);
    while (next != null && !chain.contains(next)) {
      chain.add(next);
      X509Certificate last = next;
      next = given.stream().filter(each -> isSignedBy(last, each)).findFirst().orElse(null);
    }
    return List.copyOf(chain);
  }

  private static boolean isSignedBy(X509Certificate signed, X509Certificate authority) {
    if (!signed.getIssuerX500Principal().equals(authority.getSubjectX500Principal())) {
      return false;
    }
    try {
      signed.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false; // of another authority of that name
    }
  }

  private static boolean belongTogether(PrivateKey key, X509Certificate certificate) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA", "RSASSA-PSS" -> "SHA256withRSA";
          default -> key.getAlgorithm();
        };
    try {
      byte[] probe = {1, 2, 3};
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(probe);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // of another algorithm
    }
  }

  /** Adds what is wrong with the files, for {@code sluice check}. */
  static void check(TlsSettings settings, List<Problem> problems) {
    int before = problems.size();
    check("certificate", problems, () -> PemFiles.certificates(settings.certificate()));
    check("key", problems, () -> PemFiles.privateKey(settings.key()));
    Path clientCa = settings.clientCa();
    if (clientCa != null) {
      check("client-ca", problems, () -> PemFiles.certificates(clientCa));
    }
    if (problems.size() > before) {
      return;
    }
    Path crl = settings.crl();
    if (crl != null && clientCa != null) {
      check(
          "crl",
          problems,
          () -> RevocationLists.read(crl, PemFiles.certificates(clientCa), settings.crlPolicy()));
    }
    Path ocsp = settings.ocspResponse();
    if (ocsp != null) {
      check(
          "ocsp-response",
          problems,
          () -> OcspResponse.read(ocsp, PemFiles.certificates(settings.certificate())));
    }
    if (problems.size() == before) {
      check("key", problems, () -> read(settings));
    }
  }

  private interface Reading {
    Object read() throws IOException;
  }

  private static void check(String key, List<Problem> problems, Reading reading) {
    try {
      reading.read();
    } catch (IOException e) {
      problems.add(new Problem(key, String.valueOf(e.getMessage())));
    }
  }

  /** Own key and chain as a key manager factory of the JDK. */
  public KeyManagerFactory keyManagers() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("own", key, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory;
  }

  /**
   * Trust in the client authorities alone, and in nobody whom their revocation lists name. Without
   * authorities nobody is trusted; a server that is given no trust manager at all reads the 150
   * public authorities of the Java runtime, and never uses them.
   */
  public X509TrustManager trustManager() throws GeneralSecurityException, IOException {
    if (clientAuthorities.isEmpty()) {
      return new Nobody();
    }
    X509ExtendedTrustManager paths = trustManager(clientAuthorities, revocations);
    return revocations.isEmpty() ? paths : new RevocationTrust(paths, revocations);
  }

  /** What the operator has to know about the files at this moment, though they can be used. */
  public List<TlsWarning> warnings(Instant now) {
    List<TlsWarning> warnings = new ArrayList<>();
    X509Certificate own = chain.getFirst();
    for (X509Certificate certificate : chain) {
      String whose =
          certificate.equals(own) ? "the certificate " : "of the own chain, the certificate ";
      validity(whose, certificate, now).ifPresent(warnings::add);
    }
    if (own.getPublicKey() instanceof RSAKey rsa && rsa.getModulus().bitLength() < LEAST_RSA_BITS) {
      warnings.add(
          new TlsWarning(
              "the own RSA key has %d bits: clients may refuse it"
                  .formatted(rsa.getModulus().bitLength()),
              "make one of 2048 or more, or an EC key (P-256)"));
    }
    for (X509Certificate each : unused) {
      warnings.add(
          new TlsWarning(
              each.getSubjectX500Principal().getName()
                  + " stands in the own certificate's file but is not of its chain: it is not sent",
              "take it out, or give the chain in full"));
    }
    for (X509Certificate authority : clientAuthorities) {
      String name = authority.getSubjectX500Principal().getName();
      if (authority.getBasicConstraints() < 0) {
        warnings.add(
            new TlsWarning(
                name + " in client-ca is not marked as an authority (basicConstraints CA)",
                "give the certificate that has signed the clients', not one of theirs"));
      }
      validity("in client-ca, the authority ", authority, now).ifPresent(warnings::add);
    }
    warnings.addAll(revocations.warnings(now));
    String staple = ocspResponse == null ? null : ocspResponse.fault(now);
    if (staple != null) {
      warnings.add(
          new TlsWarning(
              "the OCSP response is not stapled: " + staple,
              "renew it, and mend the job that should have"));
    }
    return List.copyOf(warnings);
  }

  /**
   * Warns of a certificate that has ended, ends within {@link #NOTICE}, or has not begun.
   *
   * @param whose the sentence's beginning
   */
  public static Optional<TlsWarning> validity(
      String whose, X509Certificate certificate, Instant now) {
    Instant end = certificate.getNotAfter().toInstant();
    Instant begin = certificate.getNotBefore().toInstant();
    String name = whose + certificate.getSubjectX500Principal().getName();
    if (!end.isAfter(now)) {
      return Optional.of(
          new TlsWarning(name + " expired on " + end + ": peers refuse it", "renew it", true));
    }
    if (begin.isAfter(now)) {
      return Optional.of(
          new TlsWarning(
              name + " is valid from " + begin + " only: peers refuse it",
              "set this machine's clock right, or have the certificate made anew",
              true));
    }
    return end.isAfter(now.plus(NOTICE))
        ? Optional.empty()
        : Optional.of(new TlsWarning(name + " expires on " + end, "renew it before"));
  }

  /** When the first certificate of the own chain ends. */
  public Instant expiry() {
    return chain.stream().map(each -> each.getNotAfter().toInstant()).min(Instant::compareTo).get();
  }

  private static final class Nobody implements X509TrustManager {
    private static final X509Certificate[] NO_ISSUERS = {};

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("the listener has no client-ca");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("a listener has no servers to trust");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return NO_ISSUERS;
    }
  }

  /** Trust in these authorities alone. */
  public static X509ExtendedTrustManager trustManager(List<X509Certificate> authorities)
      throws GeneralSecurityException, IOException {
    return trustManager(authorities, RevocationLists.NONE);
  }

  private static X509ExtendedTrustManager trustManager(
      List<X509Certificate> authorities, RevocationLists revocations)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (X509Certificate authority : authorities) {
      store.setCertificateEntry("ca-" + store.size(), authority);
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    PKIXBuilderParameters parameters = new PKIXBuilderParameters(store, new X509CertSelector());
    parameters.setRevocationEnabled(false);
    revocations.addTo(parameters);
    factory.init(new CertPathTrustManagerParameters(parameters));
    return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
  }

  /** An SSL context of the JDK: of a server, or of a client that shows itself. */
  public SSLContext jdkContext() throws GeneralSecurityException, IOException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyManagers().getKeyManagers(), new X509TrustManager[] {trustManager()}, null);
    return context;
  }
}
