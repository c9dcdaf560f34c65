package io.sluice.adapter.mqtt;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.mqtt.RawMqtt.Bytes;
import io.sluice.adapter.mqtt.server.MqttAdapter;
import io.sluice.adapter.mqtt.session.MqttOptions;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Drain;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The opening handshake and the Close frames of RFC 6455, byte by byte. */
@Tag("slow")
class WebSocketWireTest {
  private static final String UPGRADE = "Host: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
  private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  private static final String VERSION = "Sec-WebSocket-Version: 13\r\n";
  private static final String MQTT = "Sec-WebSocket-Protocol: mqtt\r\n";

  private final RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
  private final MqttAdapter adapter =
      new WebSocketAdapterFactory()
          .create(
              "ws",
              new WebSocketSettings("127.0.0.1", 0, "/mqtt", null, 1000, MqttOptions.FOR_TESTS));

  @BeforeEach
  void start() throws IOException {
    adapter.start(gateway);
  }

  @AfterEach
  void stop() {
    adapter.close();
    gateway.close();
  }

  /** A client that writes its own HTTP and its own frames. */
  private static final class Raw implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;

    Raw(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(45_000);
      in = new DataInputStream(socket.getInputStream());
    }

    /** The head of the answer. */
    String ask(String request) throws IOException {
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) in.readUnsignedByte());
      }
      return head.toString();
    }

    void open(String target) throws IOException {
      assertThat(ask("GET " + target + " HTTP/1.1\r\n" + UPGRADE + KEY + VERSION + MQTT + "\r\n"))
          .startsWith("HTTP/1.1 101")
          .containsIgnoringCase("sec-websocket-protocol: mqtt\r\n");
    }

    /** Masked by zeros, of less than 126 bytes. */
    void frame(int first, byte[] payload) throws IOException {
      Bytes frame = new Bytes().raw(first, 0x80 | payload.length, 0, 0, 0, 0);
      frame.writeBytes(payload);
      socket.getOutputStream().write(frame.toByteArray());
    }

    byte[] next(int first) throws IOException {
      assertThat(in.readUnsignedByte()).isEqualTo(first);
      byte[] payload = new byte[in.readUnsignedByte()];
      in.readFully(payload);
      return payload;
    }

    /** The status of the Close frame, which is the last. */
    int closed() throws IOException {
      byte[] payload = next(0x88);
      assertThat(in.read()).as("a byte behind the Close frame").isEqualTo(-1);
      return ((payload[0] & 0xFF) << 8) | (payload[1] & 0xFF);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private Raw client() throws IOException {
    return new Raw(adapter.address().getPort());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/mqtt", "/mqtt?", "/mqtt?x=1", "/mqtt?token=a/b?c&d=%2F"})
  void pathMayHaveAQuery(String target) throws IOException {
    try (Raw client = client()) {
      client.open(target);
      client.frame(0x82, RawMqtt.connect(4, 0xC2, "c1", "d1", "pw"));
      assertThat(client.next(0x82)).containsExactly(0x20, 2, 0, 0);
    }
  }

  /** MQTT 5 section 3.1, [MQTT-3.1.0-2]; the same of 3.1.1. */
  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void secondConnectInTheFrameOfTheFirstEndsTheConnection(int level) throws IOException {
    byte[] one = RawMqtt.connect(level, 0xC2, "c1", "d1", "pw");
    Bytes both = new Bytes();
    both.writeBytes(one);
    both.writeBytes(one);
    try (Raw client = client()) {
      client.open("/mqtt");
      client.frame(0x82, both.toByteArray());
      byte[] answer = client.next(0x82);
      assertThat(answer[0]).isEqualTo((byte) 0x20);
      assertThat(answer[3]).as("the first is taken").isZero();
      if (level == 5) {
        byte[] disconnect = client.next(0x82);
        assertThat(disconnect[0]).isEqualTo((byte) 0xE0);
        assertThat(disconnect[2]).as("protocol error").isEqualTo((byte) 0x82);
      }
      assertThat(client.closed()).isEqualTo(1000);
    }
    assertThat(gateway.refusals()).containsExactly(RejectReason.PROTOCOL_ERROR);
    await().until(() -> adapter.connections() == 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/mqtt/", "/mqttx", "/mqtt/x?y", "/?/mqtt", "/other"})
  void otherPathIsNotFound(String target) throws IOException {
    try (Raw client = client()) {
      assertThat(
              client.ask(
                  "GET " + target + " HTTP/1.1\r\n" + UPGRADE + KEY + VERSION + MQTT + "\r\n"))
          .startsWith("HTTP/1.1 404");
    }
  }

  private void refused(String request, int status) throws IOException {
    try (Raw client = client()) {
      assertThat(client.ask(request + "\r\n")).startsWith("HTTP/1.1 " + status);
    }
    await().until(() -> adapter.connections() == 0);
  }

  @Test
  void handshakeThatIsNotByTheBookIsRefused() throws IOException {
    String get = "GET /mqtt HTTP/1.1\r\n";
    String old = "Sec-WebSocket-Version: 8\r\n";
    refused(get + UPGRADE + KEY + old, 426);
    refused(get + UPGRADE + KEY, 426);
    refused(get + UPGRADE + VERSION, 400);
    refused(get + UPGRADE + VERSION + "Sec-WebSocket-Key: abc\r\n", 400);
    refused(get + UPGRADE + VERSION + "Sec-WebSocket-Key: ?\r\n", 400);
    refused("GET /mqtt HTTP/1.0\r\n" + UPGRADE + KEY + VERSION, 400);
    refused("POST /mqtt HTTP/1.1\r\n" + UPGRADE + KEY + VERSION, 400);
    refused(get + UPGRADE + KEY + VERSION + "Bad Header\r\n", 400);
    refused(get + UPGRADE + KEY + VERSION + "X: " + "x".repeat(20_000) + "\r\n", 431);
  }

  @Test
  void versionThatIsSpokenIsNamed() throws IOException {
    try (Raw client = client()) {
      String old = "Sec-WebSocket-Version: 8\r\n";
      assertThat(client.ask("GET /mqtt HTTP/1.1\r\n" + UPGRADE + KEY + old + "\r\n"))
          .containsIgnoringCase(VERSION); // RFC 6455 section 4.4
    }
  }

  @Test
  void onlyMqttIsChosenAsSubprotocol() throws IOException {
    try (Raw client = client()) {
      String older = "Sec-WebSocket-Protocol: mqttv3.1\r\n";
      assertThat(client.ask("GET /mqtt HTTP/1.1\r\n" + UPGRADE + KEY + VERSION + older + "\r\n"))
          .doesNotContain("mqttv3.1");
    }
  }

  /** A bit that is reserved, an opcode that is, a ping in pieces, text. */
  @ParameterizedTest
  @CsvSource({"0xC2, 1002", "0x83, 1002", "0x09, 1002", "0x81, 1003"})
  void oneCloseFrameEndsWhatIsNoFrame(int first, int status) throws IOException {
    try (Raw client = client()) {
      client.open("/mqtt");
      client.frame(first, new byte[] {1});
      assertThat(client.closed()).isEqualTo(status);
    }
    for (int level : new int[] {4, 5}) {
      try (Raw client = client()) {
        client.open("/mqtt");
        client.frame(0x82, RawMqtt.connect(level, 0xC2, "c1", "d1", "pw"));
        assertThat(client.next(0x82)[0]).isEqualTo((byte) 0x20);
        client.frame(first, new byte[] {1});
        assertThat(client.closed()).isEqualTo(status);
      }
    }
    await().until(() -> adapter.connections() == 0);
  }

  private void connect(Raw client) throws IOException {
    client.open("/mqtt");
    client.frame(0x82, RawMqtt.connect(5, 0xC2, "c1", "d1", "pw"));
    assertThat(client.next(0x82)[0]).isEqualTo((byte) 0x20);
  }

  @Test
  void aDrainedGatewayGoesAway() throws IOException {
    try (Raw client = client()) {
      connect(client);
      gateway.drain = new Drain(null, false, Duration.ZERO);
      adapter.drain(gateway.drain);
      assertThat(client.next(0x82)).startsWith(0xE0).contains(0x9C);
      assertThat(client.closed()).isEqualTo(1001);
    }
    try (Raw late = client()) {
      late.open("/mqtt");
      late.frame(0x82, RawMqtt.connect(4, 0xC2, "c1", "d1", "pw"));
      assertThat(late.next(0x82)).containsExactly(0x20, 2, 0, 3);
    }
  }

  @Test
  void aGatewayThatEndsGoesAway() throws IOException {
    try (Raw client = client()) {
      connect(client);
      adapter.close();
      assertThat(client.next(0x82)).startsWith(0xE0).contains(0x8B);
      assertThat(client.closed()).isEqualTo(1001);
    }
  }
}
