package io.sluice.adapter.netty;

import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.internal.tcnative.CertificateVerifier;
import java.net.Socket;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateRevokedException;
import java.security.cert.PKIXReason;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Says why a client's certificate is refused in OpenSSL's codes, of which it makes the alert (RFC
 * 8446 section 6.2); without them every refusal is an internal_error.
 */
final class TlsAlerts extends X509ExtendedTrustManager {
  private static final int MAX_CAUSES = 8;

  private final X509ExtendedTrustManager trust;

  private TlsAlerts(X509ExtendedTrustManager trust) {
    this.trust = trust;
  }

  static X509TrustManager of(X509TrustManager trust) {
    return trust instanceof X509ExtendedTrustManager extended ? new TlsAlerts(extended) : trust;
  }

  private static CertificateException withCode(CertificateException refusal) {
    return new OpenSslCertificateException(refusal.getMessage(), refusal, code(refusal));
  }

  static int code(CertificateException refusal) {
    Throwable cause = refusal;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      int code = codeOf(cause);
      if (code != CertificateVerifier.X509_V_OK) {
        return code;
      }
      cause = cause.getCause();
    }
    String text = String.valueOf(refusal.getMessage());
    return text.contains("usage")
        ? CertificateVerifier.X509_V_ERR_INVALID_PURPOSE
        : CertificateVerifier.X509_V_ERR_CERT_REJECTED;
  }

  private static int codeOf(Throwable cause) {
    return switch (cause) {
      case CertificateRevokedException _ -> CertificateVerifier.X509_V_ERR_CERT_REVOKED;
      case CertificateExpiredException _ -> CertificateVerifier.X509_V_ERR_CERT_HAS_EXPIRED;
      case CertificateNotYetValidException _ -> CertificateVerifier.X509_V_ERR_CERT_NOT_YET_VALID;
      case CertPathValidatorException path -> codeOf(path.getReason());
      case CertPathBuilderException builder when builder.getCause() == null ->
          CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
      default -> CertificateVerifier.X509_V_OK;
    };
  }

  private static int codeOf(CertPathValidatorException.Reason reason) {
    return switch (reason) {
      case BasicReason.REVOKED -> CertificateVerifier.X509_V_ERR_CERT_REVOKED;
      case BasicReason.UNDETERMINED_REVOCATION_STATUS ->
          CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_CRL;
      case BasicReason.EXPIRED -> CertificateVerifier.X509_V_ERR_CERT_HAS_EXPIRED;
      case PKIXReason.NO_TRUST_ANCHOR ->
          CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
      case PKIXReason.NOT_CA_CERT -> CertificateVerifier.X509_V_ERR_INVALID_CA;
      case PKIXReason.PATH_TOO_LONG -> CertificateVerifier.X509_V_ERR_PATH_LENGTH_EXCEEDED;
      default -> CertificateVerifier.X509_V_OK;
    };
  }

  /** One of the trust manager's six questions. */
  private interface Check {
    void run() throws CertificateException;
  }

  private static void checked(Check check) throws CertificateException {
    try {
      check.run();
    } catch (CertificateException e) {
      throw withCode(e);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    checked(() -> trust.checkClientTrusted(chain, type));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    checked(() -> trust.checkClientTrusted(chain, type, socket));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    checked(() -> trust.checkClientTrusted(chain, type, engine));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    checked(() -> trust.checkServerTrusted(chain, type));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    checked(() -> trust.checkServerTrusted(chain, type, socket));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    checked(() -> trust.checkServerTrusted(chain, type, engine));
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return trust.getAcceptedIssuers();
  }
}
