package io.sluice.api.tls;

import io.sluice.api.config.Checked.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** TLS towards others: whom the gateway trusts and what it shows, from PEM files. */
public final class ClientTls {
  private static final int MAX_CAUSES = 16;

  private ClientTls() {}

  /**
   * Reads the files and makes a context of the JDK.
   *
   * @param ca authorities to trust; null: those of the Java runtime
   * @param certificate own certificate with its chain, for servers that ask for one; or null
   * @param key its private key; given where certificate is
   * @throws IOException where a file cannot be used; the message names it and the remedy
   */
  public static SSLContext context(
      @Nullable Path ca, @Nullable Path certificate, @Nullable Path key) throws IOException {
    try {
      TrustManager[] trust =
          ca == null ? null : new TrustManager[] {TlsFiles.trustManager(PemFiles.certificates(ca))};
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(certificate, key), trust, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS set-up: " + e.getMessage(), e);
    }
  }

  /** Adds what is wrong with a file of authorities, for {@code sluice check}. */
  public static void check(String key, @Nullable Path ca, List<Problem> problems) {
    try {
      if (ca != null) {
        PemFiles.certificates(ca);
      }
    } catch (IOException e) {
      problems.add(new Problem(key, String.valueOf(e.getMessage())));
    }
  }

  private static KeyManager @Nullable [] keys(@Nullable Path certificate, @Nullable Path key)
      throws IOException, GeneralSecurityException {
    return certificate == null || key == null
        ? null
        : TlsFiles.read(TlsSettings.of(certificate, key, null)).keyManagers().getKeyManagers();
  }

  /**
   * Why no TLS connection to a server comes about, in words for the operator.
   *
   * @return null where the fault is none of certificates
   */
  public static @Nullable String fault(@Nullable Throwable fault) {
    boolean isTls = false;
    Throwable cause = fault;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      isTls |= cause instanceof SSLException;
      String text = cause instanceof Exception ? text((Exception) cause, isTls) : null;
      if (text != null) {
        return text;
      }
      cause = cause.getCause();
    }
    return null;
  }

  private static @Nullable String text(Exception cause, boolean isTls) {
    String message = String.valueOf(cause.getMessage());
    if (cause instanceof CertificateExpiredException) {
      return "the server's certificate, or one of its chain, has expired ("
          + message
          + "); have it renewed there, or set this machine's clock right";
    }
    if (cause instanceof CertificateNotYetValidException) {
      return "the server's certificate is not valid yet ("
          + message
          + "); set this machine's clock right";
    }
    if (message.equals("unable to find valid certification path to requested target")
        || (isTls && message.endsWith("does not chain with any of the trust anchors"))
        || (isTls && message.endsWith("signature check failed"))) {
      return "the server's certificate is of no authority that is trusted here; give its authority's"
          + " certificate as ca";
    }
    if (isTls && (message.startsWith("No subject alternative") || message.startsWith("No name "))) {
      return "the server's certificate is made for another name ("
          + message
          + "); write the name that stands in it";
    }
    boolean isOurs =
        List.of("bad_certificate", "certificate_required", "unknown_ca", "certificate_expired")
            .stream()
            .anyMatch(message::contains);
    return isTls && message.contains("Received fatal alert") && isOurs
        ? "the server refuses the certificate that the gateway shows, or wants one ("
            + message
            + ")"
        : null;
  }
}
