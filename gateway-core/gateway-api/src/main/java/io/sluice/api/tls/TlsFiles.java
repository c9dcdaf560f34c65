package io.sluice.api.tls;

import io.sluice.api.config.Checked.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.X509CRL;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.List;
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
 * @param chain own certificate first
 * @param clientAuthorities empty where no client certificate is asked for
 * @param revoked revocation lists of the client authorities
 * @param ocspResponse to staple, or null
 */
public record TlsFiles(
    PrivateKey key,
    List<X509Certificate> chain,
    List<X509Certificate> clientAuthorities,
    List<X509CRL> revoked,
    byte @Nullable [] ocspResponse) {
  private static final char[] NO_PASSWORD = {};

  /**
   * Reads them.
   *
   * @throws IOException where one cannot be read or key and certificate do not belong together; the
   *     message names the file and the remedy
   */
  public static TlsFiles read(TlsSettings settings) throws IOException {
    List<X509Certificate> chain = PemFiles.certificates(settings.certificate());
    PrivateKey key = PemFiles.privateKey(settings.key());
    if (!belongTogether(key, chain.getFirst())) {
      throw new IOException(
          settings.key() + " is not the key of the first certificate in " + settings.certificate());
    }
    Path clientCa = settings.clientCa();
    Path crl = settings.crl();
    Path ocsp = settings.ocspResponse();
    return new TlsFiles(
        key,
        chain,
        clientCa == null ? List.of() : PemFiles.certificates(clientCa),
        crl == null ? List.of() : PemFiles.revocationLists(crl),
        ocsp == null ? null : Files.readAllBytes(ocsp));
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
    Path crl = settings.crl();
    if (crl != null) {
      check("crl", problems, () -> PemFiles.revocationLists(crl));
    }
    Path ocsp = settings.ocspResponse();
    if (ocsp != null) {
      check("ocsp-response", problems, () -> Files.readAllBytes(ocsp));
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
   * Trust in the client authorities alone, with the revocation lists where there are any: then a
   * client whose authority has no list here is let in, one that a list names is not. Without
   * authorities nobody is trusted; a server that is given no trust manager at all reads the 150
   * public authorities of the Java runtime, and never uses them.
   */
  public X509TrustManager trustManager() throws GeneralSecurityException, IOException {
    return clientAuthorities.isEmpty() ? new Nobody() : trustManager(clientAuthorities, revoked);
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
  public static X509ExtendedTrustManager trustManager(
      List<X509Certificate> authorities, List<X509CRL> revoked)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (X509Certificate authority : authorities) {
      store.setCertificateEntry("ca-" + store.size(), authority);
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    PKIXBuilderParameters parameters = new PKIXBuilderParameters(store, new X509CertSelector());
    parameters.setRevocationEnabled(false);
    if (!revoked.isEmpty()) {
      parameters.addCertStore(
          CertStore.getInstance("Collection", new CollectionCertStoreParameters(revoked)));
      PKIXRevocationChecker checker =
          (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker();
      checker.setOptions(
          EnumSet.of(
              PKIXRevocationChecker.Option.PREFER_CRLS,
              PKIXRevocationChecker.Option.NO_FALLBACK,
              PKIXRevocationChecker.Option.SOFT_FAIL));
      parameters.addCertPathChecker(checker);
    }
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
