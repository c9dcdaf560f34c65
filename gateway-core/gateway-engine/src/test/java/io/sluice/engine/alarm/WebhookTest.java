package io.sluice.engine.alarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.sluice.adapter.testkit.Authority;
import io.sluice.adapter.testkit.Authority.Signed;
import io.sluice.api.admin.AlarmDesk.AlarmView;
import io.sluice.api.admin.AlarmDesk.Kind;
import io.sluice.api.admin.AlarmDesk.State;
import io.sluice.api.config.Secret;
import io.sluice.api.tls.TlsFiles;
import io.sluice.api.tls.TlsSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WebhookTest {
  /** What one request was. */
  private record Posted(String authorization, String contentType, String body) {}

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
            body));
    if (exchange.getRequestURI().getPath().equals("/slow")) {
      awaitLeave();
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
        null,
        "sos true",
        null);
  }

  private Posted next() throws InterruptedException {
    Posted next = posted.poll(30, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }

  @Test
  void alarmIsPostedOnceWithItsTokenAndItsStatus() throws Exception {
    try (Webhook webhook = new Webhook(url, new Secret("t0ken"), "edge-01", 1)) {
      webhook.post(alarm(7));
      Posted request = next();
      assertThat(request.authorization()).isEqualTo("Bearer t0ken");
      assertThat(request.contentType()).isEqualTo("application/json");
      JsonNode json = new JsonMapper().readTree(request.body());
      assertThat(json.get("id").longValue()).isEqualTo(7);
      assertThat(json.get("gateway").stringValue()).isEqualTo("edge-01");
      assertThat(json.get("name").stringValue()).isEqualTo("sos \"1\"");
      assertThat(json.get("status").stringValue()).isEqualTo("Exercise");
      assertThat(json.get("escalatedMicros").longValue()).isEqualTo(3_000_000);
      webhook.post(alarm(8));
      assertThat(next().body()).contains("\"id\":8");
    }
    assertThat(posted).isEmpty();
  }

  @Test
  void refusedPostIsTriedAgain() throws Exception {
    refusals.set(2);
    try (Webhook webhook = new Webhook(url, null, "edge-01", 1)) {
      webhook.post(alarm(7));
      List<String> bodies = List.of(next().body(), next().body(), next().body());
      assertThat(bodies).containsOnly(bodies.getFirst());
      webhook.post(alarm(8));
      assertThat(next().body()).contains("\"id\":8");
    }
  }

  @Test
  void postIsGivenUpAfterTheLastAttempt() throws Exception {
    refusals.set(Webhook.ATTEMPTS);
    try (Webhook webhook = new Webhook(url, null, "edge-01", 1)) {
      webhook.post(alarm(7));
      for (int attempt = 0; attempt < Webhook.ATTEMPTS; attempt++) {
        assertThat(next().body()).contains("\"id\":7");
      }
      webhook.post(alarm(8));
      assertThat(next().body()).contains("\"id\":8");
    }
  }

  @Test
  void postsUnderWayAreBounded() throws Exception {
    try (Webhook webhook = new Webhook(url.resolve("/slow"), null, "edge-01", 1)) {
      for (int i = 0; i < Webhook.UNDER_WAY_MAX + 20; i++) {
        webhook.post(alarm(i));
      }
      for (int i = 0; i < Webhook.UNDER_WAY_MAX; i++) {
        next();
      }
      assertThat(posted.poll(100, TimeUnit.MILLISECONDS)).isNull();
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
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger logger = (Logger) LoggerFactory.getLogger(Webhook.class);
    logger.addAppender(log);
    URI https = URI.create("https://localhost:" + secured.getAddress().getPort() + "/hook");
    try (Webhook trusting = new Webhook(https, null, "edge-01", authority.certificate());
        Webhook other = new Webhook(https, null, "edge-01", 1)) {
      trusting.post(alarm(1));
      assertThat(posted.poll(10, TimeUnit.SECONDS)).isNotNull();
      assertThat(log.list).isEmpty();
      other.post(alarm(2));
      await().until(() -> log.list.size() >= 2);
      assertThat(log.list)
          .as("the first failure and the last")
          .hasSize(2)
          .allMatch(
              line -> line.getFormattedMessage().contains("no authority that is trusted here"))
          .allMatch(
              line -> line.getFormattedMessage().contains("give its authority's certificate"));
    } finally {
      logger.detachAppender(log);
      secured.stop(0);
    }
  }
}
