package io.sluice.adapter.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.mqtt.server.MqttAdapter;
import io.sluice.adapter.mqtt.session.MqttOptions;
import io.sluice.adapter.testkit.Authority;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.api.tls.PemFiles;
import io.sluice.api.tls.TlsFiles;
import io.sluice.api.tls.TlsSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MQTT over WebSocket, with Paho's client and the JDK's. */
class WebSocketTest {
  @TempDir Path directory;
  private final RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
  private @Nullable MqttAdapter adapter;

  @AfterEach
  void stop() {
    if (adapter != null) {
      adapter.close();
    }
    gateway.close();
  }

  private int start(@Nullable TlsSettings tls) throws IOException {
    MqttAdapter started =
        new WebSocketAdapterFactory()
            .create(
                "ws",
                new WebSocketSettings("127.0.0.1", 0, "/mqtt", tls, 1000, MqttOptions.FOR_TESTS));
    started.start(gateway);
    adapter = started;
    return started.address().getPort();
  }

  private static void publish(String uri, @Nullable SSLContext context) throws Exception {
    try (MqttClient client = new MqttClient(uri, "c1", new MemoryPersistence())) {
      MqttConnectOptions options = new MqttConnectOptions();
      options.setUserName("d1");
      options.setPassword("pw".toCharArray());
      if (context != null) {
        options.setSocketFactory(context.getSocketFactory());
      }
      client.connect(options);
      client.publish("telemetry", new byte[100_000], 1, false);
      client.publish("telemetry", "{}".getBytes(UTF_8), 2, false);
      client.disconnect();
    }
  }

  @Test
  void pahoPublishes() throws Exception {
    publish("ws://127.0.0.1:" + start(null) + "/mqtt", null);
    assertThat(gateway.stored()).extracting(u -> u.payload().length).containsExactly(100_000, 2);
  }

  @Test
  void pahoPublishesOverTls() throws Exception {
    Authority authority = Authority.create(directory.resolve("ca"));
    Authority.Signed server = authority.server();
    int port = start(TlsSettings.of(server.certificate(), server.key(), null));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        null,
        new TrustManager[] {TlsFiles.trustManager(PemFiles.certificates(authority.certificate()))},
        null);
    publish("wss://localhost:" + port + "/mqtt", context);
    assertThat(gateway.stored()).hasSize(2);
  }

  private static final class Answers implements WebSocket.Listener {
    final CompletableFuture<byte[]> first = new CompletableFuture<>();
    final CompletableFuture<Boolean> ended = new CompletableFuture<>();

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      first.complete(bytes);
      return WebSocket.Listener.super.onBinary(socket, data, last);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      ended.complete(true);
      return WebSocket.Listener.super.onClose(socket, status, reason);
    }

    @Override
    public void onError(WebSocket socket, Throwable fault) {
      ended.complete(true);
    }
  }

  private static WebSocket open(int port, Answers answers) throws Exception {
    return HttpClient.newHttpClient()
        .newWebSocketBuilder()
        .subprotocols("mqtt")
        .buildAsync(URI.create("ws://127.0.0.1:" + port + "/mqtt"), answers)
        .get(45, TimeUnit.SECONDS);
  }

  @Test
  void packetMayBeSpreadOverFrames() throws Exception {
    Answers answers = new Answers();
    WebSocket socket = open(start(null), answers);
    assertThat(socket.getSubprotocol()).isEqualTo("mqtt"); // [MQTT-6.0.0-4]
    byte[] connect = RawMqtt.connect(4, 0xC2, "c1", "d1", "pw");
    for (int i = 0; i < connect.length; i++) {
      socket
          .sendBinary(ByteBuffer.wrap(connect, i, 1), i % 3 == 2 || i == connect.length - 1)
          .get(45, TimeUnit.SECONDS);
    }
    assertThat(answers.first.get(45, TimeUnit.SECONDS)).containsExactly(0x20, 2, 0, 0);
    socket.abort();
  }

  @Test
  void textFrameEndsTheConnection() throws Exception {
    Answers answers = new Answers();
    WebSocket socket = open(start(null), answers);
    socket.sendText("CONNECT", true).get(45, TimeUnit.SECONDS);
    assertThat(answers.ended.get(45, TimeUnit.SECONDS)).isTrue();
    await().until(() -> adapter.connections() == 0);
  }

  @Test
  void browserIsToldWhereTheSocketIs() throws Exception {
    int port = start(null);
    HttpResponse<String> elsewhere = get("http://127.0.0.1:" + port + "/");
    assertThat(elsewhere.statusCode()).isEqualTo(404);
    assertThat(elsewhere.body()).contains("/mqtt");
    assertThat(get("http://127.0.0.1:" + port + "/mqtt").statusCode()).isEqualTo(426);
  }

  private static HttpResponse<String> get(String uri) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofString());
  }
}
