package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.audit.AuditEvent;
import io.sluice.api.config.Bytes;
import io.sluice.api.config.Checked.Problem;
import io.sluice.api.config.Secret;
import io.sluice.api.operator.AdminSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The admin listener behind a proxy at 127.0.0.2. The headers are written after sections 2.1 and
 * 2.2 of the PROXY protocol's specification (haproxy.org, proxy-protocol.txt).
 */
@Tag("slow")
@Timeout(120)
class AdminProxyTest {
  private static final String TOKEN = "a-token-of-tests-0123456789";

  /** Section 2.2: the signature of version 2. */
  private static final String SIGNATURE = "0D0A0D0A000D0A515549540A";

  private final List<AuditEvent> audit = new CopyOnWriteArrayList<>();
  private AdminServer server;

  private static AdminSettings settings(String... proxies) {
    return new AdminSettings(
        "127.0.0.1",
        0,
        new Secret(TOKEN),
        List.of(),
        null,
        List.of(),
        List.of(),
        false,
        false,
        new Bytes(1 << 20),
        null,
        Duration.ofMinutes(15),
        AdminSettings.Require.ANY,
        List.of(proxies));
  }

  @BeforeEach
  void start() throws Exception {
    // by a clock that stands still: a wait is not over, however long a request takes
    server =
        AdminServer.start(
            settings("127.0.0.2"), new GatewaySurface(new FixedOperations()), audit::add, () -> 0);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static byte[] text(String header) {
    return header.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] version2(String rest) {
    return HexFormat.of().parseHex(SIGNATURE + rest.replace(" ", ""));
  }

  /** What a connection from that address is answered that begins with the header; all of it. */
  private String answer(String from, byte[] header, String token) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(header);
    all.writeBytes(
        text(
            "POST /api/v1/reload HTTP/1.1\r\nHost: gw\r\nContent-Length: 0\r\nConnection: close\r\n"
                + "Authorization: Bearer "
                + token
                + "\r\n\r\n"));
    try (Socket socket =
        new Socket(
            InetAddress.getLoopbackAddress(),
            server.address().getPort(),
            InetAddress.getByName(from),
            0)) {
      socket.setSoTimeout(45_000);
      socket.getOutputStream().write(all.toByteArray());
      return text(socket.getInputStream());
    }
  }

  /** What comes until the end, be that a reset: bytes of ours may be unread then. */
  private static String text(InputStream in) throws IOException {
    StringBuilder text = new StringBuilder();
    try {
      for (int next = in.read(); next >= 0; next = in.read()) {
        text.append((char) next);
      }
    } catch (SocketException reset) {
      return text.toString();
    }
    return text.toString();
  }

  private String proxied(byte[] header, String token) throws IOException {
    return answer("127.0.0.2", header, token);
  }

  private List<String> addresses() {
    return audit.stream().map(AuditEvent::from).toList();
  }

  @Test
  void auditLogHasTheAddressThatVersion1Names() throws Exception {
    byte[] header = text("PROXY TCP4 198.51.100.7 192.0.2.1 50112 8080\r\n");
    assertThat(proxied(header, TOKEN)).startsWith("HTTP/1.1 200");
    assertThat(addresses()).containsExactly("198.51.100.7");
  }

  @Test
  void auditLogHasTheAddressThatVersion2Names() throws Exception {
    // PROXY, TCP over IPv6, 36 bytes: 2001:db8::7 port 50112 to 2001:db8::1 port 8080
    byte[] header =
        version2(
            "21 21 0024 20010DB8000000000000000000000007 20010DB8000000000000000000000001"
                + " C3C0 1F90");
    assertThat(proxied(header, TOKEN)).startsWith("HTTP/1.1 200");
    assertThat(addresses()).singleElement().asString().isIn("2001:db8:0:0:0:0:0:7", "2001:db8::7");
  }

  @Test
  void healthCheckOfTheProxyItselfIsServed() throws Exception {
    assertThat(proxied(version2("20 00 0000"), TOKEN)).startsWith("HTTP/1.1 200");
    assertThat(addresses()).containsExactly("127.0.0.2");
  }

  @Test
  void whoGuessesTokensBehindTheProxyLocksNobodyElseOut() throws Exception {
    byte[] guesser = text("PROXY TCP4 198.51.100.7 192.0.2.1 50112 8080\r\n");
    String last = "";
    for (int i = 0; i < 7; i++) {
      last = proxied(guesser, "wrong-token-0123456789");
    }
    assertThat(last).startsWith("HTTP/1.1 429");
    byte[] other = text("PROXY TCP4 198.51.100.8 192.0.2.1 50113 8080\r\n");
    assertThat(proxied(other, TOKEN)).startsWith("HTTP/1.1 200");
  }

  @Test
  void whoIsNoProxyIsServedWithoutAHeaderAndBelievedNoHeader() throws Exception {
    assertThat(answer("127.0.0.1", new byte[0], TOKEN)).startsWith("HTTP/1.1 200");
    assertThat(addresses()).containsExactly("127.0.0.1");
    byte[] forged = text("PROXY TCP4 198.51.100.7 192.0.2.1 50112 8080\r\n");
    assertThat(answer("127.0.0.1", forged, TOKEN)).contains("400 Bad Request");
    assertThat(answer("127.0.0.1", version2("20 00 0000"), TOKEN)).doesNotContain("HTTP/1.1 200");
    assertThat(addresses()).hasSize(1);
  }

  @Test
  void proxyThatSendsNoHeaderIsClosed() throws Exception {
    assertThat(proxied(new byte[0], TOKEN)).isEmpty();
    assertThat(audit).isEmpty();
  }

  @Test
  void addressThatIsNoneIsAFaultOfTheConfiguration() {
    assertThat(settings("10.0.0.0/33", "192.0.2.7").problems())
        .extracting(Problem::key)
        .containsExactly("proxy-protocol-from");
  }
}
