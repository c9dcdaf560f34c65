package io.sluice.adapter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.sluice.adapter.http.request.HttpOptions;
import io.sluice.adapter.testkit.AdapterContract;
import io.sluice.adapter.testkit.Answer;
import io.sluice.adapter.testkit.Authority;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.adapter.testkit.Sender;
import io.sluice.api.adapter.Adapter;
import io.sluice.api.tls.TlsSettings;
import io.sluice.api.tls.TlsSettings.ClientAuth;
import io.sluice.api.tls.TlsSettings.TlsProvider;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/2 by ALPN and HTTP/1.1 over TLS, with the JDK's client, curl, and frames by the byte. */
class HttpsTest {
  @TempDir static Path files;
  static Authority authority;
  static Authority.Signed server;
  static SSLContext trust;

  private final RecordingGateway gateway =
      new RecordingGateway().device("d1", "pw").device("d2", "pw");
  private Adapter adapter;

  @BeforeAll
  static void certificates() throws Exception {
    authority = Authority.create(files);
    server = authority.server();
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream in = Files.newInputStream(authority.certificate())) {
      store.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(store);
    trust = SSLContext.getInstance("TLS");
    trust.init(null, managers.getTrustManagers(), null);
  }

  @BeforeEach
  void start() throws IOException {
    TlsSettings tls =
        new TlsSettings(
            server.certificate(),
            server.key(),
            authority.certificate(),
            ClientAuth.OPTIONAL,
            null,
            null,
            "1.2",
            TlsProvider.AUTO,
            Duration.ofSeconds(10));
    adapter =
        new HttpsAdapterFactory()
            .create("https", new HttpsSettings("127.0.0.1", 0, tls, 100, HttpOptions.FOR_TESTS));
    adapter.start(gateway);
  }

  @AfterEach
  void stop() {
    adapter.close();
    gateway.close();
  }

  private static HttpClient client(HttpClient.Version version) {
    return HttpClient.newBuilder().version(version).sslContext(trust).build();
  }

  private Sender sender(HttpClient client, String device, String password) {
    return new HttpContractTest.JdkSender(
        client,
        "https://localhost:" + AdapterContract.port(adapter) + "/",
        HttpContractTest.basic(device, password));
  }

  @Test
  void clientChoosesTheVersion() throws Exception {
    for (HttpClient.Version version : HttpClient.Version.values()) {
      if (version.name().equals("HTTP_3")) {
        continue;
      }
      try (HttpClient client = client(version)) {
        HttpResponse<String> response =
            client.send(
                HttpRequest.newBuilder(
                        URI.create(
                            "https://localhost:" + AdapterContract.port(adapter) + "/telemetry"))
                    .header("Authorization", HttpContractTest.basic("d1", "pw"))
                    .POST(BodyPublishers.ofString("{\"t\":1}"))
                    .build(),
                BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.version()).isEqualTo(version);
        assertThat(response.headers().firstValue("date")).isPresent();
      }
    }
    assertThat(gateway.stored()).hasSize(2);
  }

  @Test
  void manyRequestsShareAConnectionOfHttp2() throws Exception {
    try (HttpClient client = client(HttpClient.Version.HTTP_2)) {
      Sender sender = sender(client, "d1", "pw");
      assertThat(sender.send("telemetry", new byte[] {'1'}).get(45, TimeUnit.SECONDS).positive())
          .isTrue();
      List<CompletableFuture<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < 25; i++) {
        answers.add(sender.send("telemetry", ("{\"n\":" + i + "}").getBytes(UTF_8)));
      }
      answers.add(sender.send("telemetry", new byte[900 << 10]));
      for (CompletableFuture<Answer> each : answers) {
        assertThat(each.get(45, TimeUnit.SECONDS).positive()).isTrue();
      }
      Answer large = sender.send("telemetry", new byte[2 << 20]).get(45, TimeUnit.SECONDS);
      assertThat(large.positive()).isFalse();
      assertThat(large.detail()).contains("1048576 bytes");
      assertThat(
              sender(client, "d1", "wrong")
                  .send("telemetry", new byte[] {'1'})
                  .get(45, TimeUnit.SECONDS)
                  .positive())
          .isFalse();
    }
    assertThat(gateway.stored()).hasSize(27);
  }

  @Test
  void deviceThatIsRevokedInFlightIsNotServedOnTheSameConnection() throws Exception {
    try (HttpClient client = client(HttpClient.Version.HTTP_2)) {
      Sender sender = sender(client, "d1", "pw");
      assertThat(sender.send("telemetry", new byte[] {'1'}).get(45, TimeUnit.SECONDS).positive())
          .isTrue();
      gateway.remove("d1");
      assertThat(sender.send("telemetry", new byte[] {'2'}).get(45, TimeUnit.SECONDS).positive())
          .isFalse();
      assertThat(gateway.stored()).hasSize(1);
    }
  }

  @Test
  void curlSendsByItsCertificateAndByEachVersion() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "curl is not installed");
    Authority.Signed device = authority.client("/CN=d2");
    for (String version : List.of("--http2", "--http1.1")) {
      Process curl =
          new ProcessBuilder(
                  List.of(
                      "/usr/bin/curl",
                      "-sS",
                      version,
                      "--insecure",
                      "--cert",
                      device.certificate().toString(),
                      "--key",
                      device.key().toString(),
                      "-w",
                      "%{http_code} %{http_version}",
                      "-d",
                      "{\"t\":1}",
                      "https://127.0.0.1:" + AdapterContract.port(adapter) + "/telemetry"))
              .redirectErrorStream(true)
              .start();
      String said = new String(curl.getInputStream().readAllBytes(), UTF_8);
      assertThat(curl.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(said).isEqualTo(version.equals("--http2") ? "200 2" : "200 1.1");
    }
    assertThat(gateway.stored()).allMatch(uplink -> uplink.device().value().equals("d2"));
  }

  private SSLSocket open() throws IOException {
    SSLSocket socket =
        (SSLSocket)
            trust.getSocketFactory().createSocket("127.0.0.1", AdapterContract.port(adapter));
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(45_000);
    socket.startHandshake();
    assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
    return socket;
  }

  private static byte[] frame(int type, int flags, int stream, byte[] payload) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        new byte[] {
          (byte) (payload.length >> 16),
          (byte) (payload.length >> 8),
          (byte) payload.length,
          (byte) type,
          (byte) flags,
          (byte) (stream >> 24),
          (byte) (stream >> 16),
          (byte) (stream >> 8),
          (byte) stream
        });
    out.writeBytes(payload);
    return out.toByteArray();
  }

  /** The type of the next frame that is one of these. */
  private static int next(SSLSocket socket, Integer... types) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    while (true) {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      in.skipNBytes(5 + length);
      if (List.of(types).contains(type)) {
        return type;
      }
    }
  }

  private static byte[] headers() throws Exception {
    ByteBuf block = Unpooled.buffer();
    new DefaultHttp2HeadersEncoder()
        .encodeHeaders(
            1,
            new DefaultHttp2Headers()
                .method("POST")
                .path("/telemetry")
                .scheme("https")
                .authority("g")
                .add("authorization", HttpContractTest.basic("d1", "pw")),
            block);
    byte[] bytes = new byte[block.readableBytes()];
    block.readBytes(bytes);
    return bytes;
  }

  @Test
  void whoOpensAndResetsStreamsInARowIsClosed() throws Exception {
    try (SSLSocket socket = open()) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(UTF_8));
      all.writeBytes(frame(4, 0, 0, new byte[0]));
      byte[] headers = headers();
      for (int stream = 1; stream < 2 * 400; stream += 2) {
        // each with its own literal fields: the table would grow the same at both ends
        all.writeBytes(frame(1, 4, stream, headers));
        all.writeBytes(frame(3, 0, stream, new byte[] {0, 0, 0, 8}));
      }
      socket.getOutputStream().write(all.toByteArray());
      socket.getOutputStream().flush();
      assertThat(next(socket, 7)).as("GOAWAY").isEqualTo(7);
    }
    await().until(() -> adapter.endpoints().getFirst().links() == 0);
    assertThat(gateway.offers()).isLessThan(200);
  }

  @Test
  void clientThatSendsNoFramesIsClosed() throws Exception {
    try (SSLSocket socket = open()) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: g\r\n\r\n".getBytes(UTF_8));
      socket.getOutputStream().flush();
      assertThat(next(socket, 7)).isEqualTo(7);
    }
    await().until(() -> adapter.endpoints().getFirst().links() == 0);
  }
}
