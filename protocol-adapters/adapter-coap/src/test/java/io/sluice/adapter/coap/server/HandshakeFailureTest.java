package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.coap.settings.CoapsSettings;
import io.sluice.adapter.testkit.Authority;
import io.sluice.adapter.testkit.Authority.Signed;
import io.sluice.api.tls.TlsSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the operator hears of handshakes that fail, and the device of the reason. By OpenSSL. */
@Tag("slow")
class HandshakeFailureTest {
  private static final byte[] KEY = "sixteen bytes!!!".getBytes(UTF_8);
  @TempDir static Path directory;
  @TempDir Path own;
  static Authority authority;
  static Signed server;

  private final ScriptedGateway gateway = new ScriptedGateway();
  private final CoapAdapter adapter =
      new CoapAdapter(
          CoapsSettings.onLoopback(
              TlsSettings.of(server.certificate(), server.key(), authority.certificate()), false));

  @BeforeAll
  static void certificates() throws IOException {
    authority = Authority.create(directory);
    server = authority.server();
  }

  @BeforeEach
  void start() throws IOException {
    gateway.pskKeys.put("d1", KEY);
    adapter.start(gateway);
  }

  @AfterEach
  void stop() {
    adapter.close();
    gateway.close();
  }

  /** What openssl s_client says. */
  private String connect(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of("openssl", "s_client", "-connect", "127.0.0.1:" + adapter.address().getPort()));
    command.addAll(List.of(arguments));
    if (!command.contains("-dtls1")) {
      command.add("-dtls1_2");
    }
    Path output = own.resolve("openssl.out");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    process.getOutputStream().close();
    await().until(() -> !process.isAlive() || !gateway.handshakeFaults.isEmpty());
    if (!process.waitFor(3, TimeUnit.SECONDS)) {
      process.destroy(); // it would go on to send what nobody answers
      process.waitFor();
    }
    return Files.readString(output, UTF_8);
  }

  private String[] preSharedKey(String identity, byte[] key, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("-psk", HexFormat.of().formatHex(key), "-psk_identity", identity));
    arguments.addAll(List.of("-cipher", "PSK-AES128-GCM-SHA256"));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private String fault() {
    await().until(() -> !gateway.handshakeFaults.isEmpty());
    return gateway.handshakeFaults.getFirst();
  }

  private String[] certificate(Signed shown) {
    return new String[] {"-cert", shown.certificate().toString(), "-key", shown.key().toString()};
  }

  @Test
  void suitesThatAreOfferedAreNamed() throws Exception {
    connect("-cipher", "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-CHACHA20-POLY1305");
    assertThat(fault())
        .startsWith("tls-no-suite null: no common cipher suite; offered: ")
        .contains("0xc009", "0xcca9");
  }

  @Test
  void foreignCertificateIsNamedAndToldSo() throws Exception {
    Authority foreign = Authority.create(own.resolve("foreign"));
    String said = connect(certificate(foreign.client("/O=Plant B/CN=d7")));
    assertThat(fault()).startsWith("tls-unknown-ca CN=d7,O=Plant B: ");
    assertThat(said).contains("unknown ca");
  }

  @Test
  void expiredCertificateIsNamedAndToldSo() throws Exception {
    Signed expired = authority.client("/CN=d8", "20200101000000Z", "20210101000000Z");
    String said = connect(certificate(expired));
    assertThat(fault()).startsWith("tls-expired CN=d8: the certificate has expired");
    assertThat(said).contains("certificate expired");
  }

  @Test
  void certificateForAnotherUseIsNamedAndToldSo() throws Exception {
    String said = connect(certificate(authority.server()));
    assertThat(fault()).startsWith("tls-bad-certificate CN=localhost: ");
    assertThat(said).contains("unsupported certificate");
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "P521", "RSA", "ED25519"})
  void certificateWithAKeyOfEachKindIsTaken(String kind) throws Exception {
    List<String> key =
        switch (kind) {
          case "P521" -> Authority.P521;
          case "RSA" -> Authority.RSA;
          case "ED25519" -> Authority.ED25519;
          default -> Authority.EC;
        };
    String said = connect(certificate(authority.client("/CN=d1", key)));
    assertThat(said).contains("Cipher is ECDHE-ECDSA").doesNotContain("alert");
    assertThat(gateway.handshakeFaults).isEmpty();
  }

  @Test
  void missingIntermediateIsAnUnknownAuthority() throws Exception {
    Authority plant = authority.intermediate(own.resolve("plant"), "/CN=Plant A");
    String said = connect(certificate(plant.client("/CN=d9")));
    assertThat(fault()).startsWith("tls-unknown-ca CN=d9: ");
    assertThat(said).contains("unknown ca");
  }

  /** More than a handshake message may have: refused by an alert, and told. */
  @Test
  void endlessChainIsRefused() throws Exception {
    Path chain = own.resolve("chain.pem");
    Files.writeString(chain, Files.readString(authority.certificate(), UTF_8).repeat(80), UTF_8);
    List<String> arguments = new ArrayList<>(List.of(certificate(authority.client("/CN=d1"))));
    arguments.addAll(List.of("-cert_chain", chain.toString()));
    String said = connect(arguments.toArray(String[]::new));
    assertThat(fault()).contains("message length exceeded");
    assertThat(said).contains("SSL alert number");
  }

  @Test
  void missingCertificateIsNamed() throws Exception {
    connect("-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256");
    assertThat(fault()).startsWith("tls-no-certificate null: no certificate was shown");
  }

  @Test
  void wrongKeyAndUnknownIdentityAreToldApartHereAndNotToTheDevice() throws Exception {
    byte[] wrong = "sixteen others!!".getBytes(UTF_8);
    connect(preSharedKey("d1", wrong));
    assertThat(fault()).startsWith("tls-wrong-key d1: ");
    gateway.handshakeFaults.clear();
    connect(preSharedKey("nobody\tat all", wrong));
    assertThat(fault()).startsWith("tls-unknown-identity nobody?at all: ");
  }

  @Test
  void olderVersionIsNamed() throws Exception {
    connect("-dtls1", "-cipher", "ALL:@SECLEVEL=0");
    assertThat(fault()).startsWith("tls-version null: no common version");
  }

  @Test
  void serverNameThatIsAnAddressIsNamed() throws Exception {
    connect(preSharedKey("d1", KEY, "-servername", "::1"));
    assertThat(fault()).startsWith("tls-unreadable null: the server name ::1 is an address");
  }

  @ParameterizedTest
  @ValueSource(strings = {"256", "300", "400", "1400"})
  void helloInFragmentsIsPutTogether(String mtu) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(certificate(authority.client("/CN=d1"))));
    arguments.addAll(List.of("-mtu", mtu, "-verifyCAfile", authority.certificate().toString()));
    String said = connect(arguments.toArray(String[]::new));
    assertThat(said).contains("Cipher is ECDHE-ECDSA", "Verification: OK");
    assertThat(gateway.handshakeFaults).isEmpty();
  }
}
