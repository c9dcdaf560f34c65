package io.sluice.adapter.coap;

import io.sluice.api.tls.TlsFiles;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.eclipse.californium.scandium.dtls.CertificateIdentityResult;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeResultHandler;
import org.eclipse.californium.scandium.dtls.SignatureAndHashAlgorithm;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite.CertificateKeyAlgorithm;
import org.eclipse.californium.scandium.dtls.cipher.XECDHECryptography.SupportedGroup;
import org.eclipse.californium.scandium.dtls.x509.CertificateConfigurationHelper;
import org.eclipse.californium.scandium.dtls.x509.CertificateProvider;
import org.eclipse.californium.scandium.dtls.x509.ConfigurationHelperSetup;
import org.eclipse.californium.scandium.dtls.x509.SingleCertificateProvider;
import org.eclipse.californium.scandium.util.ServerNames;

/** The gateway's own certificate and key, as they were read last. Thread-safe. */
final class ReloadedIdentity implements CertificateProvider, ConfigurationHelperSetup {
  private final List<CertificateType> types;
  private final String keyAlgorithm;
  private volatile SingleCertificateProvider current;

  ReloadedIdentity(TlsFiles files, List<CertificateType> types) {
    this.types = types;
    this.keyAlgorithm = files.key().getAlgorithm().equals("RSA") ? "RSA" : "ECDSA";
    this.current = provider(files);
  }

  private SingleCertificateProvider provider(TlsFiles files) {
    return new SingleCertificateProvider(
        files.key(), files.chain().toArray(X509Certificate[]::new), types);
  }

  void use(TlsFiles files) {
    current = provider(files);
  }

  /** {@code ECDSA} or {@code RSA}, as in the names of cipher suites. */
  String keyAlgorithm() {
    return keyAlgorithm;
  }

  @Override
  public void setupConfigurationHelper(CertificateConfigurationHelper helper) {
    current.setupConfigurationHelper(helper);
  }

  @Override
  public List<CertificateKeyAlgorithm> getSupportedCertificateKeyAlgorithms() {
    return current.getSupportedCertificateKeyAlgorithms();
  }

  @Override
  public List<CertificateType> getSupportedCertificateTypes() {
    return types;
  }

  @Override
  public CertificateIdentityResult requestCertificateIdentity(
      ConnectionId connection,
      boolean client,
      List<X500Principal> issuers,
      ServerNames serverNames,
      List<CertificateKeyAlgorithm> keyAlgorithms,
      List<SignatureAndHashAlgorithm> signatures,
      List<SupportedGroup> curves) {
    return current.requestCertificateIdentity(
        connection, client, issuers, serverNames, keyAlgorithms, signatures, curves);
  }

  @Override
  public void setResultHandler(HandshakeResultHandler handler) {
    // the result is there at once
  }
}
