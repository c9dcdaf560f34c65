package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sluice.cli.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What an operator types about upstreams, against an admin listener that answers as the API does.
 */
class UpstreamCommandTest {
  private static final String LIST =
      """
      {"upstreams":[{"name":"cloud","type":"mqtt","state":"paused",
      "detail":"paused by an operator; sluice upstream resume cloud",
      "recordsPerSecond":0.0,"backlogRecords":12,"drainSeconds":null,"lagSeconds":{"alarm":0.0},
      "reconnects":3,"missingDestinations":[]}],
      "parked":[{"name":"old","queuedRecords":17}]}
      """;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String request = exchange.getRequestMethod() + " " + exchange.getRequestURI().getRawPath();
    asked.add(request);
    String text =
        switch (request) {
          case "GET /api/v1/upstreams" -> LIST;
          case "POST /api/v1/upstreams/cloud/pause" -> done("cloud", "paused");
          case "POST /api/v1/upstreams/cloud/resume" -> done("cloud", "resumed");
          case "DELETE /api/v1/upstreams/old" -> done("old", "forgotten");
          default -> "{\"error\":\"no upstream \\\"x y\\\" is configured; list them\"}";
        };
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(text.startsWith("{\"error\"") ? 404 : 200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static String done(String name, String what) {
    return "{\"name\":\"" + name + "\",\"done\":\"" + what + "\"}";
  }

  private int sluice(String... command) {
    String admin = "http://127.0.0.1:" + server.getAddress().getPort();
    String[] line =
        Stream.concat(Stream.of(command), Stream.of("--admin", admin)).toArray(String[]::new);
    return run(line);
  }

  private int run(String... line) {
    return Main.commandLine(line)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(line);
  }

  @Test
  void listHasThoseThatAreParkedToo() {
    assertThat(sluice("upstream", "list")).isZero();
    assertThat(out.toString().lines().map(line -> line.replaceAll(" {2,}", "|").strip()))
        .containsExactly(
            "UPSTREAM|TYPE|STATE|BACKLOG|RECONNECTS|DETAIL",
            "cloud|mqtt|paused|12|3|paused by an operator; sluice upstream resume cloud",
            "old|-|parked|17|-|not configured any more; its place is kept");
    out.getBuffer().setLength(0);
    assertThat(sluice("upstream", "list", "--json")).isZero();
    assertThat(out.toString()).contains("\"parked\"", "\"queuedRecords\"");
  }

  @Test
  void eachCommandSaysWhatIsDone() {
    assertThat(sluice("upstream", "pause", "cloud")).isZero();
    assertThat(sluice("upstream", "resume", "cloud")).isZero();
    assertThat(sluice("upstream", "forget", "old")).isZero();
    assertThat(out.toString())
        .isEqualTo(
            """
            upstream cloud is paused
            upstream cloud is resumed
            upstream old is forgotten
            """);
    assertThat(asked)
        .containsExactly(
            "POST /api/v1/upstreams/cloud/pause",
            "POST /api/v1/upstreams/cloud/resume",
            "DELETE /api/v1/upstreams/old");
  }

  @Test
  void aNameThatIsNotThereIsOneLineOnTheErrorStream() {
    assertThat(sluice("upstream", "pause", "x y")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).isEqualTo("sluice: no upstream \"x y\" is configured; list them\n");
    assertThat(asked).containsExactly("POST /api/v1/upstreams/x%20y/pause");
  }

  @Test
  void withoutACommandOrANameItSaysWhatIsMissing() {
    assertThat(run("upstream")).isEqualTo(2);
    assertThat(err.toString()).contains("write list, pause, resume or forget after upstream");
    err.getBuffer().setLength(0);
    assertThat(sluice("upstream", "forget")).isEqualTo(2);
    assertThat(err.toString()).contains("NAME");
    assertThat(asked).isEmpty();
  }
}
