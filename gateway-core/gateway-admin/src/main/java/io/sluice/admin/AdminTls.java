package io.sluice.admin;

import io.sluice.api.tls.FileWatch;
import io.sluice.api.tls.TlsFiles;
import io.sluice.api.tls.TlsSettings;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.LinkedHashSet;
import javax.net.ssl.X509KeyManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** HTTPS from certificate files, which are read again when they change. */
final class AdminTls {
  private static final Logger LOG = LoggerFactory.getLogger(AdminTls.class);
  private static final long HANDSHAKE_SECONDS = 10;

  private AdminTls() {}

  /**
   * @throws IOException where a file cannot be used; the message names it and the remedy
   */
  static ServerSSLOptions options(TlsSettings settings) throws IOException {
    TlsFiles files = TlsFiles.read(settings);
    try {
      ServerSSLOptions options = new ServerSSLOptions();
      options.setEnabledSecureTransportProtocols(new LinkedHashSet<>(settings.protocols()));
      options.setSslHandshakeTimeout(HANDSHAKE_SECONDS);
      options.setKeyCertOptions(
          KeyCertOptions.wrap((X509KeyManager) files.keyManagers().getKeyManagers()[0]));
      options.setTrustOptions(TrustOptions.wrap(files.trustManager()));
      if (!files.clientAuthorities().isEmpty()) {
        options.setClientAuth(
            settings.clientAuth() == TlsSettings.ClientAuth.REQUIRED
                ? ClientAuth.REQUIRED
                : ClientAuth.REQUEST);
      }
      return options;
    } catch (GeneralSecurityException e) {
      throw new IOException("admin.tls: " + e.getMessage(), e);
    }
  }

  /** The same for the listener's beginning. */
  static void apply(ServerSSLOptions ssl, HttpServerOptions options) {
    options
        .setSsl(true)
        .setKeyCertOptions(ssl.getKeyCertOptions())
        .setTrustOptions(ssl.getTrustOptions())
        .setClientAuth(ssl.getClientAuth())
        .setEnabledSecureTransportProtocols(ssl.getEnabledSecureTransportProtocols())
        .setSslHandshakeTimeout(HANDSHAKE_SECONDS);
  }

  /** From now on new connections take what the files hold; those that are open go on. */
  static void watch(Vertx vertx, HttpServer server, TlsSettings settings) {
    FileWatch watch = new FileWatch(settings.files());
    vertx.setPeriodic(
        settings.reloadInterval().toMillis(),
        tick ->
            vertx
                .executeBlocking(() -> watch.changed() ? options(settings) : null)
                .compose(options ->
                    options == null
                        ? io.vertx.core.Future.succeededFuture(false)
                        : server.updateSSLOptions(options, true))
                .onSuccess(isNew -> {
                  if (isNew) {
                    LOG.info("admin: certificate files were read again");
                  }
                })
                .onFailure(fault ->
                    LOG.warn(
                        "admin: the changed certificate files are not used: {}",
                        fault.getMessage())));
  }
}
