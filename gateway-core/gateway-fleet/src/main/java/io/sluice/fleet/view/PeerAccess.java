package io.sluice.fleet.view;

import io.sluice.api.config.Secret;
import io.sluice.api.operator.AdminSettings;
import io.sluice.api.tls.ClientTls;
import io.sluice.api.tls.FileWatch;
import io.sluice.api.tls.PemFiles;
import io.sluice.api.tls.TlsFiles;
import io.sluice.api.tls.TlsProbe;
import io.sluice.api.tls.TlsSettings;
import io.sluice.fleet.config.ViewSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509TrustManager;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the instances of a fleet reach each other: as their admin listeners are set up, which are set
 * up alike. Where those have TLS each shows the others its own certificate, and files that change
 * are read again. Thread-safe.
 */
public final class PeerAccess {
  private static final Logger LOG = LoggerFactory.getLogger(PeerAccess.class);

  private final @Nullable TlsSettings settings;
  private final @Nullable Path ca;
  private final @Nullable String token;
  private final @Nullable FileWatch watch;
  private long lookedNanos = System.nanoTime();
  private @Nullable SSLContext context;

  private PeerAccess(
      @Nullable TlsSettings settings,
      @Nullable Path ca,
      @Nullable String token,
      @Nullable SSLContext context) {
    this.settings = settings;
    this.ca = ca;
    this.token = token;
    this.watch = settings == null ? null : new FileWatch(files(settings, ca));
    this.context = context;
  }

  /**
   * By the settings of the listener.
   *
   * @throws IOException where the instances would refuse each other; the message says what to write
   */
  public static PeerAccess of(ViewSettings view, AdminSettings admin) throws IOException {
    TlsSettings tls = admin.tls();
    if (tls == null && view.peerCa() != null) {
      throw new IOException(
          "fleet.peer-ca has no effect without admin.tls; give admin.tls a certificate and key, or"
              + " leave peer-ca out");
    }
    Secret own = view.peerToken() == null ? admin.token() : view.peerToken();
    Path ca = view.peerCa();
    PeerAccess access =
        new PeerAccess(
            tls,
            ca,
            own == null ? null : own.value(),
            tls == null ? null : context(tls, ca, TlsFiles.read(tls)));
    access.requireRole(admin);
    return access;
  }

  /** Without TLS, for tests. */
  static PeerAccess plain(@Nullable String token) {
    return new PeerAccess(null, null, token, null);
  }

  private void requireRole(AdminSettings admin) throws IOException {
    boolean hasCertificate = false;
    String subject = "";
    if (settings != null) {
      X500Principal own = TlsFiles.read(settings).chain().getFirst().getSubjectX500Principal();
      subject = own.getName();
      hasCertificate =
          admin.clients().stream().anyMatch(each -> new X500Principal(each.subject()).equals(own));
    }
    boolean isEnough =
        admin.require() == AdminSettings.Require.BOTH
            ? hasCertificate && token != null
            : hasCertificate || token != null;
    if (admin.isAuthenticated() && !isEnough) {
      throw new IOException(
          "the instances would refuse each other: give fleet.peer-token a token of a viewer"
              + (settings == null || settings.clientCa() == null
                  ? ""
                  : (admin.require() == AdminSettings.Require.BOTH ? ", and " : ", or ")
                      + "admin.clients the subject of admin.tls.certificate, "
                      + subject));
    }
  }

  private static List<Path> files(TlsSettings settings, @Nullable Path ca) {
    List<Path> files = new ArrayList<>(settings.files());
    if (ca != null) {
      files.add(ca);
    }
    return files;
  }

  private static SSLContext context(TlsSettings settings, @Nullable Path ca, TlsFiles own)
      throws IOException {
    try {
      List<X509Certificate> authorities = authorities(settings, ca, own);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          own.keyManagers().getKeyManagers(),
          authorities.isEmpty()
              ? null
              : new X509TrustManager[] {TlsFiles.trustManager(authorities)},
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("admin.tls: " + e.getMessage(), e);
    }
  }

  /** Whom to trust; nobody named: the authorities of the Java runtime. */
  private static List<X509Certificate> authorities(
      TlsSettings settings, @Nullable Path ca, TlsFiles own) throws IOException {
    if (ca != null) {
      return PemFiles.certificates(ca);
    }
    List<X509Certificate> chain = own.chain();
    List<X509Certificate> found =
        new ArrayList<>(chain.size() > 1 ? chain.subList(1, chain.size()) : List.of());
    X509Certificate leaf = chain.getFirst();
    if (leaf.getSubjectX500Principal().equals(leaf.getIssuerX500Principal())) {
      found.add(leaf); // it is its own authority, and all instances have it
    }
    Path clientCa = settings.clientCa();
    if (clientCa != null) {
      found.addAll(PemFiles.certificates(clientCa));
    }
    return found;
  }

  String scheme() {
    return settings == null ? "http" : "https";
  }

  @Nullable String token() {
    return token;
  }

  /** The context of now; null for HTTP. Files that cannot be used leave it as it is. */
  synchronized @Nullable SSLContext tls() {
    TlsSettings of = settings;
    FileWatch files = watch;
    long now = System.nanoTime();
    if (of == null || files == null || now - lookedNanos < of.reloadInterval().toNanos()) {
      return context;
    }
    lookedNanos = now;
    if (files.changed()) {
      try {
        context = context(of, ca, TlsFiles.read(of));
      } catch (IOException e) {
        LOG.warn("fleet: changed certificates are not shown to others: {}", e.getMessage());
      }
    }
    return context;
  }

  /**
   * Has an instance with the same settings be able to ask this one: a handshake is tried in memory.
   *
   * @param self {@code host:port} as the others write it
   * @throws IOException where none comes about; the message names the cause and the remedy
   */
  public void requireReachable(String self) throws IOException {
    SSLContext own = tls();
    if (settings == null || own == null) {
      return;
    }
    String host = self.substring(0, self.lastIndexOf(':'));
    try {
      TlsProbe.tryClient(own, host, settings, TlsFiles.read(settings));
    } catch (SSLException e) {
      String why = ClientTls.fault(e);
      throw new IOException(
          "the other instances cannot ask this one at "
              + self
              + ": "
              + (why == null ? e.getMessage() : why)
              + "; see admin.tls, fleet.advertise and fleet.peer-ca",
          e);
    }
  }
}
