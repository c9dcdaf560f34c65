package io.sluice.admin.security;

import io.sluice.api.tls.FileWatch;
import io.sluice.api.tls.RevocationLists;
import io.sluice.api.tls.TlsFiles;
import io.sluice.api.tls.TlsProbe;
import io.sluice.api.tls.TlsSettings;
import io.sluice.api.tls.TlsSuites;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTPS from certificate files, which are read again when they change. New connections take what is
 * new; those that are open go on, but for clients that the new revocation lists name. Thread-safe.
 */
public final class AdminTls {
  private static final Logger LOG = LoggerFactory.getLogger(AdminTls.class);
  private static final long HANDSHAKE_SECONDS = 10;

  private final TlsSettings settings;
  private volatile TlsFiles files;

  /**
   * @throws IOException where a file cannot be used; the message names it and the remedy
   */
  public AdminTls(TlsSettings settings) throws IOException {
    this.settings = settings;
    this.files = read();
  }

  /** Tries the files by a handshake in memory: a key may be readable and not to be served. */
  private TlsFiles read() throws IOException {
    try {
      TlsFiles read = TlsFiles.read(settings);
      TlsProbe.tryJdk(settings, read);
      return read;
    } catch (IOException e) {
      throw new IOException("admin.tls: " + e.getMessage(), e);
    }
  }

  /** Whether the lists name a certificate of the client's, which were shown when it connected. */
  public boolean isRevoked(@Nullable SSLSession session) {
    RevocationLists revocations = files.revocations();
    return session != null && !revocations.isEmpty() && revocations.revoked(chain(session)) != null;
  }

  private static List<X509Certificate> chain(SSLSession session) {
    try {
      return Stream.of(session.getPeerCertificates()).map(X509Certificate.class::cast).toList();
    } catch (SSLPeerUnverifiedException e) {
      return List.of(); // it has shown none
    }
  }

  private ServerSSLOptions options(TlsFiles of) throws IOException {
    try {
      ServerSSLOptions options = new ServerSSLOptions();
      options.setEnabledSecureTransportProtocols(new LinkedHashSet<>(settings.protocols()));
      TlsSuites.ALL.forEach(options::addEnabledCipherSuite);
      options.setSslHandshakeTimeout(HANDSHAKE_SECONDS);
      options.setKeyCertOptions(
          KeyCertOptions.wrap((X509KeyManager) of.keyManagers().getKeyManagers()[0]));
      options.setTrustOptions(TrustOptions.wrap(of.trustManager()));
      if (!of.clientAuthorities().isEmpty()) {
        options.setClientAuth(
            settings.requiresCertificate() ? ClientAuth.REQUIRED : ClientAuth.REQUEST);
      }
      return options;
    } catch (GeneralSecurityException e) {
      throw new IOException("admin.tls: " + e.getMessage(), e);
    }
  }

  /** For the listener's beginning. */
  public void applyTo(HttpServerOptions options) throws IOException {
    ServerSSLOptions ssl = options(files);
    options
        .setSsl(true)
        .setKeyCertOptions(ssl.getKeyCertOptions())
        .setTrustOptions(ssl.getTrustOptions())
        .setClientAuth(ssl.getClientAuth())
        .setEnabledSecureTransportProtocols(ssl.getEnabledSecureTransportProtocols())
        .setSslHandshakeTimeout(HANDSHAKE_SECONDS);
    ssl.getEnabledCipherSuites().forEach(options::addEnabledCipherSuite);
    LOG.info("admin: TLS by jdk");
  }

  private @Nullable ServerSSLOptions changed(FileWatch watch) throws IOException {
    if (!watch.changed()) {
      return null;
    }
    TlsFiles read = read();
    ServerSSLOptions options = options(read);
    files = read;
    return options;
  }

  /**
   * From now on new connections take what the files hold.
   *
   * @param whenChanged is run after that, on an event loop
   */
  public void watch(Vertx vertx, HttpServer server, Runnable whenChanged) {
    FileWatch watch = new FileWatch(settings.files());
    vertx.setPeriodic(
        settings.reloadInterval().toMillis(),
        tick ->
            vertx
                .executeBlocking(() -> changed(watch))
                .compose(options ->
                    options == null
                        ? io.vertx.core.Future.succeededFuture(false)
                        : server.updateSSLOptions(options, true))
                .onSuccess(isNew -> {
                  if (isNew) {
                    LOG.info("admin: certificate files were read again");
                    whenChanged.run();
                  }
                })
                .onFailure(fault ->
                    LOG.warn(
                        "admin: the changed certificate files are not used: {}",
                        fault.getMessage())));
  }
}
