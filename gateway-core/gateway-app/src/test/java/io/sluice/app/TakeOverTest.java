package io.sluice.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.GatewayTime;
import io.sluice.cli.config.GatewayFiles;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * A device that another link of its own takes over while a command is on its way, in a whole
 * gateway with two listeners of MQTT and one of CoAP.
 */
class TakeOverTest {
  private static final String TOKEN = "t0ken-of-meter-0123456789";
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Wiring gateway;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    Path config = new Setup(directory).config();
    Files.writeString(
        config,
        Files.readString(config)
            .replace(
                "listeners:\n",
                "listeners:\n  mqtt-hall-2: { type: mqtt, host: 127.0.0.1, port: 0 }\n")
            .replace("admin: { port: 0 }", "admin: { port: 0, token: " + Setup.TOKEN + " }"));
    Path devices = directory.resolve("devices.yaml");
    Files.writeString(
        devices,
        Files.readString(devices)
            .replaceFirst("password: secret-1", "password: secret-1, token: " + TOKEN));
    StringWriter said = new StringWriter();
    GatewayFiles files = GatewayFiles.load(config, new PrintWriter(said, true));
    assertThat(files).as(said.toString()).isNotNull();
    gateway = Wiring.start(files, GatewayTime.system());
  }

  @AfterEach
  void stop() {
    client.close();
    gateway.close();
  }

  @Test
  void fromOneListenerOfMqttToAnother() throws Exception {
    try (RawMqttDevice before = mqtt("mqtt")) {
      String done = submit("done");
      before.acknowledge(before.command("done"));
      awaitState(done, "acknowledged");
      String open = submit("open");
      before.command("open");
      try (RawMqttDevice after = mqtt("mqtt-hall-2")) {
        assertThat(before.hasEnded()).isTrue();
        after.acknowledge(after.command("open"));
        awaitState(open, "acknowledged");
        String last = submit("last");
        after.acknowledge(after.command("last")); // and neither of the others before
        awaitState(last, "acknowledged");
      }
    }
  }

  @Test
  void fromMqttToCoap() throws Exception {
    try (RawMqttDevice before = mqtt("mqtt")) {
      String done = submit("done");
      before.acknowledge(before.command("done"));
      awaitState(done, "acknowledged");
      String open = submit("open");
      before.command("open");
      try (CoapDevice after = new CoapDevice()) {
        after.acknowledge(after.command("open"));
        assertThat(before.hasEnded()).isTrue();
        awaitState(open, "acknowledged");
        String last = submit("last");
        after.acknowledge(after.command("last"));
        awaitState(last, "acknowledged");
      }
    }
  }

  @Test
  void fromCoapToMqttAndTheLatecomerDoesNoHarm() throws Exception {
    try (CoapDevice before = new CoapDevice()) {
      String open = submit("open");
      byte[] notification = before.command("open");
      try (RawMqttDevice after = mqtt("mqtt")) {
        int packetId = after.command("open");
        before.acknowledge(notification); // of what it was given before
        String last = submit("last");
        after.acknowledge(packetId);
        after.acknowledge(after.command("last"));
        awaitState(open, "acknowledged");
        awaitState(last, "acknowledged");
        before.reset(notification);
        String more = submit("more");
        after.acknowledge(after.command("more"));
        awaitState(more, "acknowledged");
      }
    }
  }

  private RawMqttDevice mqtt(String listener) throws IOException {
    URI address = URI.create("tcp://" + gateway.address(listener));
    RawMqttDevice device =
        new RawMqttDevice(
            new InetSocketAddress(address.getHost(), address.getPort()), "meter-1", "secret-1");
    device.subscribe();
    return device;
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(
        request.header("Authorization", "Bearer " + Setup.TOKEN).build(), BodyHandlers.ofString());
  }

  private URI commands(String more) {
    return URI.create(
        "http://" + gateway.address("admin") + "/api/v1/devices/meter-1/commands" + more);
  }

  private String submit(String name) throws Exception {
    String body = "{\"name\":\"" + name + "\",\"payload\":{\"is\":\"" + name + "\"}}";
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(commands(""))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return JSON.readTree(answer.body()).get("id").stringValue();
  }

  private void awaitState(String id, String state) {
    await()
        .untilAsserted(() ->
            assertThat(send(HttpRequest.newBuilder(commands("/" + id))).body())
                .contains("\"state\":\"" + state + "\""));
  }

  /** Observes its commands: RFC 7252 section 3, RFC 7641 section 2. */
  private final class CoapDevice implements Closeable {
    private final DatagramSocket socket = new DatagramSocket();
    private int lastId = -1;

    CoapDevice() throws IOException {
      URI address = URI.create("coap://" + gateway.address("coap"));
      socket.connect(new InetSocketAddress(address.getHost(), address.getPort()));
      socket.setSoTimeout(30_000);
      // CON, token 55, GET; Observe 0, Uri-Path command, Uri-Query d and k
      byte[] get =
          RawMqttDevice.joined(
              "41014711 55 60 57", "command", "49", "d=meter-1", "0D0E", "k=" + TOKEN);
      socket.send(new DatagramPacket(get, get.length));
      byte[] answer = receive();
      if (answer.length == 4) { // it comes by itself, after an empty acknowledgement
        answer = receive();
        lastId = id(answer);
        acknowledge(answer);
      }
      assertThat(answer[1]).as("2.05").isEqualTo((byte) 0x45);
    }

    private byte[] receive() throws IOException {
      DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
      socket.receive(packet);
      return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    /** The next notification, repetitions of the last left out; it is that command. */
    byte[] command(String name) throws IOException {
      byte[] message;
      do {
        message = receive();
      } while (id(message) == lastId);
      lastId = id(message);
      assertThat(new String(message, UTF_8)).endsWith("{\"is\":\"" + name + "\"}");
      return message;
    }

    private static int id(byte[] message) {
      return ((message[2] & 0xFF) << 8) | (message[3] & 0xFF);
    }

    void acknowledge(byte[] message) throws IOException {
      socket.send(new DatagramPacket(new byte[] {0x60, 0, message[2], message[3]}, 4));
    }

    void reset(byte[] message) throws IOException {
      socket.send(new DatagramPacket(new byte[] {0x70, 0, message[2], message[3]}, 4));
    }

    @Override
    public void close() {
      socket.close();
    }
  }
}
