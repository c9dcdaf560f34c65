package io.sluice.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.http.request.HttpOptions;
import io.sluice.adapter.testkit.AdapterContract;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.api.adapter.Adapter;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * HTTP/1.1 over raw sockets: RFC 9112 and RFC 9110, and what is refused for want of one meaning.
 */
class ByTheLetterTest {
  private static final String AUTH =
      "Authorization: " + HttpContractTest.basic("d1", "pw") + "\r\n";
  private static final String HEAD = "POST /telemetry HTTP/1.1\r\nHost: gw\r\n" + AUTH;
  private static final String GOOD = HEAD + "Content-Length: 7\r\n\r\n{\"t\":1}";

  private final RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
  private final Adapter adapter =
      new HttpAdapterFactory().create("http", HttpSettings.onLoopback(0));

  /** Waits for what does not come for a short time. */
  private final Adapter impatient =
      new HttpAdapterFactory()
          .create(
              "http",
              new HttpSettings(
                  "127.0.0.1", 0, HttpOptions.FOR_TESTS.requestsWithin(Duration.ofSeconds(2))));

  @BeforeEach
  void start() throws IOException {
    adapter.start(gateway);
    impatient.start(gateway);
  }

  @AfterEach
  void stop() {
    adapter.close();
    impatient.close();
    gateway.close();
  }

  private RawHttp client() throws IOException {
    return new RawHttp(AdapterContract.port(adapter));
  }

  /** Answered with that status, and ended; nothing behind it is looked at. */
  private void refused(int status, String bytes) throws IOException {
    try (RawHttp client = client()) {
      client.send(bytes.replace("|", "\r\n"));
      RawHttp.Response response = client.next();
      assertThat(response.status()).as(response.body()).isEqualTo(status);
      assertThat(response.field("content-type")).isEqualTo("application/problem+json");
      assertThat(response.field("connection")).isEqualTo("close");
      assertThat(client.hasEnded()).isTrue();
    }
    assertThat(gateway.stored()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // two meanings of where the body ends
        "POST /telemetry HTTP/1.1|Host: g|Content-Length: 5|Transfer-Encoding: chunked||0||",
        "POST /telemetry HTTP/1.1|Host: g|Transfer-Encoding: chunked|Content-Length: 5||0||",
        "POST /telemetry HTTP/1.1|Host: g|Content-Length: 5|Content-Length: 5||aaaaa",
        "POST /telemetry HTTP/1.1|Host: g|Content-Length: 5|Content-Length: 6||aaaaaa",
        "POST /telemetry HTTP/1.1|Host: g|Content-Length: 5, 5||aaaaa",
        "POST /telemetry HTTP/1.1|Host: g|Content-Length: +5||aaaaa",
        "POST /telemetry HTTP/1.1|Host: g|Content-Length: 0x5||aaaaa",
        "POST /telemetry HTTP/1.1|Host: g|Content-Length: -1||",
        "POST /telemetry HTTP/1.1|Host: g|Content-Length:||",
        "POST /telemetry HTTP/1.1|Host: g|Content-Length: 99999999999999999999||",
        "POST /telemetry HTTP/1.1|Host: g|Transfer-Encoding: chunked|Transfer-Encoding: chunked||0||",
        "POST /telemetry HTTP/1.0|Host: g|Transfer-Encoding: chunked||0||",
        // lines
        "POST /telemetry HTTP/1.1\nHost: g\n\n",
        "POST /telemetry HTTP/1.1|Host: g\nContent-Length: 0||",
        "POST /telemetry HTTP/1.1|Host: g|X: a\rb||",
        "POST /telemetry HTTP/1.1|Host: g|X: a| folded: b||",
        "POST /telemetry HTTP/1.1|Host: g|X: a|\tfolded||",
        "POST /telemetry HTTP/1.1|Host : g||",
        "POST /telemetry HTTP/1.1|Host: g|Content-Length : 5||aaaaa",
        "POST /telemetry HTTP/1.1|Host: g|X y: 1||",
        "POST /telemetry HTTP/1.1|Host: g|: 1||",
        "POST /telemetry HTTP/1.1|Host: g|no colon||",
        "POST /telemetry HTTP/1.1|Host: g|X: a\u0000b||",
        // the request line
        "POST  /telemetry HTTP/1.1|Host: g||",
        "POST /telemetry  HTTP/1.1|Host: g||",
        "POST\t/telemetry HTTP/1.1|Host: g||",
        "POST /tele metry HTTP/1.1|Host: g||",
        "POST /telemetry HTTP/1.1 |Host: g||",
        "POST /telemetry|Host: g||",
        "POST /telemetry http/1.1|Host: g||",
        "POST /telemetry#x HTTP/1.1|Host: g||",
        "POST /tel\u00e9metry HTTP/1.1|Host: g||",
        "POST telemetry HTTP/1.1|Host: g||",
        "\u0016\u0003\u0001\u0002\u0000||",
        // Host
        "POST /telemetry HTTP/1.1|Content-Length: 0||",
        "POST /telemetry HTTP/1.1|Host: g|Host: g||",
        "POST /telemetry HTTP/1.1|Host: g/x||",
        // chunks
        "POST /telemetry HTTP/1.1|Host: g|AUTHTransfer-Encoding: chunked||x|",
        "POST /telemetry HTTP/1.1|Host: g|AUTHTransfer-Encoding: chunked||-1|",
        "POST /telemetry HTTP/1.1|Host: g|AUTHTransfer-Encoding: chunked||0x3|abc|",
        "POST /telemetry HTTP/1.1|Host: g|AUTHTransfer-Encoding: chunked||3|abcd|0||",
        "POST /telemetry HTTP/1.1|Host: g|AUTHTransfer-Encoding: chunked||3\nabc|",
        "POST /telemetry HTTP/1.1|Host: g|AUTHTransfer-Encoding: chunked||3 |abc|",
        "POST /telemetry HTTP/1.1|Host: g|AUTHTransfer-Encoding: chunked||0|no colon||",
      })
  void whatIsNoRequestIsRefusedAndEndsTheConnection(String bytes) throws IOException {
    refused(400, bytes.replace("AUTH", AUTH));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "501;POST /telemetry HTTP/1.1|Host: g|Transfer-Encoding: gzip, chunked||",
        "501;POST /telemetry HTTP/1.1|Host: g|Transfer-Encoding: identity||",
        "505;POST /telemetry HTTP/2.0|Host: g||",
        "505;PRI * HTTP/2.0||SM||",
        "417;POST /telemetry HTTP/1.1|Host: g|Expect: 200-ok||"
      })
  void whatIsNotSpokenHereIsRefusedAndEndsTheConnection(int status, String bytes)
      throws IOException {
    refused(status, bytes);
  }

  @Test
  void longLineAndLargeHeadAreRefused() throws IOException {
    refused(414, "POST /" + "x".repeat(9000) + " HTTP/1.1|Host: g||");
    refused(431, "POST /telemetry HTTP/1.1|Host: g|X: " + "x".repeat(20_000) + "||");
    refused(431, "POST /telemetry HTTP/1.1|Host: g|" + "X: 1|".repeat(101) + "|");
  }

  @Test
  void connectionIsKeptAndAnswersComeInTheOrderOfPipelinedRequests() throws IOException {
    try (RawHttp client = client()) {
      client.send(GOOD.repeat(3) + "GET /nowhere HTTP/1.1\r\nHost: g\r\n\r\n" + GOOD);
      assertThat(client.next().status()).isEqualTo(200);
      assertThat(client.next().status()).isEqualTo(200);
      assertThat(client.next().status()).isEqualTo(200);
      assertThat(client.next().status()).isEqualTo(405);
      RawHttp.Response last = client.next();
      assertThat(last.status()).isEqualTo(200);
      assertThat(last.field("date")).endsWith("GMT");
      assertThat(last.field("content-length")).isEqualTo("0");
    }
    assertThat(gateway.stored()).hasSize(4);
  }

  @Test
  void eachByteMayComeAlone() throws IOException {
    String chunked =
        HEAD + "Transfer-Encoding: chunked\r\n\r\n3;a=b\r\n{\"t\r\n4\r\n\":1}\r\n0\r\nX: y\r\n\r\n";
    try (RawHttp client = client()) {
      for (byte each :
          ("\r\n" + GOOD + chunked).getBytes(java.nio.charset.StandardCharsets.US_ASCII)) {
        client.send(new byte[] {each});
      }
      assertThat(client.next().status()).isEqualTo(200);
      assertThat(client.next().status()).isEqualTo(200);
    }
    assertThat(gateway.stored())
        .extracting(uplink -> new String(uplink.payload(), java.nio.charset.StandardCharsets.UTF_8))
        .containsExactly("{\"t\":1}", "{\"t\":1}");
  }

  @Test
  void requestWithoutABodyIsWholeWithItsHead() throws IOException {
    try (RawHttp client = client()) {
      client.send(HEAD + "Content-Length: 0\r\n\r\n");
      assertThat(client.next().status()).isEqualTo(200);
      client.send(HEAD + "\r\n");
      assertThat(client.next().status()).isEqualTo(200);
    }
    assertThat(gateway.stored()).hasSize(2);
  }

  @Test
  void closeIsHonoured() throws IOException {
    try (RawHttp client = client()) {
      client.send(GOOD.replace("Host: gw", "Host: gw\r\nConnection: close"));
      RawHttp.Response response = client.next();
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.field("connection")).isEqualTo("close");
      assertThat(client.hasEnded()).isTrue();
    }
  }

  @Test
  void oldVersionEndsUnlessItAsksNotTo() throws IOException {
    try (RawHttp client = client()) {
      client.send(GOOD.replace("1.1\r\nHost: gw", "1.0\r\nConnection: keep-alive"));
      assertThat(client.next().field("connection")).isEqualTo("keep-alive");
      client.send(GOOD.replace("1.1\r\nHost: gw", "1.0"));
      assertThat(client.next().field("connection")).isEqualTo("close");
      assertThat(client.hasEnded()).isTrue();
    }
  }

  @Test
  void clientThatWaitsFor100IsToldToSend() throws IOException {
    try (RawHttp client = client()) {
      client.send(HEAD + "Expect: 100-continue\r\nContent-Length: 7\r\n\r\n");
      assertThat(client.next().status()).isEqualTo(100);
      client.send("{\"t\":1}");
      assertThat(client.next().status()).isEqualTo(200);
    }
  }

  @Test
  void clientThatWaitsFor100AndIsNotLetInIsToldSoAtOnce() throws IOException {
    try (RawHttp client = client()) {
      client.send(
          "POST /telemetry HTTP/1.1\r\nHost: g\r\nExpect: 100-continue\r\nContent-Length: 7\r\n\r\n");
      RawHttp.Response response = client.next();
      assertThat(response.status()).isEqualTo(401);
      assertThat(response.field("connection")).isEqualTo("close");
      assertThat(client.hasEnded()).isTrue();
    }
  }

  @Test
  void connectionGoesOnBehindARefusalWhoseBodyIsSmall() throws IOException {
    try (RawHttp client = client()) {
      client.send(GOOD.replace(AUTH, ""));
      RawHttp.Response refusal = client.next();
      assertThat(refusal.status()).isEqualTo(401);
      assertThat(refusal.field("www-authenticate")).startsWith("Basic realm=");
      client.send(GOOD);
      assertThat(client.next().status()).isEqualTo(200);
    }
  }

  @Test
  void methodsOfAPathAreTold() throws IOException {
    try (RawHttp client = client()) {
      client.send("GET /telemetry HTTP/1.1\r\nHost: g\r\n\r\n");
      RawHttp.Response response = client.next();
      assertThat(response.status()).isEqualTo(405);
      assertThat(response.field("allow")).isEqualTo("POST, PUT, OPTIONS");
      client.send("OPTIONS /telemetry HTTP/1.1\r\nHost: g\r\n\r\n");
      response = client.next();
      assertThat(response.status()).isEqualTo(204);
      assertThat(response.field("allow")).isEqualTo("POST, PUT, OPTIONS");
      assertThat(response.field("content-length")).isNull();
      client.send("OPTIONS * HTTP/1.1\r\nHost: g\r\n\r\n");
      assertThat(client.next().status()).isEqualTo(204);
      client.send("HEAD /time HTTP/1.1\r\nHost: g\r\n\r\n");
      response = client.next(false);
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.field("content-length")).isEqualTo("13");
      client.send("GET http://gw/time HTTP/1.1\r\nHost: gw\r\n\r\n");
      assertThat(client.next().body()).matches("\\d{13}");
      client.send("BREW /telemetry HTTP/1.1\r\nHost: g\r\n\r\n");
      assertThat(client.next().status()).isEqualTo(501);
    }
  }

  @Test
  void largeBodyIsRefusedBeforeItComes() throws IOException {
    try (RawHttp client = client()) {
      client.send(HEAD + "Content-Length: 1048577\r\n\r\n");
      assertThat(client.next().status()).isEqualTo(413);
      assertThat(client.hasEnded()).isTrue();
    }
    assertThat(gateway.offers()).isZero();
  }

  @Test
  void chunkedBodyIsRefusedWhereItGrowsTooLarge() throws IOException {
    try (RawHttp client = client()) {
      client.send(HEAD + "Transfer-Encoding: chunked\r\n\r\n");
      String chunk = "10000\r\n" + "x".repeat(65536) + "\r\n";
      for (int i = 0; i < 17; i++) {
        client.send(chunk);
      }
      assertThat(client.next().status()).isEqualTo(413);
    }
    assertThat(gateway.offers()).isZero();
  }

  @Test
  void slowHeadAndSlowBodyAreEnded() throws IOException {
    int port = AdapterContract.port(impatient);
    try (RawHttp head = new RawHttp(port);
        RawHttp body = new RawHttp(port);
        RawHttp silent = new RawHttp(port)) {
      head.send("POST /telemetry HTT");
      body.send(HEAD + "Content-Length: 7\r\n\r\n{");
      assertThat(head.next().status()).isEqualTo(408);
      assertThat(head.hasEnded()).isTrue();
      assertThat(body.next().status()).isEqualTo(408);
      assertThat(body.hasEnded()).isTrue();
      assertThat(silent.hasEnded()).isTrue();
    }
  }
}
