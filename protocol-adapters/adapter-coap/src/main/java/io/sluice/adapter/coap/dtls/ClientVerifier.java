package io.sluice.adapter.coap.dtls;

import io.sluice.api.adapter.Access;
import io.sluice.api.tls.HandshakeFault;
import io.sluice.api.tls.TlsFiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertPath;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.X509TrustManager;
import javax.security.auth.x500.X500Principal;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertDescription;
import org.eclipse.californium.scandium.dtls.CertificateMessage;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.CertificateVerificationResult;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeException;
import org.eclipse.californium.scandium.dtls.HandshakeResultHandler;
import org.eclipse.californium.scandium.dtls.x509.NewAdvancedCertificateVerifier;
import org.eclipse.californium.scandium.util.ServerNames;

/**
 * Whose certificates and raw public keys are let through the handshake: those of the client
 * authorities, not revoked, and keys that the registry knows. Thread-safe.
 */
final class ClientVerifier implements NewAdvancedCertificateVerifier {
  private record Trust(X509TrustManager manager, List<X500Principal> issuers) {}

  private final Access access;
  private final List<CertificateType> types;
  private final HandshakeFailures failures;
  private volatile Trust trust;

  ClientVerifier(
      Access access, TlsFiles files, List<CertificateType> types, HandshakeFailures failures)
      throws IOException {
    this.access = access;
    this.failures = failures;
    this.types = types;
    this.trust = trust(files);
  }

  private static Trust trust(TlsFiles files) throws IOException {
    try {
      return new Trust(
          files.trustManager(),
          files.clientAuthorities().stream()
              .map(X509Certificate::getSubjectX500Principal)
              .toList());
    } catch (GeneralSecurityException e) {
      throw new IOException("the client authorities cannot be used: " + e.getMessage(), e);
    }
  }

  void use(TlsFiles files) throws IOException {
    trust = trust(files);
  }

  @Override
  public List<CertificateType> getSupportedCertificateTypes() {
    return types;
  }

  @Override
  public CertificateVerificationResult verifyCertificate(
      ConnectionId connection,
      ServerNames serverNames,
      InetSocketAddress peer,
      boolean clientUsage,
      boolean verifySubject,
      boolean truncatePath,
      CertificateMessage message) {
    try {
      CertPath path = message.getCertificateChain();
      if (path == null) {
        failures.shown(connection, "a raw public key", true);
        return new CertificateVerificationResult(connection, known(message.getPublicKey()), null);
      }
      if (path.getCertificates().isEmpty()) {
        throw new HandshakeFailures.Refusal(
            HandshakeFault.NO_CERTIFICATE,
            "no certificate was shown",
            AlertDescription.HANDSHAKE_FAILURE,
            null);
      }
      failures.shown(
          connection,
          ((X509Certificate) path.getCertificates().getFirst()).getSubjectX500Principal().getName(),
          true);
      verify(path);
      return new CertificateVerificationResult(connection, path, null);
    } catch (HandshakeException e) {
      return new CertificateVerificationResult(connection, e, null);
    }
  }

  private PublicKey known(PublicKey key) throws HandshakeException {
    if (key == null || !access.knowsPublicKey(key.getEncoded())) {
      throw new HandshakeFailures.Refusal(
          HandshakeFault.UNKNOWN_KEY,
          "no device has this raw public key",
          AlertDescription.BAD_CERTIFICATE,
          null);
    }
    return key;
  }

  private void verify(CertPath path) throws HandshakeException {
    X509Certificate[] chain =
        path.getCertificates().stream()
            .map(X509Certificate.class::cast)
            .toArray(X509Certificate[]::new);
    try {
      trust.manager().checkClientTrusted(chain, chain[0].getPublicKey().getAlgorithm());
    } catch (CertificateException e) {
      throw HandshakeFailures.untrusted(e);
    }
  }

  @Override
  public List<X500Principal> getAcceptedIssuers() {
    return trust.issuers();
  }

  @Override
  public void setResultHandler(HandshakeResultHandler handler) {
    // the result is there at once
  }
}
