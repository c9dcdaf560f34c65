package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.epoll.Epoll;
import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.adapter.coap.settings.CoapSettings;
import io.sluice.adapter.coap.settings.CoapsSettings;
import io.sluice.adapter.coap.settings.FastPath;
import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Listeners that are bound to all addresses answer from the one that was asked (RFC 7252 section
 * 5.3.2). A connected socket takes nothing from another address.
 */
@Tag("slow")
class AskedAddressTest {
  private static final byte[] KEY = "sixteen bytes!!!".getBytes(UTF_8);

  private final ScriptedGateway gateway = new ScriptedGateway();
  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeEach
  void onLinux() {
    Assumptions.assumeTrue(Epoll.isAvailable());
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    gateway.close();
  }

  private InetSocketAddress plain(String host) throws Exception {
    CoapAdapter adapter =
        new CoapAdapter(new CoapSettings(host, 0, FastPath.ON, CoapOptions.DEFAULTS));
    open.add(adapter);
    adapter.start(gateway);
    return adapter.address();
  }

  private DatagramSocket client(String server, int port) throws Exception {
    DatagramSocket socket = new DatagramSocket();
    open.add(socket);
    socket.connect(InetAddress.getByName(server), port);
    socket.setSoTimeout(45_000);
    return socket;
  }

  private static byte[] exchange(DatagramSocket socket, byte[] message) throws Exception {
    socket.send(new DatagramPacket(message, message.length));
    return receive(socket);
  }

  private static byte[] receive(DatagramSocket socket) throws Exception {
    DatagramPacket answer = new DatagramPacket(new byte[2048], 2048);
    socket.receive(answer);
    return Arrays.copyOf(answer.getData(), answer.getLength());
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 127.0.0.1",
    "0.0.0.0, 127.0.0.5",
    "0.0.0.0, ::1",
    "::, 127.0.0.1",
    "::, 127.0.0.5",
    "::, ::1"
  })
  void answersOfEachKindLeaveFromTheAddressAsked(String host, String asked) throws Exception {
    int port = plain(host).getPort();
    DatagramSocket socket = client(asked, port);
    assertThat(RawPeer.code(exchange(socket, RawPeer.post(1, "{}")))).isEqualTo("2.04");
    assertThat(RawPeer.code(exchange(socket, RawPeer.post(1, "{}")))).as("again").isEqualTo("2.04");
    byte[] sized = RawPeer.post(2, 60, new byte[] {2}, "{}");
    assertThat(RawPeer.code(exchange(socket, sized))).as("Californium's").isEqualTo("2.04");
    byte[] ping = {0x40, 0, 0, 9};
    assertThat(exchange(socket, ping)).as("ping").containsExactly(0x70, 0, 0, 9);
    byte[] bad = RawPeer.get("command", "d=raw-1", "k=wrong", 3, false);
    assertThat(RawPeer.code(exchange(socket, bad))).isEqualTo("4.01");
    byte[] malformed = {0x49, 1, 0, 7};
    assertThat(RawPeer.type(exchange(socket, malformed))).isEqualTo("RST");
    exchange(socket, RawPeer.get("command", "d=raw-1", "k=secret", 4, true));
    await().until(() -> gateway.links.containsKey(new DeviceId("raw-1")));
    gateway.submit(
        new Command(
            "c-1",
            new DeviceId("raw-1"),
            "open",
            ContentType.TEXT,
            new byte[] {'x'},
            1,
            Long.MAX_VALUE));
    byte[] notification = receive(socket);
    assertThat(new String(notification, UTF_8)).endsWith("x");
    assertThat(receive(socket)).as("retransmission").isEqualTo(notification);
    byte[] ack = {0x60, 0, notification[2], notification[3]};
    socket.send(new DatagramPacket(ack, ack.length));
    await().until(() -> gateway.acknowledged.contains("c-1"));
    assertThat(gateway.accepted).hasSize(2);
  }

  @Test
  void lateAnswerLeavesFromTheAddressAskedToo() throws Exception {
    DatagramSocket socket = client("127.0.0.6", plain("0.0.0.0").getPort());
    CompletableFuture<Void> until = new CompletableFuture<>();
    gateway.blockWriter(until.orTimeout(10, TimeUnit.SECONDS));
    // credentials are checked by the same thread, so they are known before it is held
    until.complete(null);
    exchange(socket, RawPeer.post(1, "{}"));
    CompletableFuture<Void> held = new CompletableFuture<>();
    gateway.blockWriter(held);
    byte[] empty = exchange(socket, RawPeer.post(2, "{}"));
    assertThat(empty).containsExactly(0x60, 0, 0, 2);
    held.complete(null);
    byte[] separate = receive(socket);
    assertThat(RawPeer.type(separate)).isEqualTo("CON");
    assertThat(RawPeer.code(separate)).isEqualTo("2.04");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.0.0.5", "::1"})
  void sessionsAreMadeWithTheAddressAsked(String asked) throws Exception {
    gateway.pskKeys.put("raw-1", KEY);
    CoapsSettings defaults = CoapsSettings.onLoopback(null, false);
    CoapAdapter adapter =
        new CoapAdapter(
            new CoapsSettings(
                "0.0.0.0",
                0,
                defaults.psk(),
                null,
                false,
                defaults.maxSessions(),
                defaults.sessionIdle(),
                defaults.connectionIdLength(),
                defaults.maxHandshakes(),
                defaults.options()));
    open.add(adapter);
    adapter.start(gateway);
    try (RawSession session =
        new RawSession(
            DtlsClients.configuration()
                .setAddress(new InetSocketAddress(InetAddress.getByName("::"), 0))
                .setAdvancedPskStore(new AdvancedSinglePskStore("raw-1", KEY)),
            new InetSocketAddress(InetAddress.getByName(asked), adapter.address().getPort()))) {
      for (int i = 0; i < 3; i++) {
        session.send(RawPeer.post(i, "{}"));
        assertThat(RawPeer.code(session.receive())).isEqualTo("2.04");
      }
    }
    assertThat(gateway.accepted).hasSize(3);
  }

  @Test
  void portThatIsTakenIsRefused() throws Exception {
    int port = plain("0.0.0.0").getPort();
    CoapAdapter second =
        new CoapAdapter(new CoapSettings("0.0.0.0", port, FastPath.ON, CoapOptions.DEFAULTS));
    assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> second.start(gateway)))
        .hasMessageContaining("cannot listen on udp");
  }
}
