package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sluice.api.operator.AdminSettings;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Requests that cannot be understood: each is answered, and none fills the log. */
class BadRequestTest {
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private @Nullable AdminServer server;

  private void start() throws Exception {
    server =
        AdminServer.start(
            AdminSettings.of("127.0.0.1", 0, "a-token-of-the-operator"),
            new FixedOperations(),
            event -> {});
    log.start();
    root().addAppender(log);
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  @AfterEach
  void stop() {
    root().detachAppender(log);
    if (server != null) {
      server.close();
    }
  }

  private String answer(String request) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
      socket.setSoTimeout(45_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))
          .readLine();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET /%zz HTTP/1.1\\nHost: localhost|400",
        "GET /% HTTP/1.1\\nHost: localhost|400",
        "GET /a%2 HTTP/1.1\\nHost: localhost|400",
        "GET /api/v1/devices/%ff%zz HTTP/1.1\\nHost: localhost|400",
        "GET /health/live?a=%zz HTTP/1.1\\nHost: localhost|400",
        "GET /api/v1/coverage?window=%zz HTTP/1.1\\nHost: localhost\\nAuthorization: Bearer a-token-of-the-operator|400",
        "GET /health/live HTTP/1.1|400",
        "GET /health/live HTTP/1.1\\nHost:|200",
        "GET /health/live HTTP/1.1\\nHost: a b|400",
        "GET /health/live HTTP/1.1\\nHost: [::1|400",
        "GET /health/live HTTP/1.1\\nHost: localhost:99999|400",
        "GET /health/live HTTP/1.1\\nHost: localhost:http|400",
        "GET /health/live HTTP/1.1\\nHost: a\\nHost: b|400",
        "GET /health/live HTTP/1.0|200",
        "GET health HTTP/1.1\\nHost: localhost|404",
        "GET http://[bad/ HTTP/1.1\\nHost: localhost|200",
        "GET * HTTP/1.1\\nHost: localhost|404",
        "OPTIONS * HTTP/1.1\\nHost: localhost|404",
        "CONNECT localhost:80 HTTP/1.1\\nHost: localhost|404",
        "GARBAGE|400",
        "GET /health/live HTTP/9.9\\nHost: localhost|501",
        "GET /health/live HTTP/1.1\\nHost: localhost\\nbad header|400",
        "POST /api/v1/devices HTTP/1.1\\nHost: localhost\\nContent-Length: x|400",
        "POST /api/v1/devices HTTP/1.1\\nHost: localhost\\nTransfer-Encoding: chunked\\n\\nzz|401",
        "GET /health/live HTTP/1.1\\nHost: localhost|200"
      })
  void eachIsAnsweredWithoutALine(String request, int status) throws Exception {
    start();
    String answer = answer(request.replace("\\n", "\r\n") + "\r\n\r\n");
    assertThat(answer).startsWith("HTTP/").contains(" " + status + " ");
    // how long a busy machine lets a thread wait is none of the request's doing
    assertThat(List.copyOf(log.list))
        .filteredOn(line -> !line.getLoggerName().endsWith("BlockedThreadChecker"))
        .isEmpty();
  }
}
