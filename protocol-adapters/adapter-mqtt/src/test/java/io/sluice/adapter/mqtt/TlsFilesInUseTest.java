package io.sluice.adapter.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.mqtt.server.MqttAdapter;
import io.sluice.adapter.mqtt.session.MqttOptions;
import io.sluice.adapter.testkit.Authority;
import io.sluice.adapter.testkit.Authority.Signed;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.api.tls.PemFiles;
import io.sluice.api.tls.TlsFiles;
import io.sluice.api.tls.TlsSettings;
import io.sluice.api.tls.TlsSettings.ClientAuth;
import io.sluice.api.tls.TlsSettings.TlsProvider;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of keys, lists and suites in a listener that is open, with openssl s_client. */
@Tag("slow")
class TlsFilesInUseTest {
  @TempDir static Path authorityDirectory;
  static Authority authority;
  static Signed server;
  static Signed ed25519;
  static Signed rsa;
  @TempDir Path directory;

  private final RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
  private @Nullable MqttAdapter adapter;

  @BeforeAll
  static void certificates() throws IOException {
    authority = Authority.create(authorityDirectory);
    server = authority.server();
    ed25519 = authority.server(Authority.ED25519);
    rsa = authority.server(Authority.RSA);
  }

  @AfterEach
  void stop() {
    if (adapter != null) {
      adapter.close();
    }
    gateway.close();
  }

  private static TlsSettings tls(
      Path certificate,
      Path key,
      @Nullable Path clientCa,
      @Nullable Path crl,
      TlsProvider provider) {
    return new TlsSettings(
        certificate,
        key,
        clientCa,
        clientCa == null ? null : ClientAuth.OPTIONAL,
        crl,
        null,
        "1.2",
        provider,
        Duration.ofMillis(100));
  }

  private static MqttsSettings mqtts(TlsSettings tls) {
    return new MqttsSettings("127.0.0.1", 0, tls, 1000, MqttOptions.FOR_TESTS);
  }

  private void start(TlsSettings tls) throws IOException {
    MqttAdapter started = new MqttsAdapterFactory().create("mqtts", mqtts(tls));
    started.start(gateway);
    adapter = started;
  }

  /** What openssl says of a handshake, after sending these lines. */
  private String openssl(String input, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "openssl",
                "s_client",
                "-connect",
                "127.0.0.1:" + adapter.address().getPort(),
                "-CAfile",
                authority.certificate().toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().write(input.getBytes(UTF_8));
    process.getOutputStream().flush();
    if (input.isEmpty()) {
      process.getOutputStream().close();
    }
    try {
      return new String(process.getInputStream().readAllBytes(), UTF_8);
    } finally {
      process.destroy();
    }
  }

  private boolean isServed(String... arguments) throws Exception {
    String said = openssl("", arguments);
    return said.contains("Verify return code: 0 (ok)") && !said.contains("Cipher is (NONE)");
  }

  @ParameterizedTest
  @CsvSource({"-tls1_2", "-tls1_3"})
  void keyThatOpensslCannotServeIsServedByTheJdk(String version) throws Exception {
    TlsSettings auto = tls(ed25519.certificate(), ed25519.key(), null, null, TlsProvider.AUTO);
    assertThat(mqtts(auto).problems()).isEmpty();
    start(auto);
    assertThat(isServed(version)).isTrue();
  }

  @Test
  void keyThatCannotBeServedIsAFaultBeforeAnybodyConnects() {
    TlsSettings openssl =
        tls(ed25519.certificate(), ed25519.key(), null, null, TlsProvider.OPENSSL);
    assertThat(mqtts(openssl).problems())
        .singleElement()
        .matches(p -> p.key().equals("tls.certificate"))
        .matches(p -> p.message().contains("handshake"))
        .matches(p -> p.message().contains("provider: auto or jdk"));
    assertThatThrownBy(() -> start(openssl))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("listeners.mqtts.tls");
  }

  @ParameterizedTest
  @EnumSource(names = {"JDK", "OPENSSL"})
  void everyOtherKindOfKeyIsServedByBoth(TlsProvider provider) throws Exception {
    Signed p521 = authority.server(Authority.P521);
    for (Signed own : List.of(server, rsa, p521)) {
      assertThat(mqtts(tls(own.certificate(), own.key(), null, null, provider)).problems())
          .as("%s with %s", provider, own)
          .isEmpty();
    }
  }

  @Test
  void reloadToAKeyThatCannotBeServedKeepsTheOldOne() throws Exception {
    Path certificate = Files.copy(server.certificate(), directory.resolve("server.pem"));
    Path key = Files.copy(server.key(), directory.resolve("server.key"));
    start(tls(certificate, key, null, null, TlsProvider.OPENSSL));
    Files.copy(ed25519.key(), key, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(ed25519.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
    // the next good one shows that the one before was looked at
    await()
        .during(Duration.ofMillis(500))
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(() -> isServed("-tls1_2") && isServed("-tls1_3"));
    Files.copy(rsa.key(), key, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(rsa.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
    await().until(() -> openssl("", "-tls1_3").contains("RSA"));
  }

  @ParameterizedTest
  @EnumSource(names = {"JDK", "OPENSSL"})
  void onlyAuthenticatedEncryptionWithForwardSecrecyIsSpoken(TlsProvider provider)
      throws Exception {
    for (Signed own : List.of(server, rsa)) {
      start(tls(own.certificate(), own.key(), null, null, provider));
      String kind = own.equals(rsa) ? "ECDHE-RSA-" : "ECDHE-ECDSA-";
      for (String good : List.of("AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305")) {
        assertThat(isServed("-tls1_2", "-cipher", kind + good)).as(kind + good).isTrue();
      }
      for (String good :
          List.of(
              "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256")) {
        assertThat(isServed("-tls1_3", "-ciphersuites", good)).as(good).isTrue();
      }
      for (String weak :
          List.of(kind + "AES128-SHA", kind + "AES128-SHA256", "AES128-SHA", "AES128-GCM-SHA256")) {
        assertThat(isServed("-tls1_2", "-cipher", weak + ":@SECLEVEL=0")).as(weak).isFalse();
      }
      adapter.close();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"JDK", "OPENSSL"})
  void clientMayNotRenegotiate(TlsProvider provider) throws Exception {
    start(tls(server.certificate(), server.key(), null, null, provider));
    assertThat(openssl("R\n", "-tls1_2"))
        .contains("RENEGOTIATING")
        .containsAnyOf("no renegotiation", "alert");
  }

  @ParameterizedTest
  @EnumSource(names = {"JDK", "OPENSSL"})
  void sessionEndsOnceItsCertificateIsRevoked(TlsProvider provider) throws Exception {
    Authority own = Authority.create(directory.resolve("own"));
    Signed good = own.client("/CN=d1");
    Signed bad = own.client("/CN=d2");
    gateway.device("d2", "other");
    Path list = own.revocationList(directory.resolve("crl.pem"));
    start(tls(server.certificate(), server.key(), own.certificate(), list, provider));
    byte[] connect = RawMqtt.connect(5, 2, "", null, null);
    try (RawMqtt stays = new RawMqtt(socket(good));
        RawMqtt goes = new RawMqtt(socket(bad))) {
      assertThat(stays.send(connect).next().type()).isEqualTo(2);
      assertThat(goes.send(connect).next().type()).isEqualTo(2);
      own.revoke(bad);
      own.revocationList(directory.resolve("next.pem"));
      Files.move(directory.resolve("next.pem"), list, StandardCopyOption.ATOMIC_MOVE);
      RawMqtt.Packet last = goes.next();
      assertThat(last.type()).isEqualTo(14);
      assertThat(last.body()[0] & 0xFF).isEqualTo(0x98);
      assertThat(stays.send(new byte[] {(byte) 0xC0, 0}).next().type()).isEqualTo(13);
    }
  }

  private Socket socket(Signed client) throws Exception {
    return TlsFiles.of(
            PemFiles.privateKey(client.key()),
            PemFiles.certificates(client.certificate()),
            PemFiles.certificates(authority.certificate()))
        .jdkContext()
        .getSocketFactory()
        .createSocket("localhost", adapter.address().getPort());
  }

  @ParameterizedTest
  @EnumSource(names = {"JDK", "OPENSSL"})
  void refusedCertificateHearsWhy(TlsProvider provider) throws Exception {
    Authority foreign =
        Authority.create(directory.resolve("root"))
            .intermediate(directory.resolve("foreign"), "/CN=Foreign");
    start(tls(server.certificate(), server.key(), authority.certificate(), null, provider));
    boolean isNative = provider == TlsProvider.OPENSSL;
    assertThat(shown(foreign.client("/CN=d1")))
        .contains(isNative ? "alert unknown ca" : "alert certificate unknown");
    assertThat(shown(server))
        .contains(isNative ? "alert unsupported certificate" : "alert certificate unknown");
    assertThat(shown(authority.client("/CN=d1"))).doesNotContain("alert");
  }

  private String shown(Signed client) throws Exception {
    return openssl(
        "", "-tls1_2", "-cert", client.certificate().toString(), "-key", client.key().toString());
  }
}
