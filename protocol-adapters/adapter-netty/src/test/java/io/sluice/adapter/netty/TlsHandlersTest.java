package io.sluice.adapter.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.Authority;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.api.Limit;
import io.sluice.api.tls.TlsSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS in front of a protocol that knows nothing of it. */
class TlsHandlersTest {
  @TempDir private static Path directory;
  private static Authority authority;
  private static Authority.Signed server;

  private final RecordingGateway gateway = new RecordingGateway();
  private final LineProtocol protocol = new LineProtocol();
  private @Nullable TcpListener<ConnectionLoop> listener;

  @BeforeAll
  static void sign() throws IOException {
    authority = Authority.create(directory);
    server = authority.server();
  }

  private TcpListener<ConnectionLoop> start(Path certificate, int maxHandshakes)
      throws IOException {
    TcpListener<ConnectionLoop> started =
        TcpListener.start(
            new ListenerSpec(
                "lines-tls",
                "lines",
                "127.0.0.1",
                0,
                TlsSettings.of(certificate, server.key(), null),
                maxHandshakes,
                10,
                Duration.ofSeconds(20),
                1 << 20,
                Transport.AUTO,
                1),
            protocol,
            gateway);
    listener = started;
    return started;
  }

  @AfterEach
  void stop() {
    if (listener != null) {
      listener.close();
    }
    gateway.close();
  }

  private static Socket connect(TcpListener<ConnectionLoop> to) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null);
    try (InputStream file = Files.newInputStream(authority.certificate())) {
      trusted.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(file));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context
        .getSocketFactory()
        .createSocket(InetAddress.getLoopbackAddress(), to.address().getPort());
  }

  @Test
  void protocolIsServedBehindTlsAndClosedLayerByLayer() throws Exception {
    TcpListener<ConnectionLoop> started = start(server.certificate(), 10);
    try (LineClient client = new LineClient(connect(started))) {
      assertThat(client.send("hello").next()).isEqualTo("hello");
      assertThat(protocol.connections.getFirst().peer().secure()).isTrue();
      assertThat(TlsHandlers.clientChain(protocol.connections.getFirst().channel().pipeline()))
          .as("it has shown no certificate")
          .isEmpty();
      CompletableFuture<Void> closing = CompletableFuture.runAsync(started::close);
      assertThat(client.next()).isEqualTo("bye");
      assertThat(client.next()).as("close_notify, not a torn connection").isNull();
      client.hangUp();
      closing.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void oneHandshakeMoreThanIsAllowedIsClosed() throws Exception {
    TcpListener<ConnectionLoop> started = start(server.certificate(), 0);
    assertThatThrownBy(() -> new LineClient(connect(started)).send("hello"))
        .isInstanceOf(IOException.class);
    assertThat(gateway.limited).containsExactly(Limit.HANDSHAKES);
    await().until(() -> ListenerGroup.of(gateway, "lines").unadmitted().held() == 0);
  }

  @Test
  void fileThatCannotBeUsedIsNamedWithItsPlace() {
    assertThatThrownBy(() -> start(directory.resolve("none.pem"), 10))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("listeners.lines-tls.tls: ");
  }
}
