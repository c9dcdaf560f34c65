package io.sluice.upstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.adapter.testkit.TestBatch;
import io.sluice.api.upstream.Delivery;
import io.sluice.api.upstream.Upstream;
import io.sluice.testkit.KafkaBroker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What answers at a broker's address may be no Kafka, from the start or from some moment on. In a
 * process of its own, with the heap and the options of a small gateway: the first allocation that
 * goes by a wrong length would end it.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class NotKafkaTest {
  private static final byte[] HTTP =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SSH = "SSH-2.0-OpenSSH_9.2p1\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TLS_ALERT = {0x15, 3, 3, 0, 2, 2, 70};
  private static final byte[] NEGATIVE = {-1, -1, -1, -1};
  private static final String SASL =
      "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\""
          + " password=\"p\";";

  @TempDir private Path directory;

  @Test
  void whatAnswersIsNamedAndTheGatewayGoesOn() throws Exception {
    List<String> said = new ArrayList<>();
    for (byte[] answer : List.of(HTTP, SSH, TLS_ALERT, NEGATIVE)) {
      try (Stub stub =
          new Stub(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), answer)) {
        said.add(fate(stub.port(), Map.of()));
      }
    }
    assertThat(said.get(0)).contains("what answers is not Kafka but HTTP");
    assertThat(said.get(1)).contains("what answers is not Kafka but SSH");
    assertThat(said.get(2)).contains("what answers is not Kafka without TLS but TLS");
    assertThat(said.get(3))
        .contains("what answers is not Kafka (its answer begins with 0xffffffff)");
  }

  @Test
  void answerDuringALoginIsBoundedToo() throws Exception {
    Map<String, String> sasl =
        Map.of(
            "security.protocol",
            "SASL_PLAINTEXT",
            "sasl.mechanism",
            "PLAIN",
            "sasl.jaas.config",
            SASL);
    try (Stub stub = new Stub(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), HTTP)) {
      assertThat(fate(stub.port(), sasl)).contains("what answers is not Kafka but HTTP");
    }
  }

  @Test
  void webServerBehindTlsIsBoundedToo() throws Exception {
    Path store = store();
    Map<String, String> ssl = new HashMap<>();
    ssl.put("security.protocol", "SSL");
    ssl.put("ssl.truststore.location", store.toString());
    ssl.put("ssl.truststore.password", "changeit");
    try (Stub stub = new Stub(secured(store), HTTP)) {
      assertThat(fate(stub.port(), ssl)).contains("failed: Kafka: 127.0.0.1:");
    }
    ssl.put("security.protocol", "SASL_SSL");
    ssl.put("sasl.mechanism", "PLAIN");
    ssl.put("sasl.jaas.config", SASL);
    try (Stub stub = new Stub(secured(store), HTTP)) {
      assertThat(fate(stub.port(), ssl)).contains("what answers is not Kafka but HTTP");
    }
  }

  @Test
  void brokerThatTurnsIntoAWebServerEndsNothing() throws Exception {
    KafkaBroker broker = new KafkaBroker(directory);
    boolean isStopped = false;
    Process gateway = start(broker.port, Map.of());
    try (BufferedReader out = gateway.inputReader()) {
      assertThat(lineWith("delivered", gateway, out)).isNotEmpty();
      broker.stop();
      isStopped = true;
      try (Stub stub = new Stub(serverAt(broker.port), HTTP)) {
        goOn(gateway, 10);
        stub.awaitConnections(3);
        // before it, what was under way when the broker stopped comes back without an answer
        assertThat(lineWith("what answers is not Kafka but HTTP", gateway, out)).isNotEmpty();
        assertThat(gateway.isAlive()).isTrue();
      }
      broker.startAgain();
      isStopped = false;
      assertThat(lineWith("delivered", gateway, out)).isNotEmpty();
    } finally {
      gateway.destroyForcibly();
      if (!isStopped) {
        broker.close();
      }
    }
  }

  @Test
  void everyServerIsNamedWithItsOwnCause() {
    KafkaSettings settings =
        new KafkaSettings(
            "127.0.0.1:1, no-such-host.invalid:9092",
            "t",
            KafkaSettings.Compression.NONE,
            Duration.ofMillis(2),
            Duration.ofSeconds(20),
            false,
            KafkaSettings.Timestamp.OBSERVED,
            Map.of());
    assertThatThrownBy(() -> new KafkaUpstreamFactory().create("edge-01", "bus", settings).open())
        .isInstanceOf(IOException.class)
        .hasMessage(
            "Kafka: 127.0.0.1:1: Connection refused; no-such-host.invalid:9092: unknown host");
  }

  private static ServerSocket serverAt(int port) throws IOException {
    ServerSocket server = new ServerSocket();
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return server;
  }

  /** The first line of the gateway: how its opening went. */
  private static String fate(int port, Map<String, String> properties) throws Exception {
    Process gateway = start(port, properties);
    try (BufferedReader out = gateway.inputReader()) {
      String line = lineWith("failed:", gateway, out);
      assertThat(gateway.isAlive()).isTrue();
      return line;
    } finally {
      gateway.destroyForcibly();
    }
  }

  /** Lets the gateway go on until it says that; then it waits. */
  private static String lineWith(String part, Process gateway, BufferedReader out)
      throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.contains(part)) {
        return line;
      }
      goOn(gateway, 1);
    }
    throw new AssertionError("the gateway has ended");
  }

  /** Lets the gateway try so many times more. */
  private static void goOn(Process gateway, int times) throws IOException {
    gateway.getOutputStream().write(new byte[times]);
    gateway.getOutputStream().flush();
  }

  private static Process start(int port, Map<String, String> properties) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                SmallGateway.class.getName(),
                Integer.toString(port)));
    properties.forEach((key, value) -> command.add(key + "=" + value));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  static KafkaSettings settings(int port, Map<String, String> properties) {
    return new KafkaSettings(
        "127.0.0.1:" + port,
        "t",
        KafkaSettings.Compression.NONE,
        Duration.ofMillis(2),
        Duration.ofSeconds(20),
        false,
        KafkaSettings.Timestamp.OBSERVED,
        properties);
  }

  /**
   * Opens and sends, over and over, as a Forwarder does; says how it went. Goes on with each byte
   * of its standard input, and ends with that.
   */
  static final class SmallGateway {
    public static void main(String[] args) throws IOException, InterruptedException {
      Map<String, String> properties = new HashMap<>();
      properties.put("delivery.timeout.ms", "3000");
      properties.put("request.timeout.ms", "2000");
      for (int i = 1; i < args.length; i++) {
        int equals = args[i].indexOf('=');
        properties.put(args[i].substring(0, equals), args[i].substring(equals + 1));
      }
      KafkaSettings settings = settings(Integer.parseInt(args[0]), properties);
      Upstream upstream = new KafkaUpstreamFactory().create("edge-01", "bus", settings);
      do {
        try {
          upstream.open();
          System.out.println(deliver(upstream));
        } catch (IOException e) {
          System.out.println("failed: " + e.getMessage());
        } finally {
          upstream.close();
        }
      } while (mayGoOn());
    }

    private static boolean mayGoOn() throws IOException {
      return System.in.read() >= 0;
    }

    private static String deliver(Upstream upstream) throws IOException {
      String last;
      boolean goesOn;
      do {
        Delivery delivery = upstream.send(new TestBatch("r", 0, 10)).join();
        last =
            delivery instanceof Delivery.Parted parted
                ? "retry: " + parted.ended()
                : delivery instanceof Delivery.Retry retry
                    ? "retry: " + retry.cause()
                    : "delivered";
        goesOn = last.equals("delivered");
        if (goesOn) {
          System.out.println(last);
          goesOn = mayGoOn();
        }
      } while (goesOn);
      return last;
    }
  }

  /** Answers each connection's first bytes by the same. */
  private record Stub(ServerSocket server, byte[] answer, java.util.concurrent.Semaphore answered)
      implements AutoCloseable {
    Stub(ServerSocket server, byte[] answer) {
      this(server, answer, new java.util.concurrent.Semaphore(0));
      Thread.ofVirtual().start(this::serve);
    }

    int port() {
      return server.getLocalPort();
    }

    void awaitConnections(int count) throws InterruptedException {
      assertThat(answered.tryAcquire(count, 90, TimeUnit.SECONDS)).isTrue();
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
          InputStream in = socket.getInputStream()) {
        if (in.read(new byte[1_024]) > 0) {
          socket.getOutputStream().write(answer);
          socket.getOutputStream().flush();
          answered.release();
          var _ = in.read(new byte[1_024]);
        }
      } catch (IOException e) {
        // the client has gone, as it should
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }

  private static ServerSocket secured(Path store) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "changeit".toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context
        .getServerSocketFactory()
        .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  private Path store() throws Exception {
    Path store = directory.resolve("own.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "own",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1",
                "-storepass",
                "changeit",
                "-keystore",
                store.toString())
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    return store;
  }
}
