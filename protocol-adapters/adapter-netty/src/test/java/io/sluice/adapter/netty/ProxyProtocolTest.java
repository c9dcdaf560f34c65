package io.sluice.adapter.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.TrustedProxies;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a listener behind a proxy makes of the headers of the PROXY protocol. The bytes are written
 * after sections 2.1 and 2.2 of its specification (haproxy.org, proxy-protocol.txt).
 */
class ProxyProtocolTest {
  /** Section 2.2: the signature of version 2. */
  private static final String SIGNATURE = "0D0A0D0A000D0A515549540A";

  private final RecordingGateway gateway = new RecordingGateway();
  private final LineProtocol protocol = new LineProtocol();
  private TcpListener<ConnectionLoop> listener;

  private void start(Duration patience, String... proxies) throws IOException {
    ListenerSpec spec =
        new ListenerSpec(
            "lines",
            "lines",
            "127.0.0.1",
            0,
            null,
            0,
            10,
            patience,
            1 << 20,
            Transport.AUTO,
            1,
            List.of(),
            TrustedProxies.of(List.of(proxies)));
    listener = TcpListener.start(spec, protocol, gateway);
  }

  private void start(String... proxies) throws IOException {
    start(Duration.ofSeconds(60), proxies);
  }

  @AfterEach
  void stop() {
    listener.close();
    gateway.close();
  }

  private LineClient connect(byte[] header) throws IOException {
    Socket socket = new Socket(listener.address().getAddress(), listener.address().getPort());
    socket.getOutputStream().write(header);
    return new LineClient(socket);
  }

  private static byte[] text(String header) {
    return header.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] hex(String header) {
    return HexFormat.of().parseHex(header);
  }

  /** The address under which the gateway knows the client. */
  private InetSocketAddress peer(byte[] header) throws IOException {
    try (LineClient client = connect(header)) {
      assertThat(client.send("hello").next()).isEqualTo("hello");
      return protocol.connections.getLast().peer().address();
    }
  }

  private static InetSocketAddress address(String literal, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(literal), port);
  }

  @Test
  void theDeviceHasTheAddressThatTheProxySays() throws IOException {
    start("127.0.0.0/8");
    assertThat(peer(text("PROXY TCP4 192.0.2.10 198.51.100.1 56324 1883\r\n")))
        .isEqualTo(address("192.0.2.10", 56324));
    assertThat(peer(text("PROXY TCP6 2001:db8::7 2001:db8::1 4000 1883\r\n")))
        .isEqualTo(address("2001:db8::7", 4000));
    // version 2, PROXY, TCP over IPv4, 12 bytes: 192.0.2.10:56324 to 198.51.100.1:1883
    assertThat(
            peer(hex(SIGNATURE + "21" + "11" + "000C" + "C000020A" + "C6336401" + "DC04" + "075B")))
        .isEqualTo(address("192.0.2.10", 56324));
    // version 2, PROXY, TCP over IPv6, 36 bytes, and an extension that nobody knows (0xEE, 2 bytes)
    assertThat(
            peer(
                hex(
                    SIGNATURE
                        + "21"
                        + "21"
                        + "0029"
                        + "20010DB8000000000000000000000007"
                        + "20010DB8000000000000000000000001"
                        + "0FA0"
                        + "075B"
                        + "EE0002CAFE")))
        .isEqualTo(address("2001:db8::7", 4000));
    assertThat(gateway.refusals()).isEmpty();
  }

  @Test
  void aProxyThatSpeaksForItselfOrForNobodyItKnowsIsThePeer() throws IOException {
    start("127.0.0.1");
    assertThat(peer(text("PROXY UNKNOWN\r\n")).getAddress().isLoopbackAddress()).isTrue();
    assertThat(peer(hex(SIGNATURE + "20" + "00" + "0000")).getAddress().isLoopbackAddress())
        .isTrue();
  }

  @Test
  void aHeaderMayComeInPieces() throws IOException {
    start("127.0.0.1");
    byte[] header = text("PROXY TCP4 192.0.2.10 198.51.100.1 56324 1883\r\n");
    try (Socket socket =
        new Socket(listener.address().getAddress(), listener.address().getPort())) {
      socket.setTcpNoDelay(true);
      for (byte one : header) {
        socket.getOutputStream().write(one);
      }
      LineClient client = new LineClient(socket);
      assertThat(client.send("hello").next()).isEqualTo("hello");
    }
    assertThat(protocol.connections.getLast().peer().address())
        .isEqualTo(address("192.0.2.10", 56324));
  }

  @Test
  void whatComesWithTheHeaderIsTheDevices() throws IOException {
    start("127.0.0.1");
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(text("PROXY TCP4 192.0.2.10 198.51.100.1 56324 1883\r\n"));
    all.writeBytes(text("one\ntwo\n"));
    try (LineClient client = connect(all.toByteArray())) {
      assertThat(client.next()).isEqualTo("one");
      assertThat(client.next()).isEqualTo("two");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hello, this is no header at all\n",
        "PUT /telemetry HTTP/1.1\r\n",
        "PROXY TCP4 192.0.2.10 198.51.100.1 99999 1883\r\n",
        "PROXY TCP4 192.0.2.300 198.51.100.1 56324 1883\r\n",
        "PROXY TCP4 device.example 198.51.100.1 56324 1883\r\n"
      })
  void aProxyThatSendsNoHeaderIsRefused(String instead) throws IOException {
    start("127.0.0.1");
    try (LineClient client = connect(text(instead))) {
      assertThat(client.isClosed()).isTrue();
    }
    await().until(() -> !gateway.refusals().isEmpty());
    assertThat(gateway.refusals()).containsExactly(RejectReason.PROTOCOL_ERROR);
    assertThat(protocol.connections).isEmpty();
    await().until(() -> listener.connections() == 0);
  }

  @Test
  void aProxyThatSaysNothingIsNotWaitedForLong() throws IOException {
    start(Duration.ofMillis(200), "127.0.0.1");
    try (LineClient client = connect(text("PROXY TCP4 192."))) {
      assertThat(client.isClosed()).isTrue();
    }
    assertThat(gateway.refusals()).containsExactly(RejectReason.PROTOCOL_ERROR);
  }

  @Test
  void aBalancerThatOnlyLooksWhetherThePortIsOpenIsNoFault() throws IOException {
    start("127.0.0.1");
    connect(new byte[0]).close();
    await().until(() -> listener.connections() == 0);
    assertThat(gateway.refusals()).isEmpty();
  }

  @Test
  void whoIsNoTrustedProxyIsServedAsHimselfAndHisHeaderIsNotBelieved() throws IOException {
    start("10.0.0.0/8", "2001:db8::/32");
    String header = "PROXY TCP4 192.0.2.10 198.51.100.1 56324 1883";
    try (LineClient client = connect(text(header + "\r\n"))) {
      assertThat(client.next()).isEqualTo(header);
    }
    assertThat(protocol.connections.getLast().peer().address().getAddress().isLoopbackAddress())
        .isTrue();
  }

  @Test
  void addressesThatAreNoneAreFaults() throws IOException {
    start();
    assertThat(TrustedProxies.fault("balancer.example"))
        .isEqualTo(
            "'balancer.example' is no address and no network; write it as 192.0.2.7, 10.0.0.0/8 or"
                + " 2001:db8::/32");
    assertThat(TrustedProxies.fault("10.0.0.0/33")).isNotNull();
    assertThat(TrustedProxies.fault("10.0.0.0/x")).isNotNull();
    assertThat(TrustedProxies.fault("10.0.0.0/-1")).isNotNull();
    assertThat(TrustedProxies.fault("2001:db8::/129")).isNotNull();
    assertThat(TrustedProxies.fault("")).isNotNull();
    assertThat(TrustedProxies.fault("2001:db8::/128")).isNull();
    assertThat(TrustedProxies.fault("0.0.0.0/0")).isNull();
  }
}
