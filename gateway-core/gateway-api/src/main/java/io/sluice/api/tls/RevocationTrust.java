package io.sluice.api.tls;

import java.net.Socket;
import java.security.cert.CRLReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateRevokedException;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trust in the paths that another finds, but for certificates that a revocation list names. The
 * JDK's own check passes over lists that have ended. Thread-safe.
 */
final class RevocationTrust extends X509ExtendedTrustManager {
  private final X509ExtendedTrustManager paths;
  private final RevocationLists revocations;

  RevocationTrust(X509ExtendedTrustManager paths, RevocationLists revocations) {
    this.paths = paths;
    this.revocations = revocations;
  }

  @SuppressWarnings("JavaUtilDate") // the exception's own
  private void check(X509Certificate[] chain) throws CertificateException {
    X509Certificate revoked = revocations.revoked(List.of(chain));
    if (revoked != null) {
      throw new CertificateException(
          "the certificate " + revoked.getSubjectX500Principal().getName() + " has been revoked",
          new CertificateRevokedException(
              new Date(0), CRLReason.UNSPECIFIED, revoked.getIssuerX500Principal(), Map.of()));
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    paths.checkClientTrusted(chain, type);
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    paths.checkClientTrusted(chain, type, socket);
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    paths.checkClientTrusted(chain, type, engine);
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    paths.checkServerTrusted(chain, type);
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    paths.checkServerTrusted(chain, type, socket);
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    paths.checkServerTrusted(chain, type, engine);
    check(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return paths.getAcceptedIssuers();
  }
}
