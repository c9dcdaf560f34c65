package io.sluice.api.tls;

import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The options {@code tls} of a listener: what it shows, whom it trusts. Files are in PEM form. */
public record TlsSettings(
    @Option(
            doc = "Own certificate with its chain, PEM. Read again when it changes.",
            required = true)
        Path certificate,
    @Option(
            doc =
                "Its private key, PEM: PKCS#8, PKCS#1 or SEC 1, not encrypted. Keep it readable by"
                    + " the gateway alone (chmod 600).",
            required = true)
        Path key,
    @Option(
            doc =
                "Authorities of client certificates, PEM. Where it is given, a client may show a"
                    + " certificate, and one that no authority here has signed is refused.")
        @Nullable Path clientCa,
    @Option(
            doc =
                "Whether a client has to show a certificate: required or optional (others then sign"
                    + " in with password or token). Only with client-ca; without this key: required.")
        @Nullable ClientAuth clientAuth,
    @Option(doc = "Revocation lists of the client authorities, PEM or DER. Read again on change.")
        @Nullable Path crl,
    @Option(
            doc =
                "What becomes of clients whose authority's list in crl is missing or has ended:"
                    + " strict refuses them, warn lets them in and tells you (log, doctor,"
                    + " sluice_crl_expiry_seconds). Whom a list names is refused in any case.",
            def = "warn")
        CrlPolicy crlPolicy,
    @Option(
            doc =
                "OCSP response (DER) about the own certificate, stapled to the handshake while it is"
                    + " good and has not ended. Read again on change, so that a job may renew it."
                    + " Wants provider openssl.")
        @Nullable Path ocspResponse,
    @Option(doc = "Oldest protocol version: 1.2 or 1.3.", def = "1.2", pattern = "1\\.2|1\\.3")
        String minVersion,
    @Option(
            doc =
                "Who does the cryptography: openssl (BoringSSL by netty-tcnative), jdk, or auto:"
                    + " openssl where it is there.",
            def = "auto")
        TlsProvider provider,
    @Option(
            doc = "How often the files are looked at for changes.",
            def = "10s",
            min = 100,
            max = 86_400_000)
        Duration reloadInterval)
    implements Checked {

  /** Whether a client must show a certificate. */
  public enum ClientAuth {
    REQUIRED,
    OPTIONAL
  }

  /** Who does the cryptography. */
  public enum TlsProvider {
    AUTO,
    OPENSSL,
    JDK
  }

  /** With {@link CrlPolicy#WARN}, for tests and tools. */
  public TlsSettings(
      Path certificate,
      Path key,
      @Nullable Path clientCa,
      @Nullable ClientAuth clientAuth,
      @Nullable Path crl,
      @Nullable Path ocspResponse,
      String minVersion,
      TlsProvider provider,
      Duration reloadInterval) {
    this(
        certificate,
        key,
        clientCa,
        clientAuth,
        crl,
        CrlPolicy.WARN,
        ocspResponse,
        minVersion,
        provider,
        reloadInterval);
  }

  /** The defaults with these files, for tests and tools. */
  public static TlsSettings of(Path certificate, Path key, @Nullable Path clientCa) {
    return new TlsSettings(
        certificate,
        key,
        clientCa,
        null,
        null,
        null,
        "1.2",
        TlsProvider.AUTO,
        Duration.ofSeconds(10));
  }

  @Override
  public List<Problem> problems() {
    List<Problem> problems = new ArrayList<>(0);
    if (crl != null && clientCa == null) {
      problems.add(
          new Problem("crl", "has no effect without client-ca; add client-ca or remove it"));
    }
    if (clientAuth == ClientAuth.REQUIRED && clientCa == null) {
      problems.add(
          new Problem(
              "client-auth",
              "is required, but without client-ca nobody is asked for a certificate; add client-ca"
                  + " or remove it"));
    }
    if (crlPolicy == CrlPolicy.STRICT && crl == null) {
      problems.add(
          new Problem("crl-policy", "is strict, but there is no crl; add crl or remove it"));
    }
    if (ocspResponse != null && provider == TlsProvider.JDK) {
      problems.add(
          new Problem("ocsp-response", "cannot be stapled by provider jdk; write openssl or auto"));
    }
    TlsFiles.check(this, problems);
    return problems;
  }

  /** Whether a client that shows no certificate is refused. */
  public boolean requiresCertificate() {
    return clientCa != null && clientAuth != ClientAuth.OPTIONAL;
  }

  /** The protocol versions allowed, newest first. */
  public List<String> protocols() {
    return minVersion.equals("1.3") ? List.of("TLSv1.3") : List.of("TLSv1.3", "TLSv1.2");
  }

  /** Every file that is read, for {@link FileWatch}. */
  public List<Path> files() {
    List<Path> files = new ArrayList<>(List.of(certificate, key));
    for (Path file : new Path[] {clientCa, crl, ocspResponse}) {
      if (file != null) {
        files.add(file);
      }
    }
    return files;
  }
}
