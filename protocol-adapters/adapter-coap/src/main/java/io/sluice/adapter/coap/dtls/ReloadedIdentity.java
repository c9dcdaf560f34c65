package io.sluice.adapter.coap.dtls;

import io.sluice.api.tls.TlsFiles;
import java.io.IOException;
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
    this.keyAlgorithm = keyAlgorithm(files);
    this.current = provider(files);
  }

  private static String keyAlgorithm(TlsFiles files) {
    return files.key().getAlgorithm().equals("RSA") ? "RSA" : "ECDSA";
  }

  private SingleCertificateProvider provider(TlsFiles files) {
    return new SingleCertificateProvider(
        files.key(), files.chain().toArray(X509Certificate[]::new), types);
  }

  /**
   * @throws IOException where the key is of another kind: the cipher suites are of the first one's,
   *     and no handshake would come about
   */
  void use(TlsFiles files) throws IOException {
    if (!keyAlgorithm(files).equals(keyAlgorithm)) {
      throw new IOException(
          "the new key is for %s, the one in use for %s: start the gateway anew to change the kind"
              .formatted(keyAlgorithm(files), keyAlgorithm));
    }
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
