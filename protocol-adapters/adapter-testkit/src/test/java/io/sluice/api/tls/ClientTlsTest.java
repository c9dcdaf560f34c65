package io.sluice.api.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.adapter.testkit.Authority;
import io.sluice.adapter.testkit.Authority.Signed;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the operator reads where no TLS connection to a server comes about. */
class ClientTlsTest {
  @TempDir static Path directory;
  static Authority authority;

  @BeforeAll
  static void certificates() throws IOException {
    authority = Authority.create(directory.resolve("ca"));
  }

  /**
   * Connects to a server with that certificate; answers the fault's text, null where it is good.
   */
  private static @Nullable String fault(Signed server, String host, SSLContext client)
      throws Exception {
    SSLContext context =
        TlsFiles.read(TlsSettings.of(server.certificate(), server.key(), authority.certificate()))
            .jdkContext();
    boolean isAsked = host.equals("wants-certificate");
    try (SSLServerSocket listening =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      listening.setNeedClientAuth(isAsked);
      CompletableFuture<Void> served = CompletableFuture.runAsync(() -> serve(listening));
      String fault = connect(client, listening, isAsked ? null : host);
      served.join();
      return fault;
    }
  }

  private static void serve(SSLServerSocket listening) {
    try (SSLSocket one = (SSLSocket) listening.accept()) {
      one.getOutputStream().write(1);
    } catch (IOException e) {
      assertThat(e).isNotNull(); // the client has its own word for it
    }
  }

  private static @Nullable String connect(
      SSLContext client, SSLServerSocket to, @Nullable String host) throws IOException {
    try (SSLSocket socket = (SSLSocket) client.getSocketFactory().createSocket()) {
      socket.connect(to.getLocalSocketAddress());
      if (host != null) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setServerNames(List.of(new SNIHostName(host)));
        socket.setSSLParameters(parameters);
      }
      socket.startHandshake();
      assertThat(socket.getInputStream().read()).isEqualTo(1);
      return null;
    } catch (IOException e) {
      return ClientTls.fault(e);
    }
  }

  private static SSLContext trusting(@Nullable Path ca) throws IOException {
    return ClientTls.context(ca, null, null);
  }

  @Test
  void goodServerIsTrusted() throws Exception {
    assertThat(fault(authority.server(), "localhost", trusting(authority.certificate()))).isNull();
  }

  @Test
  void expiredCertificateIsNamed() throws Exception {
    Signed expired = authority.server("20200101000000Z", "20210101000000Z");
    assertThat(fault(expired, "localhost", trusting(authority.certificate())))
        .contains("has expired")
        .contains("2021");
    Signed early = authority.server("20480101000000Z", "20490101000000Z");
    assertThat(fault(early, "localhost", trusting(authority.certificate())))
        .contains("not valid yet")
        .contains("clock");
  }

  @Test
  void unknownAuthorityIsNamedWithItsRemedy() throws Exception {
    assertThat(fault(authority.server(), "localhost", trusting(null)))
        .contains("give its authority");
  }

  @Test
  void serverThatWantsACertificateIsNamed() throws Exception {
    SSLContext none = trusting(authority.certificate());
    assertThat(fault(authority.server(), "wants-certificate", none))
        .contains("refuses the certificate that the gateway shows, or wants one");
    Signed own = authority.client("/CN=gateway");
    SSLContext shows = ClientTls.context(authority.certificate(), own.certificate(), own.key());
    assertThat(fault(authority.server(), "wants-certificate", shows)).isNull();
  }

  @Test
  void keyOfAnotherCertificateIsAFault() throws Exception {
    Signed own = authority.client("/CN=gateway");
    assertThatThrownBy(() -> ClientTls.context(null, own.certificate(), authority.server().key()))
        .hasMessageContaining("is not the key of any certificate");
  }

  @Test
  void otherFaultsAreNotOfCertificates() {
    assertThat(ClientTls.fault(new IOException("Connection refused"))).isNull();
    assertThat(ClientTls.fault(null)).isNull();
  }
}
