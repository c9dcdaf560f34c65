package io.sluice.adapter.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.sluice.adapter.mqtt.RawMqtt.Packet;
import io.sluice.adapter.mqtt.server.MqttAdapter;
import io.sluice.adapter.mqtt.session.MqttOptions;
import io.sluice.adapter.testkit.Authority;
import io.sluice.adapter.testkit.Authority.Signed;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.api.Limit;
import io.sluice.api.RejectReason;
import io.sluice.api.tls.TlsSettings;
import io.sluice.api.tls.TlsSettings.ClientAuth;
import io.sluice.api.tls.TlsSettings.TlsProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS and client certificates, with mosquitto_pub, openssl s_client and sockets of the JDK. */
@Tag("slow")
class TlsTest {
  @TempDir static Path authorityDirectory;
  static Authority authority;
  static Signed server;
  static Signed client;
  @TempDir Path directory;

  private final RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
  private @Nullable MqttAdapter adapter;

  @BeforeAll
  static void certificates() throws IOException {
    authority = Authority.create(authorityDirectory);
    server = authority.server();
    client = authority.client("/O=Plant A/CN=d1");
  }

  @AfterEach
  void stop() {
    if (adapter != null) {
      adapter.close();
    }
    gateway.close();
  }

  private TlsSettings tls(@Nullable Path clientCa, ClientAuth auth, TlsProvider provider) {
    return new TlsSettings(
        server.certificate(),
        server.key(),
        clientCa,
        auth,
        null,
        null,
        "1.2",
        provider,
        Duration.ofMillis(100));
  }

  private MqttAdapter start(TlsSettings tls) throws IOException {
    return start(new MqttsSettings("127.0.0.1", 0, tls, 1000, MqttOptions.FOR_TESTS));
  }

  private MqttAdapter start(MqttsSettings settings) throws IOException {
    MqttAdapter started = new MqttsAdapterFactory().create("mqtts", settings);
    started.start(gateway);
    adapter = started;
    return started;
  }

  private String mosquittoPub(int expectedExit, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "mosquitto_pub",
                "-h",
                "localhost",
                "-p",
                String.valueOf(adapter.address().getPort()),
                "--cafile",
                authority.certificate().toString(),
                "-q",
                "1",
                "-t",
                "telemetry",
                "-m",
                "{}"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    if (expectedExit == 0) {
      assertThat(process.exitValue()).as(output).isZero();
    } else {
      assertThat(process.exitValue()).as(output).isNotZero();
    }
    return output;
  }

  @ParameterizedTest
  @CsvSource({"JDK,tlsv1.2", "JDK,tlsv1.3", "OPENSSL,tlsv1.2", "OPENSSL,tlsv1.3"})
  void mosquittoPublishesWithPasswordOverEitherVersion(TlsProvider provider, String version)
      throws Exception {
    start(tls(null, ClientAuth.REQUIRED, provider));
    mosquittoPub(0, "-u", "d1", "-P", "pw", "--tls-version", version);
    assertThat(gateway.stored()).hasSize(1);
  }

  @Test
  void nativeLibraryIsThereOnThisMachine() {
    assertThat(OpenSsl.isAvailable()).as("netty-tcnative").isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"JDK", "OPENSSL"})
  void certificateNamesTheDevice(TlsProvider provider) throws Exception {
    start(tls(authority.certificate(), ClientAuth.REQUIRED, provider));
    mosquittoPub(
        0, "--cert", client.certificate().toString(), "--key", client.key().toString(), "-V", "5");
    assertThat(gateway.stored()).singleElement().matches(u -> u.device().value().equals("d1"));
    assertThat(
            mosquittoPub(
                1,
                "--cert",
                client.certificate().toString(),
                "--key",
                client.key().toString(),
                "-u",
                "d2"))
        .contains("not authori");
    assertThat(gateway.refusals()).containsOnly(RejectReason.NOT_AUTHORIZED);
  }

  /** A user name, a password and a token beside a certificate are of the same, or nobody's. */
  @ParameterizedTest
  @CsvSource({
    "d1, d2, x",
    "d1, d2, pw",
    "d1, , pw2",
    "reader, d1, pw",
    "reader, other, x",
    "reader, , pw2"
  })
  void whatIsShownBesideACertificateIsItsOwners(
      String owner, @Nullable String user, String password) throws Exception {
    Signed shown = authority.client("/CN=" + owner);
    gateway.device("d2", "pw").device("t2", "pw2");
    gateway.consumers.add("reader");
    start(tls(authority.certificate(), ClientAuth.REQUIRED, TlsProvider.JDK));
    assertThat(connAck(shown, user, password)).isEqualTo(0x87);
    assertThat(connAck(shown, owner, "anything")).isZero();
    assertThat(connAck(shown, null, null)).isZero();
  }

  private int connAck(Signed shown, @Nullable String user, @Nullable String password)
      throws Exception {
    JdkSslContext context =
        (JdkSslContext)
            SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .keyManager(shown.certificate().toFile(), shown.key().toFile())
                .trustManager(authority.certificate().toFile())
                .build();
    Socket socket =
        context
            .context()
            .getSocketFactory()
            .createSocket(InetAddress.getLoopbackAddress(), adapter.address().getPort());
    try (RawMqtt client = new RawMqtt(socket)) {
      int flags = 2 | (user == null ? 0 : 0x80) | (password == null ? 0 : 0x40);
      client.send(RawMqtt.connect(5, flags, "c1", user, password));
      return client.next().body()[1] & 0xFF;
    }
  }

  @Test
  void clientWithoutCertificateIsRefusedWhereOneIsRequired() throws Exception {
    start(tls(authority.certificate(), ClientAuth.REQUIRED, TlsProvider.AUTO));
    mosquittoPub(1, "-u", "d1", "-P", "pw");
    assertThat(gateway.stored()).isEmpty();
  }

  @Test
  void certificateOfAnotherAuthorityIsRefused() throws Exception {
    Authority foreign = Authority.create(directory.resolve("foreign"));
    Signed theirs = foreign.client("/O=Plant A/CN=d1");
    start(tls(authority.certificate(), ClientAuth.OPTIONAL, TlsProvider.AUTO));
    mosquittoPub(1, "--cert", theirs.certificate().toString(), "--key", theirs.key().toString());
    mosquittoPub(0, "-u", "d1", "-P", "pw");
    assertThat(gateway.stored()).hasSize(1);
  }

  @Test
  void revokedCertificateIsRefusedOnceTheListSaysSo() throws Exception {
    Authority own = Authority.create(directory.resolve("own"));
    Signed good = own.client("/CN=d1");
    Signed bad = own.client("/CN=d1");
    Path list = own.revocationList(directory.resolve("crl.pem"));
    start(
        new TlsSettings(
            server.certificate(),
            server.key(),
            own.certificate(),
            ClientAuth.REQUIRED,
            list,
            null,
            "1.2",
            TlsProvider.AUTO,
            Duration.ofMillis(100)));
    mosquittoPub(0, "--cert", bad.certificate().toString(), "--key", bad.key().toString());
    own.revoke(bad);
    own.revocationList(directory.resolve("next.pem"));
    Files.move(directory.resolve("next.pem"), list, StandardCopyOption.ATOMIC_MOVE);
    await()
        .ignoreExceptions()
        .untilAsserted(() ->
            mosquittoPub(1, "--cert", bad.certificate().toString(), "--key", bad.key().toString()));
    mosquittoPub(0, "--cert", good.certificate().toString(), "--key", good.key().toString());
  }

  private Socket socket(Path trusted) throws Exception {
    return io.sluice.api.tls.TlsFiles.of(
            io.sluice.api.tls.PemFiles.privateKey(client.key()),
            io.sluice.api.tls.PemFiles.certificates(client.certificate()),
            io.sluice.api.tls.PemFiles.certificates(trusted))
        .jdkContext()
        .getSocketFactory()
        .createSocket("localhost", adapter.address().getPort());
  }

  @Test
  void renewedCertificateIsTakenWhileOpenSessionsGoOn() throws Exception {
    Authority next = Authority.create(directory.resolve("next"));
    Signed renewed = next.server();
    Path certificate = Files.copy(server.certificate(), directory.resolve("server.pem"));
    Path key = Files.copy(server.key(), directory.resolve("server.key"));
    start(
        new TlsSettings(
            certificate,
            key,
            null,
            ClientAuth.REQUIRED,
            null,
            null,
            "1.2",
            TlsProvider.AUTO,
            Duration.ofMillis(100)));
    byte[] connect = RawMqtt.connect(4, 0xC2, "c1", "d1", "pw");
    try (RawMqtt open = new RawMqtt(socket(authority.certificate()))) {
      assertThat(open.send(connect).next().type()).isEqualTo(2);
      Files.writeString(key, "no key at all"); // between the two: the old ones stay in use
      Files.copy(renewed.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
      Files.copy(renewed.key(), key, StandardCopyOption.REPLACE_EXISTING);
      await()
          .ignoreExceptions()
          .untilAsserted(() -> {
            try (RawMqtt probe = new RawMqtt(socket(next.certificate()))) {
              probe.send(new byte[] {(byte) 0xC0, 0});
            }
          });
      assertThat(open.send(new byte[] {(byte) 0xC0, 0}).next())
          .extracting(Packet::type)
          .isEqualTo(13);
    }
  }

  @Test
  void ocspResponseIsStapled() throws Exception {
    Path response = authority.ocspResponse(server, directory.resolve("staple.der"));
    start(
        new TlsSettings(
            server.certificate(),
            server.key(),
            null,
            ClientAuth.REQUIRED,
            null,
            response,
            "1.2",
            TlsProvider.AUTO,
            Duration.ofSeconds(10)));
    Process probe =
        new ProcessBuilder(
                "openssl",
                "s_client",
                "-connect",
                "127.0.0.1:" + adapter.address().getPort(),
                "-status",
                "-CAfile",
                authority.certificate().toString())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    assertThat(new String(probe.getInputStream().readAllBytes(), UTF_8))
        .contains("OCSP Response Status: successful")
        .contains("Cert Status: good");
  }

  @Test
  void handshakesUnderWayAreBounded() throws Exception {
    TlsSettings tls = tls(null, ClientAuth.REQUIRED, TlsProvider.AUTO);
    MqttOptions soon = MqttOptions.FOR_TESTS.connectedWithin(Duration.ofSeconds(3));
    start(new MqttsSettings("127.0.0.1", 0, tls, 1, soon));
    InetAddress loopback = InetAddress.getLoopbackAddress();
    byte[] hello = clientHello(); // before their time runs: the first takes a while to be made
    try (Socket silent = new Socket(loopback, adapter.address().getPort());
        Socket first = new Socket(loopback, adapter.address().getPort());
        Socket second = new Socket(loopback, adapter.address().getPort())) {
      first.getOutputStream().write(hello);
      assertThat(first.getInputStream().read()).isEqualTo(22); // ServerHello: it is under way
      second.getOutputStream().write(hello);
      assertThat(second.getInputStream().read()).isEqualTo(-1);
      assertThat(gateway.limited).containsExactly(Limit.HANDSHAKES);
      // neither the silent one nor the first come to an end: both are closed when their time is up
      assertThat(silent.getInputStream().read()).isEqualTo(-1);
      assertThat(first.getInputStream().readAllBytes()).isNotEmpty();
    }
    mosquittoPub(0, "-u", "d1", "-P", "pw");
  }

  /** The first flight of a real client. */
  private byte[] clientHello() throws Exception {
    javax.net.ssl.SSLEngine engine =
        javax.net.ssl.SSLContext.getDefault().createSSLEngine("localhost", 1);
    engine.setUseClientMode(true);
    java.nio.ByteBuffer out = java.nio.ByteBuffer.allocate(32 << 10);
    engine.wrap(java.nio.ByteBuffer.allocate(0), out);
    byte[] hello = new byte[out.position()];
    out.flip().get(hello);
    return hello;
  }

  @Test
  void faultyFilesAreNamed() throws IOException {
    Path other = authority.client("/CN=other").key();
    TlsSettings wrong = TlsSettings.of(server.certificate(), other, null);
    assertThat(wrong.problems()).singleElement().matches(p -> p.message().contains("not the key"));
    assertThatThrownBy(() -> start(wrong)).isInstanceOf(IOException.class);
    TlsSettings missing = TlsSettings.of(directory.resolve("none.pem"), server.key(), null);
    assertThat(missing.problems())
        .singleElement()
        .matches(p -> p.message().contains("there is no"));
  }
}
