package io.sluice.engine.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.sluice.adapter.testkit.Authority;
import io.sluice.adapter.testkit.Authority.Signed;
import io.sluice.api.config.Secret;
import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.AlarmService.Kind;
import io.sluice.api.operator.AlarmService.State;
import io.sluice.api.tls.ClientTls;
import io.sluice.api.tls.TlsFiles;
import io.sluice.api.tls.TlsSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WebhookTest {
  /** What one request was. */
  private record Posted(String authorization, String contentType, String key, String body) {}

  private final BlockingQueue<Posted> posted = new LinkedBlockingQueue<>();
  private final AtomicInteger refusals = new AtomicInteger();
  private final CountDownLatch mayAnswer = new CountDownLatch(1);
  private HttpServer server;
  private URI url;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::take);
    server.start();
    url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook");
  }

  @AfterEach
  void stop() {
    mayAnswer.countDown();
    server.stop(0);
  }

  private void take(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    posted.add(
        new Posted(
            exchange.getRequestHeaders().getFirst("Authorization"),
            exchange.getRequestHeaders().getFirst("Content-Type"),
            exchange.getRequestHeaders().getFirst("Idempotency-Key"),
            body));
    if (exchange.getRequestURI().getPath().equals("/slow")) {
      awaitLeave();
    }
    if (exchange.getRequestURI().getPath().equals("/endless")) {
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write('x');
      exchange.getResponseBody().flush();
      awaitLeave();
      return;
    }
    exchange.sendResponseHeaders(refusals.getAndDecrement() > 0 ? 503 : 204, -1);
    exchange.close();
  }

  private void awaitLeave() {
    try {
      mayAnswer.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static AlarmView alarm(long id) {
    return new AlarmView(
        id,
        "gas-1",
        "emergency",
        "depot",
        "gas-detector",
        Kind.DEVICE,
        "sos \"1\"",
        "",
        "Extreme",
        "Immediate",
        "Observed",
        "Exercise",
        State.ACTIVE,
        1_000_000,
        null,
        null,
        null,
        null,
        3_000_000L,
        "waiting",
        3_000_000L,
        "sos true",
        null);
  }

  private Posted next() throws InterruptedException {
    Posted next = posted.poll(60, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }

  private Webhook webhook(URI to) {
    return new Webhook(to, new Secret("t0ken"), "edge-01", Duration.ofSeconds(30), null);
  }

  /** Empty where it was taken. */
  private static String fault(Webhook webhook, long id) throws Exception {
    CompletableFuture<String> answer = new CompletableFuture<>();
    webhook.post(alarm(id), fault -> answer.complete(fault == null ? "" : fault));
    return answer.get(60, TimeUnit.SECONDS);
  }

  @Test
  void alarmIsPostedOnceWithItsTokenAndItsStatus() throws Exception {
    try (Webhook webhook = webhook(url)) {
      assertThat(fault(webhook, 7)).isEmpty();
      Posted request = next();
      assertThat(request.authorization()).isEqualTo("Bearer t0ken");
      assertThat(request.contentType()).isEqualTo("application/json");
      assertThat(request.key()).isEqualTo("edge-01/7/3000000");
      JsonNode json = new JsonMapper().readTree(request.body());
      assertThat(json.get("id").longValue()).isEqualTo(7);
      assertThat(json.get("gateway").stringValue()).isEqualTo("edge-01");
      assertThat(json.get("name").stringValue()).isEqualTo("sos \"1\"");
      assertThat(json.get("status").stringValue()).isEqualTo("Exercise");
      assertThat(json.get("escalatedMicros").longValue()).isEqualTo(3_000_000);
    }
    assertThat(posted).isEmpty();
  }

  @Test
  void whatIsNotTakenIsToldWithItsCauseAndPostedOnce() throws Exception {
    refusals.set(1);
    try (Webhook webhook = webhook(url)) {
      assertThat(fault(webhook, 7)).isEqualTo("it answered 503");
      assertThat(posted).hasSize(1);
      server.stop(0);
      assertThat(fault(webhook, 8)).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/slow", "/endless"})
  void receiverThatHangsIsWaitedForABoundedTime(String path) throws Exception {
    try (Webhook webhook =
        new Webhook(url.resolve(path), null, "edge-01", Duration.ofMillis(300), null)) {
      assertThat(fault(webhook, 7)).startsWith("it did not answer within");
    }
  }

  /** Its system has no room for another connection, and so answers none. */
  @Test
  void receiverThatTakesNoConnectionIsWaitedForABoundedTime() throws Exception {
    List<SocketChannel> waiting = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Webhook webhook =
            new Webhook(
                URI.create("http://127.0.0.1:" + full.getLocalPort()),
                null,
                "edge-01",
                Duration.ofMillis(300),
                null)) {
      for (int i = 0; i < 8; i++) {
        SocketChannel one = SocketChannel.open();
        waiting.add(one);
        one.configureBlocking(false);
        one.connect(full.getLocalSocketAddress());
      }
      assertThat(fault(webhook, 7)).startsWith("it did not answer within");
    } finally {
      for (SocketChannel one : waiting) {
        one.close();
      }
    }
  }

  @Test
  void placeOfTheReceiverIsToldWithoutItsPath() {
    try (Webhook webhook = webhook(URI.create("https://hook.example/robot?access_token=x"))) {
      assertThat(webhook.place()).isEqualTo("https://hook.example");
    }
  }

  @Test
  void receiverOfThePlantsOwnAuthorityIsTrustedWhereItIsNamed(@TempDir Path directory)
      throws Exception {
    Authority authority = Authority.create(directory.resolve("ca"));
    Signed own = authority.server();
    HttpsServer secured =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 20);
    secured.setHttpsConfigurator(
        new HttpsConfigurator(
            TlsFiles.read(TlsSettings.of(own.certificate(), own.key(), null)).jdkContext()));
    secured.createContext("/", this::take);
    secured.start();
    URI https = URI.create("https://localhost:" + secured.getAddress().getPort() + "/hook");
    SSLContext tls = ClientTls.context(authority.certificate(), null, null);
    try (Webhook trusting = new Webhook(https, null, "edge-01", Duration.ofSeconds(30), tls);
        Webhook other = webhook(https)) {
      assertThat(fault(trusting, 1)).isEmpty();
      assertThat(fault(other, 2))
          .contains("no authority that is trusted here", "give its authority's certificate");
    } finally {
      secured.stop(0);
    }
  }
}
