package io.sluice.upstream.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.mqtt.MqttProperties;
import io.sluice.api.config.Secret;
import io.sluice.api.upstream.Upstream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a broker says to CONNECT, and what the operator reads of it. */
@Timeout(60)
@Tag("slow")
class BrokerAnswersTest {
  private static final byte[] WELCOME = {0x20, 2, 0, 0};
  private static final byte[] WELCOME_5 = {0x20, 3, 0, 0, 0};

  @Test
  void reasonStringAndServerReferenceAreTold() throws Exception {
    try (Broker broker = new Broker(connack(0x9D, text(0x1C, "b2:1884") + text(0x1F, "moved")))) {
      assertThatThrownBy(() -> open(broker, "5", null))
          .isInstanceOf(IOException.class)
          .hasMessageEndingWith(
              "refused with 0x9d: the server has moved; write the new one in uri (it names b2:1884)"
                  + " (it says: moved)");
    }
    try (Broker broker = new Broker(connack(0x87, text(0x1F, "tenant\nexpired")))) {
      assertThatThrownBy(() -> open(broker, "5", null))
          .hasMessageEndingWith(
              "not authorized; check username and password (it says: tenant expired)");
    }
  }

  @Test
  void everyReasonOfVersion5HasWords() {
    for (int code = 0x80; code <= 0xA2; code++) {
      assertThat(BrokerFaults.connect(code, MqttProperties.NO_PROPERTIES))
          .matches("refused with 0x[0-9a-f]{2}: .+");
    }
    assertThat(BrokerFaults.disconnect(0x98, MqttProperties.NO_PROPERTIES))
        .isEqualTo("the broker ended the connection with 0x98: administrative action");
  }

  @Test
  void brokerThatHangsUpAtVersion5IsAskedForItsVersion() throws Exception {
    try (Broker broker = new Broker(new byte[0])) {
      assertThatThrownBy(() -> open(broker, "5", null))
          .hasMessageEndingWith(
              "closed by the broker; does it speak version 5? else write version: 3.1.1");
      assertThatThrownBy(() -> open(broker, "3.1.1", null))
          .hasMessageEndingWith("closed by the broker");
    }
  }

  @Test
  void passwordIsReadAtEachConnection(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("password"), "token-1\n");
    Secret password = new Secret("token-1", file);
    try (Broker broker = new Broker(WELCOME)) {
      open(broker, "3.1.1", password).close();
      Files.writeString(file, "token-2\n");
      open(broker, "3.1.1", password).close();
      Files.delete(file);
      open(broker, "3.1.1", password).close();
      assertThat(broker.connects.take()).endsWith("token-1");
      assertThat(broker.connects.take()).endsWith("token-2");
      assertThat(broker.connects.take()).endsWith("token-1");
    }
  }

  @Test
  void everyAddressOfANameIsTried() throws Exception {
    try (Broker broker = new Broker(WELCOME_5)) {
      InetAddress dead = address(9);
      InetAddress alive = InetAddress.getLoopbackAddress();
      Upstream upstream = upstream(broker, "5", null, dead, alive);
      upstream.open();
      upstream.close();
      assertThat(broker.connects.poll(45, TimeUnit.SECONDS)).isNotNull();
    }
  }

  @Test
  void everyAddressThatFailsIsTold() throws Exception {
    try (Broker broker = new Broker(WELCOME)) {
      Upstream upstream = upstream(broker, "5", null, address(9), address(8));
      assertThatThrownBy(upstream::open)
          .hasMessageStartingWith("tcp://brk:" + broker.server.getLocalPort() + ": ")
          .hasMessageContaining("127.0.0.9")
          .hasMessageContaining("127.0.0.8");
    }
  }

  @Test
  void timeLimitIsToldAsItIsWritten() throws Exception {
    try (Broker broker = new Broker(null)) {
      assertThatThrownBy(() -> open(broker, "5", null))
          .hasMessageEndingWith("no answer from 127.0.0.1 within 3s");
    }
  }

  private static InetAddress address(int last) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
  }

  private static Upstream open(Broker broker, String version, @Nullable Secret password)
      throws Exception {
    Upstream upstream = upstream(broker, version, password, InetAddress.getLoopbackAddress());
    try {
      upstream.open();
      return upstream;
    } catch (IOException e) {
      upstream.close();
      throw e;
    }
  }

  private static Upstream upstream(
      Broker broker, String version, @Nullable Secret password, InetAddress... addresses) {
    MqttSettings settings =
        new MqttSettings(
            URI.create("tcp://brk:" + broker.server.getLocalPort()),
            "t",
            1,
            version,
            null,
            password == null ? null : "gw",
            password,
            10,
            Duration.ofSeconds(30),
            Duration.ofSeconds(broker.answer == null ? 3 : 45),
            null,
            false);
    return new MqttUpstream("edge-01", "cloud", "id", settings, host -> addresses);
  }

  /** Text of ISO 8859-1, for bytes. */
  private static byte[] connack(int code, String properties) {
    String body = "\u0000" + (char) code + (char) properties.length() + properties;
    return (" " + (char) body.length() + body).getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String text(int property, String text) {
    return (char) property + "\u0000" + (char) text.length() + text;
  }

  /** Answers each CONNECT by the same: nothing to hang up, null to say nothing. */
  private static final class Broker implements AutoCloseable {
    final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    final BlockingQueue<String> connects = new LinkedBlockingQueue<>();
    private final byte @Nullable [] answer;

    Broker(byte @Nullable [] answer) throws IOException {
      this.answer = answer;
      Thread.ofVirtual().start(this::serve);
    }

    private void serve() {
      while (!server.isClosed()) {
        try {
          Socket socket = server.accept();
          Thread.ofVirtual().start(() -> answer(socket));
        } catch (IOException e) {
          return; // closed
        }
      }
    }

    private void answer(Socket socket) {
      try (socket;
          DataInputStream in = new DataInputStream(socket.getInputStream())) {
        in.readUnsignedByte();
        byte[] rest = new byte[in.readUnsignedByte()];
        in.readFully(rest);
        connects.add(new String(rest, StandardCharsets.ISO_8859_1));
        if (answer == null || answer.length > 0) {
          socket.getOutputStream().write(answer == null ? new byte[0] : answer);
          var _ = in.read(new byte[10]);
        }
      } catch (IOException e) {
        // the client has gone
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
