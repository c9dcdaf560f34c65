package io.sluice.adapter.coap.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sluice.adapter.coap.dtls.DtlsEndpoint;
import io.sluice.adapter.coap.settings.CoapsSettings;
import io.sluice.adapter.testkit.Authority;
import io.sluice.adapter.testkit.Authority.Signed;
import io.sluice.api.tls.PemFiles;
import io.sluice.api.tls.TlsSettings;
import io.sluice.api.tls.TlsSettings.TlsProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.elements.exception.ConnectorException;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.x509.SingleCertificateProvider;
import org.eclipse.californium.scandium.dtls.x509.StaticNewAdvancedCertificateVerifier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What becomes of keys and revocation lists of a DTLS listener that is open. */
@Tag("slow")
class DtlsFilesInUseTest {
  private static final long SHORT_MILLIS = 3_000;
  private static final long LONG_MILLIS = 30_000;

  @TempDir Path directory;

  private final ScriptedGateway gateway = new ScriptedGateway();
  private final List<CoapClient> clients = new ArrayList<>();
  private Authority authority;
  private Path certificate;
  private Path key;
  private @Nullable CoapAdapter adapter;

  @BeforeEach
  void certificates() throws IOException {
    authority = Authority.create(directory.resolve("ca"));
    certificate = directory.resolve("server.pem");
    key = directory.resolve("server.key");
    use(authority.server());
  }

  @AfterEach
  void stop() {
    clients.forEach(Clients::close);
    if (adapter != null) {
      adapter.close();
    }
    gateway.close();
  }

  private void use(Signed server) throws IOException {
    Files.copy(server.key(), key, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(server.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
  }

  private InetSocketAddress start(@Nullable Path crl) throws IOException {
    TlsSettings tls =
        new TlsSettings(
            certificate,
            key,
            authority.certificate(),
            null,
            crl,
            null,
            "1.2",
            TlsProvider.AUTO,
            Duration.ofMillis(100));
    CoapAdapter started = new CoapAdapter("hall-2", CoapsSettings.onLoopback(tls, false));
    started.start(gateway);
    adapter = started;
    return started.address();
  }

  private CoapClient open(Signed shown, InetSocketAddress to) throws IOException {
    X509Certificate[] chain =
        PemFiles.certificates(shown.certificate()).toArray(X509Certificate[]::new);
    DtlsConnectorConfig.Builder config =
        DtlsClients.configuration()
            .setCertificateIdentityProvider(
                new SingleCertificateProvider(
                    PemFiles.privateKey(shown.key()), chain, CertificateType.X_509))
            .setAdvancedCertificateVerifier(
                StaticNewAdvancedCertificateVerifier.builder()
                    .setTrustedCertificates(
                        PemFiles.certificates(authority.certificate())
                            .toArray(X509Certificate[]::new))
                    .build());
    CoapClient client = DtlsClients.open(config, to, "telemetry");
    clients.add(client);
    return client;
  }

  /** False where there is no answer within that time. */
  private static boolean isServed(CoapClient client, long millis) {
    try {
      CoapResponse answer =
          client.setTimeout(millis).post("{}", MediaTypeRegistry.APPLICATION_JSON);
      return answer != null && answer.getCode() == ResponseCode.CHANGED;
    } catch (IOException | ConnectorException e) {
      return false; // no handshake comes about
    }
  }

  @Test
  void sessionEndsOnceItsCertificateIsRevoked() throws Exception {
    Signed lost = authority.client("/CN=lost");
    Signed kept = authority.client("/CN=kept");
    Path crl = authority.revocationList(directory.resolve("crl.pem"));
    InetSocketAddress address = start(crl);
    CoapClient stays = open(kept, address);
    CoapClient goes = open(lost, address);
    assertThat(isServed(stays, LONG_MILLIS)).isTrue();
    assertThat(isServed(goes, LONG_MILLIS)).isTrue();
    authority.revoke(lost);
    authority.revocationList(directory.resolve("next.pem"));
    Files.move(directory.resolve("next.pem"), crl, StandardCopyOption.ATOMIC_MOVE);
    await().until(() -> !isServed(goes, SHORT_MILLIS));
    assertThat(isServed(goes, SHORT_MILLIS)).as("nor by a new handshake").isFalse();
    assertThat(isServed(stays, LONG_MILLIS)).isTrue();
  }

  @Test
  void keyOfAnotherKindIsNotTakenWhileItRuns() throws Exception {
    Signed device = authority.client("/CN=d1");
    InetSocketAddress address = start(null);
    use(authority.server(Authority.RSA));
    await()
        .during(Duration.ofMillis(600))
        .atMost(Duration.ofSeconds(60))
        .until(() -> isServed(open(device, address), SHORT_MILLIS));
  }

  @Test
  void logNamesTheListenerAsTheConfigurationDoes() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger(DtlsEndpoint.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    try {
      start(null);
      use(authority.server(Authority.RSA));
      await()
          .untilAsserted(() ->
              assertThat(List.copyOf(lines.list))
                  .extracting(ILoggingEvent::getFormattedMessage)
                  .anyMatch(line ->
                      line.startsWith("listeners.hall-2: the changed certificate files are not")));
    } finally {
      logger.detachAppender(lines);
    }
  }
}
