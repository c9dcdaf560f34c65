package io.sluice.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.link.DeviceTls;
import io.sluice.sim.link.Endpoints;
import io.sluice.sim.scenario.Scenario;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP devices against the JDK's server. */
class HttpFleetTest {
  @TempDir Path folder;
  private final Map<String, Integer> requests = new ConcurrentHashMap<>();
  private final Set<Integer> ports = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private HttpServer server;
  private volatile Answer answer = (exchange, _) -> exchange.sendResponseHeaders(200, -1);

  private interface Answer {
    /** What it throws ends the connection without a word. */
    void to(HttpExchange exchange, int times) throws IOException;
  }

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          ports.add(exchange.getRemoteAddress().getPort());
          String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
          answer.to(exchange, requests.merge(key, 1, Integer::sum));
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  private Scenario scenario(String group) throws Exception {
    Path file = folder.resolve("scenario.yaml");
    Files.writeString(
        file,
        "name: test\nseed: 7\ngroups:\n  - { profile: water-meter, id: \"w-{n}\", interval: 100ms, protocol: http, "
            + group
            + " }\n");
    return Scenario.load(file);
  }

  private FleetRun play(String group) throws Exception {
    return FleetRun.start(
        scenario(group),
        new Endpoints(null, null)
            .withHttp(URI.create("http://127.0.0.1:" + server.getAddress().getPort())));
  }

  @Test
  void devicesKeepTheirConnectionAndNameThemselves() throws Exception {
    Set<String> shown = ConcurrentHashMap.newKeySet();
    answer =
        (exchange, _) -> {
          shown.add(exchange.getRequestHeaders().getFirst("Authorization"));
          exchange.sendResponseHeaders(200, -1);
        };
    FleetRun run = play("count: 10");
    await().atMost(Duration.ofSeconds(60)).until(() -> run.snapshot().acked() > 100);
    run.stop();
    assertThat(run.snapshot().acked()).isEqualTo(run.snapshot().sent());
    assertThat(ports).hasSize(10);
    assertThat(shown)
        .hasSize(10)
        .contains(
            "Basic "
                + Base64.getEncoder()
                    .encodeToString("w-1:demo-password-of-w-1".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void devicesSendOverTlsAndShowACertificateOrASecret() throws Exception {
    DeviceTls tls = DeviceTls.open(folder.resolve("pki"), null);
    Path pki = folder.resolve("pki");
    SslContext context =
        SslContextBuilder.forServer(
                pki.resolve("server.pem").toFile(), pki.resolve("server.key").toFile())
            .trustManager(pki.resolve("ca.pem").toFile())
            .clientAuth(ClientAuth.OPTIONAL)
            .sslProvider(SslProvider.JDK)
            .build();
    HttpsServer secure =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    secure.setHttpsConfigurator(
        new HttpsConfigurator(((JdkSslContext) context).context()) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
            wanted.setWantClientAuth(true);
            parameters.setSSLParameters(wanted);
          }
        });
    secure.setExecutor(threads);
    Set<String> shown = ConcurrentHashMap.newKeySet();
    secure.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          String secret = exchange.getRequestHeaders().getFirst("Authorization");
          shown.add(
              secret == null
                  ? ((HttpsExchange) exchange).getSSLSession().getPeerPrincipal().getName()
                  : secret);
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    secure.start();
    URI there = URI.create("https://localhost:" + secure.getAddress().getPort());
    Endpoints endpoints = new Endpoints(null, null, null, null, there, tls);
    try {
      for (String login : List.of("token: \"secret-of-{id}\"", "certificate: \"CN={id}\"")) {
        try (FleetRun run =
            FleetRun.start(scenario("count: 2, credentials: { " + login + " }"), endpoints)) {
          await().atMost(Duration.ofSeconds(60)).until(() -> run.snapshot().acked() > 10);
          run.stop();
          assertThat(run.snapshot().acked()).isEqualTo(run.snapshot().sent());
        }
      }
    } finally {
      secure.stop(0);
    }
    assertThat(shown)
        .containsExactlyInAnyOrder(
            "Bearer secret-of-w-1", "Bearer secret-of-w-2", "CN=w-1", "CN=w-2");
    assertThatThrownBy(() ->
            FleetRun.start(
                scenario("credentials: { certificate: \"CN={id}\" }"),
                new Endpoints(null, null)
                    .withHttp(URI.create("http://127.0.0.1:" + server.getAddress().getPort()))))
        .hasMessageContaining("https://");
  }

  @Test
  void whatHasNoAnswerIsSentAgainWithItsKeyAndWhatIsRefusedIsNot() throws Exception {
    answer =
        (exchange, times) -> {
          String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
          List<Integer> statuses =
              switch (Math.floorMod(key.hashCode(), 4)) {
                case 0 -> List.of(503, 200);
                case 1 -> List.of(0, 200); // no answer
                case 2 -> List.of(400);
                default -> List.of(200);
              };
          int status = statuses.get(Math.min(times, statuses.size()) - 1);
          if (status == 503) {
            exchange.getResponseHeaders().add("Retry-After", "1");
          }
          if (status == 0) {
            throw new IOException("the server ends the connection without an answer");
          }
          exchange.sendResponseHeaders(status, -1);
        };
    FleetRun run = play("count: 4");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> run.snapshot().acked() > 20 && run.snapshot().refused() > 5);
    run.stop();
    assertThat(requests.values()).allMatch(times -> times <= 2);
    assertThat(run.snapshot().acked() + run.snapshot().refused()).isEqualTo(run.snapshot().sent());
  }
}
