package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.coap.settings.CoapsSettings;
import io.sluice.adapter.testkit.Authority;
import io.sluice.adapter.testkit.Authority.Signed;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.tls.PemFiles;
import io.sluice.api.tls.TlsSettings;
import io.sluice.api.tls.TlsSettings.ClientAuth;
import io.sluice.api.tls.TlsSettings.TlsProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.SingleNodeConnectionIdGenerator;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.eclipse.californium.scandium.dtls.x509.SingleCertificateProvider;
import org.eclipse.californium.scandium.dtls.x509.StaticNewAdvancedCertificateVerifier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** CoAP over DTLS with Californium's client. */
@Tag("slow")
class DtlsTest {
  private static final byte[] KEY = "sixteen bytes!!!".getBytes(UTF_8);
  @TempDir static Path authorityDirectory;
  static Authority authority;
  static Signed server;
  static Signed device;
  @TempDir Path directory;

  private final ScriptedGateway gateway = new ScriptedGateway();
  private final List<CoapClient> clients = new ArrayList<>();
  private @Nullable CoapAdapter adapter;

  @BeforeAll
  static void certificates() throws IOException {
    authority = Authority.create(authorityDirectory);
    server = authority.server();
    device = authority.client("/O=Plant A/CN=d1");
  }

  @AfterEach
  void stop() {
    clients.forEach(Clients::close);
    if (adapter != null) {
      adapter.close();
    }
    gateway.close();
  }

  private static TlsSettings tls() {
    return TlsSettings.of(server.certificate(), server.key(), authority.certificate());
  }

  private InetSocketAddress start(@Nullable TlsSettings tls, boolean rawPublicKey)
      throws IOException {
    CoapAdapter started = new CoapAdapter(CoapsSettings.onLoopback(tls, rawPublicKey));
    started.start(gateway);
    adapter = started;
    gateway.pskKeys.put("d1", KEY);
    return started.address();
  }

  private static DtlsConnectorConfig.Builder psk(String identity, byte[] key) {
    return DtlsClients.configuration()
        .setAdvancedPskStore(new AdvancedSinglePskStore(identity, key));
  }

  private CoapClient open(DtlsConnectorConfig.Builder config, InetSocketAddress to) {
    CoapClient client = DtlsClients.open(config, to, "telemetry");
    clients.add(client);
    return client;
  }

  private static CoapResponse post(CoapClient client) throws Exception {
    return client.post("{}", MediaTypeRegistry.APPLICATION_JSON);
  }

  private List<String> devices() {
    return gateway.accepted.stream().map(Uplink::device).map(id -> id.value()).toList();
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "TLS_PSK_WITH_AES_128_CCM_8",
        "TLS_PSK_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256"
      })
  void californiumSignsInByPreSharedKey(CipherSuite suite) throws Exception {
    InetSocketAddress address = start(null, false);
    DtlsConnectorConfig.Builder config = psk("d1", KEY);
    config.setAsList(DtlsConfig.DTLS_CIPHER_SUITES, suite);
    CoapClient client = open(config, address);
    assertThat(post(client).getCode()).isEqualTo(ResponseCode.CHANGED);
    assertThat(post(client).getCode()).isEqualTo(ResponseCode.CHANGED);
    assertThat(devices()).containsExactly("d1", "d1");
    assertThat(gateway.admissions).as("asked once a session").hasValue(1);
  }

  @Test
  void wrongKeyAndUnknownIdentityFailAlike() throws Exception {
    InetSocketAddress address = start(null, false);
    byte[] wrong = "sixteen others!!".getBytes(UTF_8);
    for (String identity : List.of("d1", "nobody")) {
      CoapClient client = open(psk(identity, wrong), address).setTimeout(3000L);
      assertThat(noAnswer(client)).isTrue();
    }
    await().until(() -> gateway.refused.size() >= 2); // the device may hear of it before
    assertThat(gateway.refused)
        .as("each once")
        .containsExactly(RejectReason.NOT_AUTHENTICATED, RejectReason.NOT_AUTHENTICATED);
    assertThat(gateway.accepted).isEmpty();
  }

  private static boolean noAnswer(CoapClient client) throws Exception {
    try {
      return post(client) == null;
    } catch (IOException | org.eclipse.californium.elements.exception.ConnectorException e) {
      return true; // the handshake failed
    }
  }

  @Test
  void anotherNameThanTheSessionsIsRefused() throws Exception {
    InetSocketAddress address = start(null, false);
    CoapClient client = open(psk("d1", KEY), address);
    client.setURI("coaps://127.0.0.1:" + address.getPort() + "/telemetry?d=d2&k=secret");
    CoapResponse refused = post(client);
    assertThat(refused.getCode()).isEqualTo(ResponseCode.FORBIDDEN);
    assertThat(refused.getResponseText()).contains("d1");
    assertThat(gateway.accepted).isEmpty();
  }

  private static DtlsConnectorConfig.Builder certificate(Signed shown, Authority trusted)
      throws IOException {
    X509Certificate[] chain =
        PemFiles.certificates(shown.certificate()).toArray(X509Certificate[]::new);
    return DtlsClients.configuration()
        .setCertificateIdentityProvider(
            new SingleCertificateProvider(
                PemFiles.privateKey(shown.key()), chain, CertificateType.X_509))
        .setAdvancedCertificateVerifier(
            StaticNewAdvancedCertificateVerifier.builder()
                .setTrustedCertificates(
                    PemFiles.certificates(trusted.certificate()).toArray(X509Certificate[]::new))
                .build());
  }

  @Test
  void californiumSignsInByCertificate() throws Exception {
    InetSocketAddress address = start(tls(), false);
    assertThat(post(open(certificate(device, authority), address)).getCode())
        .isEqualTo(ResponseCode.CHANGED);
    assertThat(devices()).containsExactly("d1");
    Authority foreign = Authority.create(directory.resolve("foreign"));
    CoapClient stranger = open(certificate(foreign.client("/CN=d1"), authority), address);
    assertThat(noAnswer(stranger.setTimeout(3000L))).isTrue();
  }

  @Test
  void revokedCertificateIsRefused() throws Exception {
    Authority own = Authority.create(directory.resolve("own"));
    Signed lost = own.client("/CN=lost");
    Signed kept = own.client("/CN=kept");
    own.revoke(lost);
    TlsSettings listed =
        new TlsSettings(
            server.certificate(),
            server.key(),
            own.certificate(),
            ClientAuth.REQUIRED,
            own.revocationList(directory.resolve("own.crl")),
            null,
            "1.2",
            TlsProvider.AUTO,
            Duration.ofSeconds(10));
    InetSocketAddress address = start(listed, false);
    assertThat(noAnswer(open(certificate(lost, authority), address).setTimeout(3000L))).isTrue();
    await().until(() -> gateway.refused.contains(RejectReason.NOT_AUTHENTICATED));
    assertThat(post(open(certificate(kept, authority), address)).getCode())
        .isEqualTo(ResponseCode.CHANGED);
    assertThat(devices()).containsExactly("kept");
  }

  @Test
  void californiumSignsInByRawPublicKey() throws Exception {
    InetSocketAddress address = start(tls(), true);
    X509Certificate own = PemFiles.certificates(device.certificate()).getFirst();
    DtlsConnectorConfig.Builder config =
        DtlsClients.configuration()
            .setCertificateIdentityProvider(
                new SingleCertificateProvider(
                    PemFiles.privateKey(device.key()), own.getPublicKey()))
            .setAdvancedCertificateVerifier(
                StaticNewAdvancedCertificateVerifier.builder().setTrustAllRPKs().build());
    CoapClient client = open(config, address);
    assertThat(noAnswer(client.setTimeout(3000L))).as("no device has the key yet").isTrue();
    await().until(() -> gateway.refused.contains(RejectReason.NOT_AUTHENTICATED)); // it is over
    gateway.publicKeys.put(HexFormat.of().formatHex(own.getPublicKey().getEncoded()), "rpk-1");
    assertThat(post(client.setTimeout(30_000L)).getCode()).isEqualTo(ResponseCode.CHANGED);
    assertThat(devices()).containsExactly("rpk-1");
  }

  @Test
  void withoutAnAuthorityRawPublicKeysAreTakenAndNeitherIsNamedAsAFault() throws Exception {
    TlsSettings own =
        new TlsSettings(
            server.certificate(),
            server.key(),
            null,
            ClientAuth.REQUIRED,
            null,
            null,
            "1.2",
            TlsProvider.AUTO,
            Duration.ofSeconds(10));
    InetSocketAddress address = start(own, true);
    X509Certificate key = PemFiles.certificates(device.certificate()).getFirst();
    gateway.publicKeys.put(HexFormat.of().formatHex(key.getPublicKey().getEncoded()), "rpk-2");
    DtlsConnectorConfig.Builder config =
        DtlsClients.configuration()
            .setCertificateIdentityProvider(
                new SingleCertificateProvider(
                    PemFiles.privateKey(device.key()), key.getPublicKey()))
            .setAdvancedCertificateVerifier(
                StaticNewAdvancedCertificateVerifier.builder().setTrustAllRPKs().build());
    assertThat(post(open(config, address)).getCode()).isEqualTo(ResponseCode.CHANGED);
    assertThat(CoapsSettings.onLoopback(own, true).problems()).isEmpty();
    assertThat(CoapsSettings.onLoopback(own, false).problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.toString()).contains("has no client-ca"));
  }

  @Test
  void deviceThatChangesItsAddressGoesOnWithoutAnotherHandshake() throws Exception {
    InetSocketAddress address = start(null, false);
    try (MovingRelay relay = new MovingRelay(address)) {
      DtlsConnectorConfig.Builder config =
          psk("d1", KEY).setConnectionIdGenerator(new SingleNodeConnectionIdGenerator(0));
      CoapClient client = open(config, relay.address());
      assertThat(post(client).getCode()).isEqualTo(ResponseCode.CHANGED);
      int handshakeRecords = relay.handshakeRecords();
      assertThat(handshakeRecords).isPositive();
      for (int i = 0; i < 3; i++) {
        relay.move();
        assertThat(post(client).getCode()).isEqualTo(ResponseCode.CHANGED);
      }
      client.setURI("coaps://127.0.0.1:" + relay.address().getPort() + "/event");
      Request large = Request.newPut();
      large.setURI(client.getURI()).setPayload(new byte[20_000]);
      relay.move();
      CoapResponse answer = client.advanced(large);
      assertThat(answer.getCode()).isEqualTo(ResponseCode.CHANGED);
      assertThat(relay.handshakeRecords()).isEqualTo(handshakeRecords);
    }
    assertThat(gateway.accepted).hasSize(5);
    assertThat(gateway.accepted.getLast().payload()).hasSize(20_000);
  }

  @Test
  void revocationEndsTheSession() throws Exception {
    InetSocketAddress address = start(null, false);
    CoapClient client = open(psk("d1", KEY), address);
    assertThat(post(client).getCode()).isEqualTo(ResponseCode.CHANGED);
    gateway.pskKeys.remove("d1");
    gateway.revoke("d1");
    await()
        .ignoreExceptions()
        .untilAsserted(() -> {
          CoapResponse answer;
          try {
            answer = post(client.setTimeout(3000L));
          } catch (IOException | org.eclipse.californium.elements.exception.ConnectorException e) {
            return; // the session is gone, and there is no other
          }
          assertThat(answer == null || answer.getCode() == ResponseCode.UNAUTHORIZED).isTrue();
        });
    assertThat(gateway.accepted).hasSize(1);
  }

  @Test
  void renewedCertificateIsTakenWhileOpenSessionsGoOn() throws Exception {
    Authority next = Authority.create(directory.resolve("next"));
    Signed renewed = next.server();
    Path certificate = Files.copy(server.certificate(), directory.resolve("server.pem"));
    Path key = Files.copy(server.key(), directory.resolve("server.key"));
    InetSocketAddress address =
        start(
            new TlsSettings(
                certificate,
                key,
                authority.certificate(),
                ClientAuth.REQUIRED,
                null,
                null,
                "1.2",
                TlsProvider.AUTO,
                Duration.ofMillis(100)),
            false);
    CoapClient before = open(certificate(device, authority), address);
    assertThat(post(before).getCode()).isEqualTo(ResponseCode.CHANGED);
    Files.copy(renewed.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(renewed.key(), key, StandardCopyOption.REPLACE_EXISTING);
    await()
        .ignoreExceptions()
        .untilAsserted(() ->
            assertThat(post(open(certificate(device, next), address).setTimeout(5000L)).getCode())
                .isEqualTo(ResponseCode.CHANGED));
    assertThat(post(before).getCode()).isEqualTo(ResponseCode.CHANGED);
  }

  @Test
  void unknownContentFormatIsKeptWithItsReason() throws Exception {
    InetSocketAddress address = start(null, false);
    Request odd = Request.newPost();
    odd.setURI("coaps://127.0.0.1:" + address.getPort() + "/telemetry").setPayload("?");
    odd.getOptions().setContentFormat(9999);
    CoapClient client = open(psk("d1", KEY), address);
    assertThat(client.advanced(odd).getCode()).isEqualTo(ResponseCode.UNSUPPORTED_CONTENT_FORMAT);
    assertThat(gateway.accepted)
        .singleElement()
        .matches(uplink -> uplink.rejection().detail().contains("9999"));
  }
}
